// Networks in time, in a real browser: spikes on their way, a raster, a player. LOCI names the program that makes the pages.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { Network } from "../../viewer/src/network.js";
import { readPayload } from "../../viewer/src/payload.js";
import { launch, open, settled } from "./browser.mjs";
import { compare, counts, setSlider } from "./looking.mjs";
import { Pages } from "./pages.mjs";

const folder = mkdtempSync(join(tmpdir(), "loci-viewer-"));
let browser, pages, travelling;
// one hidden layer with everything that there is
const options = [
  ...["--data", "temporal.npz", "--neuron", "adlif", "--hidden", "24"],
  ...["--delay", "distance", "--train-speed", "layer", "--longest-delay", "8"],
  ...["--recurrent", "--train-adaptation", "neuron", "--dendrite-sites", "3,2"],
  ...["--readout", "softmax-sum", "--threshold", "0.3", "--lr", "0.02"],
];

before(async () => {
  pages = new Pages(process.env.LOCI, folder);
  pages.temporal("temporal.npz");
  travelling = pages.trained("time", ...options, "--epochs", "4");
  browser = await launch();
});
after(async () => {
  await browser.close();
  rmSync(folder, { recursive: true });
});

const goTo = (page, now) =>
  page.evaluate((now) => loci.state.set({ now, step: Math.floor(now) }), now);

