// A training that goes on, in a real browser: started as a user does, its address opened. LOCI names the program.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { constants, setPriority, tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { launch, settled } from "./browser.mjs";
import { drawOne } from "./looking.mjs";
import { Pages } from "./pages.mjs";

const loci = process.env.LOCI;
const folder = mkdtempSync(join(tmpdir(), "loci-live-"));
const patience = { timeout: 60000 };
let browser;

before(async () => (browser = await launch()));
after(async () => {
  await browser.close();
  rmSync(folder, { recursive: true });
});

// A program that serves: {child, address, token (of a training), ended}.
async function serve(...words) {
  const child = spawn(loci, words, {
    cwd: folder,
    stdio: ["ignore", "ignore", "pipe"],
  });
  const ended = new Promise((done) => child.on("exit", done));
  let said = "";
  const find = (pattern) =>
    new Promise((found, lost) => {
      const look = () => said.match(pattern) && found(said.match(pattern)[1]);
      child.stderr.on("data", look);
      ended.then(() => lost(new Error(said)));
      look();
    });
  child.stderr.on("data", (part) => (said += part));
  const address = await find(/(http:\/\/\S+)/);
  const token =
    words[0] === "train" ? await find(/page: ([0-9a-f]{32})/) : null;
  return { child, address, token, ended };
}

async function visit(address, { width = 1000, height = 700 } = {}) {
  const context = await browser.newContext({ viewport: { width, height } });
  const page = await context.newPage();
  page.trouble = [];
  page.on("pageerror", (error) =>
    page.trouble.push(`script: ${error.message}`),
  );
  page.on(
    "request",
    (request) =>
      !request.url().startsWith(new URL(address).origin) &&
      !request.url().startsWith("data:") &&
      page.trouble.push(`request: ${request.url()}`),
  );
  await page.goto(address);
  await page.waitForSelector("html[data-ready=yes]", {
    ...patience,
    state: "attached",
  });
  return page;
}

const frame = (page) => page.evaluate(() => loci.state.get("live"));
const framesAfter = (page, number) =>
  page.waitForFunction(
    (number) => loci.state.get("live") > number,
    number,
    patience,
  );
// The frame at which a page stays; fails where it goes on for a minute. Between two frames a page that is slow waits for up
// to two seconds, and a server that others keep from running for longer than a moment.
async function comesToRest(page) {
  let [number, still] = [await frame(page), 0];
  for (let tries = 0; still < 4; tries++) {
    assert.ok(tries < 60, `frames still come: ${number}`);
    await page.waitForTimeout(1000);
    const now = await frame(page);
    still = now === number ? still + 1 : 0;
    number = now;
  }
  return number;
}
const statusIs = (page, text) =>
  page.waitForFunction(
    (text) => document.getElementById("live-status").textContent === text,
    text,
    patience,
  );
const logits = (page) =>
  page.evaluate(() => Array.from(loci.state.get("result").logits));
const points = (page) =>
  page.evaluate(
    () =>
      document.querySelector(".curves path.loss")?.getAttribute("d").split("L")
        .length ?? 0,
  );

