// Opens pages of the site at two widths and in two themes, and prints as JSON what a reader would meet there.
// node pages.mjs BROWSER EXECUTABLE ADDRESS FOLDER-FOR-PICTURES PAGE ...
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import puppeteer from "puppeteer-core";

const [kind, executablePath, address, pictures, ...pages] = process.argv.slice(2);
const args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync"];
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const browser = await puppeteer.launch({ browser: kind, executablePath, args, headless: true, protocolTimeout: 0 });
await browser.defaultBrowserContext().overridePermissions(new URL(address).origin, ["clipboard-read", "clipboard-write"]);
const found = { pages: {}, asked: [] };
try {
  const page = await browser.newPage();
  page.on("request", (request) => found.asked.push(request.url()));
  for (const name of pages) {
    const seen = (found.pages[name] = {});
    for (const theme of ["light", "dark"]) {
      await page.setViewport({ width: 1280, height: 900 });
      await page.evaluateOnNewDocument((theme) => localStorage.setItem("mode", theme), theme);
      await page.goto(address + name, { waitUntil: "load" });
      await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, document.querySelector("pre.mermaid") ? 2500 : 200)));
      if (pictures !== "-") await page.screenshot({ path: `${pictures}/${name}-${theme}.png` });
      await page.evaluate(axe);
      seen[theme] = await page.evaluate(async () => {
        const { violations } = await window.axe.run(document, { resultTypes: ["violations"] });
        return violations.map((each) => ({ id: each.id, impact: each.impact, at: each.nodes.slice(0, 3).map((node) => node.html.slice(0, 160)) }));
      });
    }
    seen.pictures = await page.evaluate(() =>
      [...document.querySelectorAll(".bd-article img")].map((image) => ({ alt: image.alt, whole: image.complete && image.naturalWidth > 0 })));
    seen.diagrams = await page.evaluate(() =>
      [...document.querySelectorAll("pre.mermaid")].map((each) => Boolean(each.querySelector("svg")) && !/Syntax error/.test(each.textContent)));
    seen.outputs = await page.evaluate(() => [...document.querySelectorAll("div.cell_output")].map((each) => each.innerText));
    await page.setViewport({ width: 390, height: 844 });
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 200)));
    seen.width = await page.evaluate(() => document.documentElement.scrollWidth);
    if (pictures !== "-") await page.screenshot({ path: `${pictures}/${name}-phone.png` });
  }
  await page.setViewport({ width: 1280, height: 900 });
  await page.goto(`${address}search.html?q=semaphore`, { waitUntil: "load" });
  await page.waitForSelector("#search-results li", { timeout: 10000 }).catch(() => null);
  found.search = await page.evaluate(() => [...document.querySelectorAll("#search-results li a")].map((a) => a.getAttribute("href")));
  await page.goto(`${address}${pages.at(-1)}`, { waitUntil: "load" });
  const button = await page.$("button.copybtn");
  found.code = await page.evaluate((button) => button.closest("div.highlight").querySelector("pre").innerText, button);
  await page.evaluate((button) => button.click(), button);
  found.copied = await page.evaluate(() => navigator.clipboard.readText().catch((error) => String(error)));
  console.log(JSON.stringify(found));
} finally {
  await browser.close();
}