describe("a net in time", () => {
  it("computes what the library computes", async () => {
    const page = await open(browser, travelling);
    const { count, same, error } = await compare(page);
    assert.equal(count, 60);
    assert.equal(same, 60);
    assert.ok(error <= 1e-4, `differs by ${error} of the largest`);
    assert.deepEqual(page.trouble, []);
    await page.context().close();
  });

  it("is, at the last moment of its training, the trained one", () => {
    const network = new Network(
      readPayload(JSON.stringify(Pages.data(travelling))),
    );
    const end = network.projections.map(({ weight }) => weight);
    const speeds = network.parts.map(({ speed }) => speed);
    const off = () =>
      Math.max(
        ...network.projections.flatMap(({ weight }, p) =>
          Array.from(weight, (w, ij) => Math.abs(w - end[p][ij])),
        ),
      );
    network.show(4);
    assert.ok(off() < 2e-3, `${off()}`);
    network.parts.forEach(({ speed }, p) =>
      assert.ok(Math.abs(speed / speeds[p] - 1) < 1e-5),
    );
    network.show(0);
    assert.ok(off() > 0.1, `${off()}`);
    network.parts.forEach(({ speed }, p) =>
      assert.ok(Math.abs(speed / speeds[p] - 1) > 1e-3),
    );
  });

  it("shows spikes on their way, between the steps, too", async () => {
    const page = await open(browser, travelling);
    await page.click(".sample:nth-child(4)");
    assert.equal((await counts(page)).travelling, 0);
    await goTo(page, 8.25);
    await settled(page);
    assert.ok((await counts(page)).travelling > 5);
    const shot = () => page.locator("#canvas").screenshot();
    const before = await shot();
    await goTo(page, 8.75);
    await settled(page);
    assert.ok(!before.equals(await shot()), "nothing has moved");
    // of a selected neuron, on its own connections alone
    const all = (await counts(page)).travelling;
    await page.evaluate(() => loci.select(loci.offsets[1] + 3));
    await settled(page);
    assert.ok((await counts(page)).travelling < all);
    assert.deepEqual(page.trouble, []);
    await page.context().close();
  });

  it("plays a sample, and stops where it is told", async () => {
    const page = await open(browser, travelling);
    await page.click(".sample:nth-child(2)");
    await setSlider(page, "pace", 10);
    await page.click("#play-spikes");
    await page.waitForFunction(() => loci.state.get("now") > 3.1);
    await page.click("#play-spikes");
    const now = () => page.evaluate(() => loci.state.get("now"));
    const stopped = await now();
    assert.notEqual(stopped, Math.floor(stopped));
    await page.waitForTimeout(200);
    assert.equal(await now(), stopped);
    // to its end, by itself
    await setSlider(page, "pace", 30);
    await page.click("#play-spikes");
    await page.waitForFunction(() =>
      document.getElementById("play-spikes").textContent.includes("Play"),
    );
    assert.ok((await now()) > 19);
    await setSlider(page, "step", 0);
    assert.equal(await now(), null);
    assert.equal((await counts(page)).travelling, 0);
    assert.deepEqual(page.trouble, []);
    await page.context().close();
  });

  it("has a raster of input, hidden layer and outputs, by which one goes to a time", async () => {
    const page = await open(browser, travelling);
    await page.click(".sample:nth-child(1)");
    const raster = page.locator("#raster");
    assert.match(
      await raster.getAttribute("aria-label"),
      /\d+ in input, \d+ in hidden/,
    );
    // as many dots of the input as there are events
    const { each, channel } = Pages.data(travelling).samples.events;
    assert.ok(each[0] > 15 && channel.shape[0] > 60 * 15);
    const dots = await raster.evaluate((canvas) => {
      const { width } = canvas;
      const { data } = canvas.getContext("2d").getImageData(0, 18, width, 36);
      const column = width / 20;
      let dots = 0;
      for (let t = 0; t < 20; t++)
        for (let c = 0; c < 8; c++) {
          const x = Math.floor((t + 0.3) * column),
            y = Math.floor(((c + 0.4) * 36) / 8);
          dots += data[4 * (y * width + x) + 3] > 200;
        }
      return dots;
    });
    assert.equal(dots, each[0]);
    const box = await raster.boundingBox();
    await page.mouse.click(box.x + 0.33 * box.width, box.y + 40);
    const { now, step } = await page.evaluate(() => loci.state.all());
    assert.ok(Math.abs(now - 6.6) < 0.2, `${now}`);
    assert.equal(step, 6);
    assert.deepEqual(page.trouble, []);
    await page.context().close();
  });

  it("says how long its connections take", async () => {
    const page = await open(browser, travelling);
    await page.evaluate(() => loci.select(loci.offsets[1] + 3));
    const link = await page.$$eval("#panel-neuron .inputs .link", (nodes) =>
      nodes.map((node) =>
        [...node.querySelectorAll(".value")].map((value) =>
          Number(value.textContent.replace("\u2212", "-")),
        ),
      ),
    );
    assert.ok(
      link.length === 8 && link.every((numbers) => numbers.length === 3),
    );
    link.forEach(([, , steps]) => assert.ok(steps >= 0 && steps <= 8));
    await page.click("#tab-statistics");
    const text = await page.textContent("#panel-statistics");
    assert.match(
      text,
      /Delays.*steps, input to hidden.*steps, hidden to itself/,
    );
    await page.click("#tab-about");
    const about = await page.textContent("#panel-about");
    assert.match(about, /A spike takes as long as its way/);
    assert.match(about, /Layer 1 to itself.*; speed [\d.]+; 8 steps at most/);
    await page.context().close();
  });

  it("fits a phone, and goes on where connections are cut", async () => {
    const page = await open(browser, travelling, { width: 360, height: 780 });
    await page.click(".sample:nth-child(3)");
    await goTo(page, 8.5);
    await setSlider(page, "cut", 50);
    await settled(page);
    const wide = await page.evaluate(
      () =>
        [...document.querySelectorAll(".player *, .raster")].filter(
          (node) => node.getBoundingClientRect().right > innerWidth,
        ).length,
    );
    assert.equal(wide, 0);
    assert.ok((await counts(page)).travelling > 0);
    assert.deepEqual(page.trouble, []);
    await page.context().close();
  });

  for (const [coding, readout, reset] of [
    ["constant", "count", "subtract"],
    ["latency", "membrane-last", "zero"],
  ])
    it(`is the library's, to the last bit: ${coding}, ${readout}, ${reset}`, async () => {
      const name = `loops-${readout}`;
      pages.table("dyadic.csv", 600, ["0", "1", "2"]);
      pages.dyadic(`${name}.safetensors`, {
        ...{ coding, readout, reset, recurrent: true, neuron: "adlif" },
        ...{ beta: 0.75, adaptation_decay: 0.5 },
        ...{ adaptation_membrane: 0.25, adaptation_spike: 0.5 },
      });
      const page = await open(
        browser,
        pages.view(`${name}.safetensors`, "--data", "dyadic.csv"),
      );
      assert.deepEqual(await compare(page), {
        count: 100,
        same: 100,
        error: 0,
      });
      await page.context().close();
    });
});
