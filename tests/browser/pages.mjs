// Opens pages of the site at two widths and in two themes, and prints as JSON what a reader would meet there.
// node pages.mjs BROWSER EXECUTABLE ADDRESS FOLDER-FOR-PICTURES-OR-A-DASH PAGE ...
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { launch } from "./launch.mjs";

const [kind, executablePath, address, pictures, ...pages] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const browser = await launch(kind, executablePath);
const found = { pages: {}, asked: [], said: [] };
process.on("SIGTERM", () => browser.close());

const DESKTOP = { width: 1280, height: 900 };
const PHONE = { width: 390, height: 844 };

try {
  await browser.defaultBrowserContext().overridePermissions(new URL(address).origin, ["clipboard-read", "clipboard-write"]);
  const page = await browser.newPage();
  page.setDefaultTimeout(0);
  page.on("request", (request) => found.asked.push(request.url()));
  page.on("console", (message) => message.type() === "error" && found.said.push(message.text()));
  page.on("pageerror", (error) => found.said.push(String(error)));
  // A first visit, before any theme is chosen.
  await page.goto(address + pages[0], { waitUntil: "load" });
  for (const name of pages) found.pages[name] = await met(page, name);
  found.unmarked = await unmarked(page, pages[1]);
  found.search = await searched(page, "semaphore");
  found.number = await searched(page, "429");
  Object.assign(found, await copied(page, pages.at(-1)));
  console.log(JSON.stringify(found));
} finally {
  await browser.close();
}

async function met(page, name) {
  const seen = {};
  for (const theme of ["light", "dark"]) {
    await page.setViewport(DESKTOP);
    await page.evaluateOnNewDocument((theme) => localStorage.setItem("mode", theme), theme);
    await page.goto(address + name, { waitUntil: "load" });
    await page.waitForFunction(() => [...document.querySelectorAll("pre.mermaid")].every((each) => each.querySelector("svg")));
    await frame(page);
    await picture(page, `${name}-${theme}`);
    await page.evaluate(axe);
    seen[theme] = await page.evaluate(async () => {
      const { violations } = await window.axe.run(document, { resultTypes: ["violations"] });
      return violations.map((each) => ({ id: each.id, impact: each.impact, at: each.nodes.slice(0, 3).map((node) => node.html.slice(0, 160)) }));
    });
  }
  Object.assign(seen, await page.evaluate(() => ({
    pictures: [...document.querySelectorAll(".bd-article img")].map((image) => ({ alt: image.alt, whole: image.complete && image.naturalWidth > 0 })),
    diagrams: [...document.querySelectorAll("pre.mermaid")].map((each) => !/Syntax error/.test(each.textContent)),
    named: [...document.querySelectorAll("pre.mermaid svg")].map((each) => each.querySelector("title")?.textContent ?? ""),
    filters: [...document.querySelectorAll("pre.mermaid svg")].map((each) => getComputedStyle(each).filter),
    outputs: [...document.querySelectorAll("div.cell_output")].map((each) => each.innerText),
  })));
  seen.clipped = await page.evaluate(clipped);
  await page.setViewport(PHONE);
  await frame(page);
  seen.width = await page.evaluate(() => document.documentElement.scrollWidth);
  seen.letters = await page.evaluate(() => [...document.querySelectorAll("pre.mermaid svg")].map((drawn) => {
    const scale = drawn.getBoundingClientRect().width / drawn.viewBox.baseVal.width;
    const words = [...drawn.querySelectorAll("text, span, p")].filter((each) => each.textContent.trim());
    return Math.min(...words.map((each) => parseFloat(getComputedStyle(each).fontSize) * scale));
  }));
  await picture(page, `${name}-phone`);
  await page.emulateMediaType("print");
  await frame(page);
  seen.cut = await page.evaluate(clipped);
  await page.emulateMediaType();
  return seen;
}

function clipped() {
  const code = [...document.querySelectorAll("div.highlight pre")];
  return code.filter((each) => each.scrollWidth > each.clientWidth).map((each) => each.innerText);
}

// What the keyboard can be at in the page's head, with nothing to see of that.
async function unmarked(page, name) {
  await page.setViewport(DESKTOP);
  await page.goto(address + name, { waitUntil: "load" });
  await page.keyboard.press("Tab");
  return page.evaluate(() => [...document.querySelectorAll(".bd-header-article .btn")].filter((each) => {
    each.focus();
    const { outlineStyle, boxShadow } = getComputedStyle(each);
    return each === document.activeElement && outlineStyle === "none" && boxShadow === "none";
  }).map((each) => each.innerText.trim() || each.title || each.ariaLabel));
}

async function searched(page, word) {
  await page.setViewport(DESKTOP);
  await page.goto(`${address}search.html?q=${word}`, { waitUntil: "load" });
  await page.waitForSelector("#search-results li a");
  return page.evaluate(() => [...document.querySelectorAll("#search-results li a")].map((a) => a.getAttribute("href")));
}

async function copied(page, name) {
  await page.goto(address + name, { waitUntil: "load" });
  const button = await page.waitForSelector("button.copybtn");
  const code = await page.evaluate((button) => button.closest("div.highlight").querySelector("pre").innerText, button);
  await page.evaluate((button) => button.click(), button);
  return { code, copied: await page.evaluate(() => navigator.clipboard.readText().catch((error) => String(error))) };
}

// What changes with a theme or a width has been laid out after two frames; a colour that is on its way is
// taken to its end, as it would be judged half-way on a busy machine.
async function frame(page) {
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  await page.evaluate(() => document.getAnimations().filter((each) => each instanceof CSSTransition).forEach((each) => each.finish()));
}

async function picture(page, name) {
  if (pictures !== "-") await page.screenshot({ path: `${pictures}/${name.replaceAll("/", "-")}.png` });
}
