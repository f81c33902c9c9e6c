// Opens a notebook in JupyterLite as a reader does, runs all of it from cleared outputs, and prints as JSON what
// came of it: the notebook, every address that was asked for, and how long it took. Ended by SIGTERM, it still says
// what it has; it ends by itself as soon as another origin is asked for.
// An address that ends in #blocked is opened in a browser that lets no page store anything.
// node run.mjs BROWSER EXECUTABLE ADDRESS [SOURCE-OF-A-CELL-TO-APPEND ...]
import { launch } from "./launch.mjs";

const [kind, executablePath, address, ...appended] = process.argv.slice(2);
const found = { asked: [], said: [], began: Date.now() };
let stop;
const stopped = new Promise((resolve) => (stop = (why) => resolve({ failed: why })));
process.on("SIGTERM", () => stop("it took too long"));

function asks(request) {
  const url = request.url();
  found.asked.push(url);
  if (/^https?:/.test(url) && !url.startsWith(new URL(address).origin)) stop(`another origin was asked for: ${url}`);
}

const browser = await launch(kind, executablePath);
try {
  const page = await browser.newPage();
  page.on("request", asks);
  page.on("console", (message) => message.type() === "error" && found.said.push(message.text()));
  page.on("pageerror", (error) => found.said.push(String(error)));
  if (address.endsWith("#blocked")) await page.evaluateOnNewDocument(block);
  const result = await Promise.race([opened(page), stopped]);
  console.log(JSON.stringify({ ...result, ...found }));
} finally {
  await browser.close();
}

function block() {
  const get = () => { throw new DOMException("The operation is insecure.", "SecurityError"); };
  for (const name of ["localStorage", "sessionStorage", "indexedDB"]) Object.defineProperty(window, name, { get });
}

async function opened(page) {
  await page.goto(address, { waitUntil: "domcontentloaded", timeout: 0 });
  const result = await page.evaluate(runAll, appended);
  if (!appended.length) return result;
  await page.reload({ waitUntil: "domcontentloaded", timeout: 0 });
  return { ...result, reloaded: await page.evaluate(stored) };
}

async function stored() {
  for (;;) {
    const panel = window.jupyterapp?.shell.currentWidget;
    if (panel?.content?.model && panel.context.isReady) return panel.content.model.toJSON();
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function runAll(appended) {
  const until = async (happens) => {
    for (;;) {
      const value = happens();
      if (value) return value;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };
  const app = await until(() => window.jupyterapp);
  const panel = await until(() => app.shell.currentWidget?.content?.model && app.shell.currentWidget);
  await panel.context.ready;
  await panel.sessionContext.ready;
  const kernel = await until(() => panel.sessionContext.session?.kernel);
  await kernel.info;
  const ready = Date.now();
  const model = panel.content.model;
  for (const cell of panel.content.widgets) if (cell.model.type === "code") cell.model.clearExecution();
  for (const source of appended) {
    model.sharedModel.insertCell(model.cells.length, { cell_type: "code", source, metadata: {} });
  }
  const cells = () => panel.content.widgets.filter((cell) => cell.model.type === "code" && cell.model.sharedModel.getSource().trim());
  await app.commands.execute("notebook:run-all-cells");
  const hasRun = (cell) => cell.model.executionCount !== null;
  const failed = (cell) => cell.model.sharedModel.getOutputs().some((output) => output.output_type === "error");
  await until(() => kernel.status === "idle" && (cells().every(hasRun) || cells().some(failed)));
  await app.commands.execute("docmanager:save");
  return { ready, done: Date.now(), notebook: model.toJSON() };
}
