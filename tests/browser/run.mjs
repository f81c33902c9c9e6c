// Opens a notebook in JupyterLite as a reader does, runs all of it from cleared outputs, and prints as JSON what
// came of it: the notebook, every address that was asked for, and how long it took.
// node run.mjs BROWSER EXECUTABLE ADDRESS SECONDS [SOURCE-OF-A-CELL-TO-APPEND ...]
import puppeteer from "puppeteer-core";

const [kind, executablePath, address, seconds, ...appended] = process.argv.slice(2);
const args =
  kind === "chrome"
    ? ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
       "--disable-component-update", "--disable-sync"]
    : [];
const browser = await puppeteer.launch({ browser: kind, executablePath, args, headless: true, protocolTimeout: 0 });
const asked = [];
const said = [];
try {
  const page = await browser.newPage();
  page.on("request", (request) => asked.push(request.url()));
  page.on("console", (message) => message.type() === "error" && said.push(message.text()));
  page.on("pageerror", (error) => said.push(String(error)));
  const began = Date.now();
  await page.goto(address, { waitUntil: "domcontentloaded", timeout: seconds * 1000 });
  const result = await page.evaluate(
    async (limit, appended) => {
      const end = Date.now() + limit * 1000;
      const until = async (what, happens) => {
        for (;;) {
          const value = await happens();
          if (value) return value;
          if (Date.now() > end) throw new Error(`timed out: ${what}`);
          await new Promise((resolve) => setTimeout(resolve, 100));
        }
      };
      const app = await until("no application", () => window.jupyterapp);
      const panel = await until("no notebook", () => app.shell.currentWidget?.content?.model && app.shell.currentWidget);
      await panel.context.ready;
      await panel.sessionContext.ready;
      const kernel = await until("no kernel", () => panel.sessionContext.session?.kernel);
      await kernel.info;
      const ready = Date.now();
      const model = panel.content.model;
      await app.commands.execute("notebook:clear-all-cell-outputs").catch(() => {
        for (const cell of panel.content.widgets) cell.model.outputs?.clear();
      });
      for (const source of appended) {
        model.sharedModel.insertCell(model.cells.length, { cell_type: "code", source, metadata: {} });
      }
      const cells = () => panel.content.widgets.filter((cell) => cell.model.type === "code" && cell.model.sharedModel.getSource().trim());
      await app.commands.execute("notebook:run-all-cells");
      await until("cells still run", () =>
        cells().every((cell) => cell.model.executionCount !== null || cell.model.outputs.length) && kernel.status === "idle",
      ).catch((error) => error);
      return { ready, done: Date.now(), notebook: model.toJSON() };
    },
    Number(seconds),
    appended,
  ).catch((error) => ({ failed: String(error) }));
  console.log(JSON.stringify({ ...result, began, asked, said }));
} finally {
  await browser.close();
}
