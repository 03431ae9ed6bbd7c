// A headless Chromium, and pages in it that keep a record of what must not happen.
import { access } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

export const viewer = resolve(
  dirname(fileURLToPath(import.meta.url)),
  "../../viewer",
);
const program = process.env.CHROMIUM ?? "/usr/bin/chromium";

const quiet = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

// What is missing for a browser test, or null.
export async function missing() {
  try {
    await access(program);
  } catch {
    return `no ${program}`;
  }
  try {
    createRequire(`${viewer}/`).resolve("playwright-core");
    createRequire(`${viewer}/`).resolve("esbuild");
  } catch {
    return "viewer/node_modules is missing: npm ci";
  }
  return null;
}

export async function launch(...more) {
  const { chromium } = createRequire(`${viewer}/`)("playwright-core");
  return chromium.launch({
    executablePath: program,
    args: [...quiet, ...more],
  });
}

// Opens a page file and waits until it is ready. before: a script that runs first. page.trouble: errors on the console and in scripts, requests.
export async function open(
  browser,
  file,
  {
    width = 1000,
    height = 640,
    theme = "dark",
    scale = 1,
    touch = false,
    hash = "",
    before = null,
  } = {},
) {
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: theme,
    deviceScaleFactor: scale,
    hasTouch: touch,
    reducedMotion: "reduce",
  });
  const page = await context.newPage();
  page.trouble = [];
  page.on(
    "console",
    (message) =>
      message.type() === "error" &&
      page.trouble.push(`console: ${message.text()}`),
  );
  page.on("pageerror", (error) =>
    page.trouble.push(`script: ${error.message}`),
  );
  const address = pathToFileURL(file).href;
  page.on(
    "request",
    (request) =>
      request.url().split("#")[0] !== address &&
      !request.url().startsWith("blob:") &&
      !request.url().startsWith("data:") &&
      page.trouble.push(`request: ${request.url()}`),
  );
  if (before !== null) await page.addInitScript(before);
  await page.goto(address + hash);
  await page.waitForSelector("html[data-ready]");
  return page;
}

// Resolves once the page has rendered what was last changed.
export const settled = (page) =>
  page.evaluate(
    () =>
      new Promise((done) =>
        requestAnimationFrame(() =>
          requestAnimationFrame(() => setTimeout(done)),
        ),
      ),
  );
