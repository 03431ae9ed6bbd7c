// The page in a real browser: what every network's page has to do. LOCI names the program that makes the pages.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { launch, open, settled } from "./browser.mjs";
import {
  compare,
  counts,
  drawOne,
  inked,
  rarely,
  setSlider,
} from "./looking.mjs";
import { Pages } from "./pages.mjs";

const folder = mkdtempSync(join(tmpdir(), "loci-viewer-"));
let browser, pages;

before(async () => {
  pages = new Pages(process.env.LOCI, folder);
  browser = await launch();
});
after(async () => {
  await browser.close();
  rmSync(folder, { recursive: true });
});

// What every network's page has to do. options: of `loci train`.
function aPage(name, run, options, { spiking, rare = false }) {
  describe(name, rarely(rare), () => {
    let file, page;
    before(async () => {
      file = pages.trained(run, ...options, "--epochs", "2");
      page = await open(browser, file);
    });
    after(() => page.context().close());

    it("is one file below 2 MB", () => assert.ok(statSync(file).size < 2e6));

    it("shows the network", async () => {
      assert.equal(await page.getAttribute("html", "data-ready"), "yes");
      const { kinds, share } = await inked(page);
      assert.ok(
        kinds > 20 && share > 0.03,
        `${kinds} kinds of colour on ${share} of the canvas`,
      );
      const { neurons, connections } = await counts(page);
      assert.equal(neurons, await page.evaluate(() => loci.neurons));
      assert.equal(connections, 1200);
    });

    it("fills the panel of the neuron that is clicked", async () => {
      const neuron = await page.evaluate(
        () => loci.offsets[loci.offsets.length - 2] + 3,
      );
      const at = await page.evaluate((i) => loci.screen(i), neuron);
      await page.locator("#canvas").click({ position: { x: at.x, y: at.y } });
      assert.equal(
        await page.evaluate(() => loci.state.get("selected")),
        neuron,
      );
      assert.equal(await page.textContent("#neuron-name"), "Output 3");
      assert.equal(
        await page.locator("#panel-neuron .inputs .link").count(),
        8,
      );
      assert.ok(
        await page.$eval(
          "#field",
          (canvas) =>
            new Set(canvas.getContext("2d").getImageData(0, 0, 28, 28).data)
              .size > 20,
        ),
      );
      assert.ok((await counts(page)).selectedLines > 0);
      const partner = await page.textContent(
        "#panel-neuron .inputs .link .name",
      );
      await page.click("#panel-neuron .inputs .link");
      assert.equal(
        await page.textContent("#neuron-name"),
        partner.replace(" \u00b7", ", neuron"),
      );
    });

    it("is walked through by the keyboard", async () => {
      await page.focus("#canvas");
      await page.keyboard.press("Escape");
      assert.equal(await page.evaluate(() => loci.state.get("selected")), -1);
      const seen = [];
      for (const key of ["ArrowDown", "ArrowDown", "ArrowRight", "ArrowLeft"]) {
        await page.keyboard.press(key);
        seen.push(await page.textContent("#neuron-name"));
      }
      assert.equal(seen[0], seen[1].replace("neuron 2", "neuron 1"));
      assert.notEqual(seen[2], seen[1]);
      assert.equal(
        await page.textContent("#said").then((said) => said.split(",")[0]),
        seen[3].split(",")[0],
      );
      const camera = await page.evaluate(() => loci.screen(0));
      await page.keyboard.press("Shift+ArrowLeft");
      assert.notDeepEqual(await page.evaluate(() => loci.screen(0)), camera);
      await page.keyboard.press("Escape");
    });

    it("draws as many connections as the slider says", async () => {
      await setSlider(page, "connections", 20);
      const few = (await counts(page)).connections;
      await setSlider(page, "connections", 70);
      const many = await counts(page);
      assert.ok(
        few > 50 && many.connections > 10 * few,
        `${few}, ${many.connections}`,
      );
      assert.ok(many.connections <= many.drawable);
      await setSlider(page, "connections", 30);
    });

    it("runs without the longest connections when they are cut", async () => {
      await page.click("#tab-work");
      await page.click(".sample:nth-child(2)");
      const logits = () =>
        page.evaluate(() => Array.from(loci.state.get("result").logits));
      const whole = await logits();
      await setSlider(page, "cut", 90);
      assert.notDeepEqual(await logits(), whole);
      assert.match(await page.textContent("#tally"), /longest 90 %/);
      await setSlider(page, "cut", 0);
      assert.deepEqual(await logits(), whole);
      await page.click("#clear");
    });

    it("moves the neurons with the scrubber", async () => {
      const at = () => page.evaluate(() => loci.positions());
      const end = await at();
      await setSlider(page, "epoch", 0);
      const start = await at();
      await setSlider(page, "epoch", 1);
      const middle = await at();
      assert.ok(
        start.some((x, i) => Math.abs(x - end[i]) > 0.01) &&
          middle.some((x, i) => Math.abs(x - start[i]) > 0.01),
      );
      assert.match(await page.textContent("#epoch-readout"), /epoch 1 of 2/);
      await setSlider(page, "epoch", 2);
      assert.deepEqual(await at(), end);
    });

    it("runs the network of the moment that is shown", async () => {
      // steps too small to be seen leave a network where it started
      const still = [...options, "--epochs", "1", "--lr", "1e-12"];
      const start = await open(
        browser,
        pages.trained(`${run}-start`, ...still),
      );
      const seen = (page) =>
        page.evaluate(() => ({
          tally: document.getElementById("tally").textContent,
          logits: Array.from(loci.state.get("result").logits),
          signs: Array.from(loci.signs()),
        }));
      const said = () => page.textContent("#moment");
      await page.click("#tab-work");
      for (const one of [page, start]) await one.click(".sample:nth-child(3)");
      const [end, begun] = [await seen(page), await seen(start)];
      assert.equal(await said(), "");
      await setSlider(page, "epoch", 0);
      const back = await seen(page);
      // outputs are all but equal at the start, so that rounding may turn an image or two
      const read = ({ tally }) => Number(tally.match(/^\d+/)[0]);
      assert.ok(Math.abs(read(back) - read(begun)) <= 2);
      assert.ok(read(end) > read(back) + 10);
      assert.ok(back.signs.filter((s, i) => s !== begun.signs[i]).length < 2);
      const most = Math.max(...end.logits.map(Math.abs));
      back.logits.forEach((logit, c) =>
        assert.ok(
          Math.abs(logit - begun.logits[c]) <= (spiking ? 0.02 : 1e-4) * most,
          `${logit}, not ${begun.logits[c]}`,
        ),
      );
      assert.match(await said(), /^At epoch 0: this is the network of the/);
      await setSlider(page, "epoch", 2);
      assert.deepEqual(await seen(page), end);
      assert.equal(await said(), "");
      await page.click("#clear");
      await start.context().close();
    });

    it("plays the training", async () => {
      await page.click("#play-training");
      await page.waitForFunction(
        () => loci.state.get("epoch") !== null && loci.state.get("epoch") > 0.2,
      );
      await page.click("#play-training");
      const stopped = await page.evaluate(() => loci.state.get("epoch"));
      await page.waitForTimeout(100);
      assert.equal(await page.evaluate(() => loci.state.get("epoch")), stopped);
      await setSlider(page, "epoch", 2);
    });

    it("lights up with a test image", async () => {
      assert.equal(await page.evaluate(() => loci.activity()), null);
      await page.click(".sample:nth-child(1)");
      const activity = await page.evaluate(() => Array.from(loci.activity()));
      assert.ok(
        activity.some((a) => a > 0.9) &&
          activity.every((a) => a >= 0 && a <= 1),
      );
      assert.equal(await page.locator("#scores li").count(), 10);
      assert.match(
        await page.textContent("#verdict"),
        /It sees \d (\u2713 right|\u2717 labelled \d)/,
      );
    });

    it("reads a drawn digit", async () => {
      await drawOne(page);
      assert.match(await page.textContent("#prediction"), /^\d$/);
      const middle = await page.evaluate(() => {
        const image = loci.state.get("image");
        const mass = image.reduce((a, b) => a + b, 0);
        return (
          image.reduce((sum, v, i) => sum + v * ((i % 28) + 0.5), 0) / mass
        );
      });
      assert.ok(Math.abs(middle - 14) < 0.5, `middle at ${middle}`);
      assert.equal(await page.evaluate(() => loci.state.get("sample")), -1);
    });

    it("computes what the library computes", async () => {
      const { count, same, error } = await compare(page);
      assert.equal(count, 100);
      if (spiking) assert.ok(same >= 99, `${same} classes of 100 are the same`);
      else assert.ok(error <= 1e-4, `differs by ${error} of the largest`);
    });

    it("has the statistics", async () => {
      await page.click("#tab-statistics");
      const sum = await page.$$eval("#confusion td", (cells) =>
        cells.reduce((sum, cell) => sum + (Number(cell.textContent) || 0), 0),
      );
      assert.equal(sum, 10000);
      assert.ok(
        (await page.locator("#panel-statistics .chart .bar").count()) > 40,
      );
    });

    it("has tabs that the arrow keys reach", async () => {
      await page.focus("#tab-statistics");
      await page.keyboard.press("ArrowRight");
      assert.equal(
        await page.getAttribute("#tab-about", "aria-selected"),
        "true",
      );
      assert.ok(await page.isVisible("#panel-about"));
      assert.ok(!(await page.isVisible("#panel-statistics")));
    });

    it("changes its theme", async () => {
      const color = () =>
        page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      const dark = await color();
      await page.click("#theme");
      assert.notEqual(await color(), dark);
      assert.ok((await inked(page)).kinds > 20);
    });

    it("renders nothing while nothing changes", async () => {
      await settled(page);
      const renders = await page.evaluate(() => loci.renders());
      await page.waitForTimeout(300);
      assert.equal(await page.evaluate(() => loci.renders()), renders);
    });

    it("asked nobody and complained of nothing", () =>
      assert.deepEqual(page.trouble, []));
  });
}

aPage("an arbor net", "mlp", ["arbor-mlp-2k", "--data", "glyphs"], {
  spiking: false,
});
aPage(
  "a net of the paper",
  "paper",
  ["paper-mlp", "--hidden", "48", "--data", "glyphs"],
  { spiking: false, rare: true },
);
aPage(
  "a spiking net",
  "snn",
  ["arbor-snn-10k", "--hidden", "64", "--data", "glyphs"],
  { spiking: true, rare: true },
);