describe("a training with --live", () => {
  let training, page;
  before(async () => {
    const options = [
      "--data",
      "glyphs",
      "--epochs",
      "100000",
      "--threads",
      "1",
      "--out",
      "run",
    ];
    training = await serve(
      "train",
      "arbor-mlp-2k",
      ...options,
      "--live",
      "--port",
      "0",
    );
    // the page comes first: a processor may be all that both have
    setPriority(training.child.pid, constants.priority.PRIORITY_BELOW_NORMAL);
    // a token that is none of this server's
    page = await visit(
      `${training.address}#token=${"0123456789abcdef".repeat(2)}`,
    );
  });
  after(() => training.child.kill("SIGKILL"));

  it("moves its neurons on the scene", async () => {
    await framesAfter(page, 0);
    const positions = () => page.evaluate(() => loci.positions());
    const [first, number] = [await positions(), await frame(page)];
    await framesAfter(page, number + 2);
    const moved = (await positions()).map((x, i) => Math.abs(x - first[i]));
    const [inputs, neurons] = await page.evaluate(() => [
      loci.offsets[1],
      loci.neurons,
    ]);
    assert.ok(moved.slice(0, 3 * inputs).every((by) => by < 1e-6 || by < 0.2));
    const far = Array.from({ length: neurons - inputs }, (_, i) =>
      Math.max(...moved.slice(3 * (inputs + i), 3 * (inputs + i) + 3)),
    );
    assert.ok(far.filter((by) => by > 1e-4).length > (neurons - inputs) / 2);
  });

  it("has curves that grow", async () => {
    await page.waitForFunction(
      () => document.querySelector(".curves path.loss") !== null,
      null,
      patience,
    );
    const first = await points(page);
    await page.waitForFunction(
      (first) =>
        document.querySelector(".curves path.loss").getAttribute("d").split("L")
          .length > first,
      first,
      patience,
    );
    assert.match(
      await page.textContent("#epoch-readout"),
      /epoch \d+ of 100,000.*loss [0-9.]+/,
    );
  });

  it("answers to a drawing, another way as it learns", async () => {
    await drawOne(page);
    const [first, number] = [await logits(page), await frame(page)];
    assert.equal(first.length, 10);
    await framesAfter(page, number + 2);
    const now = await logits(page);
    assert.ok(now.some((value, k) => Math.abs(value - first[k]) > 1e-4));
  });

  it("shows confusions as last measured", async () => {
    await page.waitForSelector("#confusion", {
      ...patience,
      state: "attached",
    });
    const sum = await page.$$eval("#confusion tbody td", (cells) =>
      cells.reduce((sum, cell) => sum + (Number(cell.textContent) || 0), 0),
    );
    assert.equal(sum, 10000);
  });

  it("goes on where it is once a server that was suspended wakes up", async () => {
    training.child.kill("SIGSTOP");
    await page.waitForTimeout(1500);
    const number = await frame(page);
    training.child.kill("SIGCONT");
    await framesAfter(page, number + 1);
    // who looks away has no line, and comes back to the present state
    await page.evaluate(() => {
      Object.defineProperty(document, "hidden", {
        value: true,
        configurable: true,
      });
      document.dispatchEvent(new Event("visibilitychange"));
    });
    const left = await comesToRest(page);
    await page.evaluate(() => {
      delete document.hidden;
      document.dispatchEvent(new Event("visibilitychange"));
    });
    await framesAfter(page, left + 1);
  });

  it("refuses to be stopped without the token", async () => {
    assert.equal(await page.evaluate(() => location.hash), "");
    await page.click("#stop-training");
    await page.waitForFunction(
      () =>
        document.getElementById("steer-said").textContent.includes("refused"),
      null,
      patience,
    );
    assert.equal(training.child.exitCode, null);
  });

  it("pauses, goes on, stops and saves with it", async () => {
    await page.click("#pause-training");
    await page.fill("#token", training.token);
    await page.keyboard.press("Enter");
    await statusIs(page, "paused");
    // the moment of the pause, and no other
    await comesToRest(page);
    await settled(page);
    const paused = await logits(page);
    // headline and slider tell of the same network
    const [facts, drawn] = await page.evaluate(() =>
      ["#facts", "output[for=connections]"].map(
        (selector) => document.querySelector(selector).textContent,
      ),
    );
    assert.equal(
      /parameters([0-9,]+) connections/.exec(facts)[1],
      /of ([0-9,]+)$/.exec(drawn)[1],
    );
    const image = await page.evaluate(() =>
      Array.from(loci.state.get("image")),
    );
    await page.click("#stop-training");
    assert.equal(await training.ended, 130);
    const pages = new Pages(loci, folder);
    const saved = await visitFile(pages.view("run"));
    const wanted = await saved.evaluate((image) => loci.forward(image), image);
    const most = Math.max(...wanted.map(Math.abs));
    for (const [k, value] of paused.entries())
      assert.ok(
        Math.abs(value - wanted[k]) < 2e-3 * most,
        `${paused} ${wanted}`,
      );
    await saved.context().close();
  });

  it("did nothing that it should not", () =>
    assert.deepEqual(page.trouble, []));
});

async function visitFile(file) {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`file://${file}`);
  await page.waitForSelector("html[data-ready=yes]", {
    ...patience,
    state: "attached",
  });
  return page;
}

describe("several runs", () => {
  let watching, page;
  before(async () => {
    const pages = new Pages(loci, folder);
    pages.table("small.csv", 40, ["a", "b"]);
    for (const seed of [1, 2])
      spawnSync(
        loci,
        [
          "train",
          "--data",
          "small.csv",
          "--pixels",
          "--hidden",
          "6",
          "--epochs",
          "3",
          "--seed",
          `${seed}`,
          "--quiet",
          "--out",
          `both/s${seed}`,
        ],
        { cwd: folder },
      );
    watching = await serve("watch", "both", "--port", "0");
    page = await visit(watching.address);
  });
  after(() => watching.child.kill());

  it("have their curves over each other", async () => {
    await page.waitForFunction(
      () => document.querySelectorAll(".overview path.line").length === 4,
      null,
      patience,
    );
    const rows = await page.$$eval("#runs tbody tr", (rows) =>
      rows.map((row) => row.textContent),
    );
    assert.equal(rows.length, 2);
    assert.match(rows[0], /s1finished3 \/ 3/);
  });

  it("lead to the page of each, as loci view has it", async () => {
    await page.click("#runs tbody tr:nth-child(2) a");
    await page.waitForSelector("html[data-ready=yes]", {
      ...patience,
      state: "attached",
    });
    await page.waitForSelector("#play-training", patience);
    await page.click("#all-runs");
    await page.waitForSelector("#runs", patience);
    assert.deepEqual(page.trouble, []);
  });
});
