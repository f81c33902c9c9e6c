// Starts a browser that has no profile, asks its makers nothing, and waits as long as it takes.
import puppeteer from "puppeteer-core";

const CHROME = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"];

export function launch(browser, executablePath) {
  const args = browser === "chrome" ? CHROME : [];
  return puppeteer.launch({ browser, executablePath, args, headless: true, protocolTimeout: 0, timeout: 0 });
}
