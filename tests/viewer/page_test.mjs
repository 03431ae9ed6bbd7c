// The page in a real browser. LOCI names the program that makes the pages.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, statSync, writeFileSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { launch, open, settled } from "./browser.mjs";
import { page as fill, payload } from "./fixture.mjs";
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

const setSlider = (page, id, value) =>
  page.$eval(`#${id}`, (input, value) => {
    input.value = value;
    input.dispatchEvent(new Event("input", { bubbles: true }));
  }, value);
const counts = (page) => page.evaluate(() => loci.counts());

// Colours on the canvas that are not its background's: how many pixels, of how many kinds.
async function inked(page) {
  await settled(page);
  const shot = (await page.locator("#canvas").screenshot()).toString("base64");
  return page.evaluate(async (shot) => {
    const bytes = Uint8Array.from(atob(shot), (c) => c.charCodeAt(0));
    const image = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
    const canvas = new OffscreenCanvas(image.width, image.height);
    const context = canvas.getContext("2d");
    context.drawImage(image, 0, 0);
    const { data } = context.getImageData(0, 0, image.width, image.height);
    const kinds = new Map();
    for (let i = 0; i < data.length; i += 4) {
      const kind = (data[i] >> 4) * 256 + (data[i + 1] >> 4) * 16 + (data[i + 2] >> 4);
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    }
    const most = Math.max(...kinds.values());
    return { kinds: kinds.size, share: 1 - most / (data.length / 4) };
  }, shot);
}

// The largest difference between the page's logits of the samples and the library's, over the largest logit; and how many
// of the classes are the same.
const compare = (page) =>
  page.evaluate(() => {
    const { samples } = JSON.parse(document.getElementById("loci-data").textContent);
    const bytes = (array) => Uint8Array.from(atob(array.data), (c) => c.charCodeAt(0));
    const images = bytes(samples.images), logits = new Float32Array(bytes(samples.logits).buffer);
    const [count, size] = samples.images.shape, classes = samples.logits.shape[1];
    const first = (values) => values.indexOf(Math.max(...values));
    let worst = 0, most = 0, same = 0;
    for (let i = 0; i < count; i++) {
      const own = loci.forward(Array.from(images.subarray(i * size, (i + 1) * size), (v) => v / 255));
      const theirs = Array.from(logits.subarray(i * classes, (i + 1) * classes));
      own.forEach((value, c) => (worst = Math.max(worst, Math.abs(value - theirs[c]))));
      most = Math.max(most, ...theirs.map(Math.abs));
      same += first(own) === first(theirs) ? 1 : 0;
    }
    return { count, same, error: worst / most };
  });

async function drawOne(page) {
  const box = await page.locator("#pad").boundingBox();
  await page.mouse.move(box.x + 0.3 * box.width, box.y + 0.15 * box.height);
  await page.mouse.down();
  await page.mouse.move(box.x + 0.32 * box.width, box.y + 0.8 * box.height, { steps: 8 });
  await page.mouse.up();
}

// What every network's page has to do.
function aPage(name, make, { spiking }) {
  describe(name, () => {
    let file, page;
    before(async () => {
      file = make();
      page = await open(browser, file);
    });
    after(() => page.context().close());

    it("is one file below 2 MB", () => assert.ok(statSync(file).size < 2e6));

    it("shows the network", async () => {
      assert.equal(await page.getAttribute("html", "data-ready"), "yes");
      const { kinds, share } = await inked(page);
      assert.ok(kinds > 20 && share > 0.03, `${kinds} kinds of colour on ${share} of the canvas`);
      const { neurons, connections } = await counts(page);
      assert.equal(neurons, await page.evaluate(() => loci.neurons));
      assert.equal(connections, 1200);
    });

    it("fills the panel of the neuron that is clicked", async () => {
      const neuron = await page.evaluate(() => loci.offsets[loci.offsets.length - 2] + 3);
      const at = await page.evaluate((i) => loci.screen(i), neuron);
      await page.locator("#canvas").click({ position: { x: at.x, y: at.y } });
      assert.equal(await page.evaluate(() => loci.state.get("selected")), neuron);
      assert.equal(await page.textContent("#neuron-name"), "Output 3");
      assert.equal(await page.locator("#panel-neuron .inputs .link").count(), 8);
      assert.ok(await page.$eval("#field", (canvas) => new Set(canvas.getContext("2d").getImageData(0, 0, 28, 28).data).size > 20));
      assert.ok((await counts(page)).selectedLines > 0);
      const partner = await page.textContent("#panel-neuron .inputs .link .name");
      await page.click("#panel-neuron .inputs .link");
      assert.equal(await page.textContent("#neuron-name"), partner);
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
      assert.equal(await page.textContent("#said").then((said) => said.split(",")[0]), seen[3].split(",")[0]);
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
      assert.ok(few > 50 && many.connections > 10 * few, `${few}, ${many.connections}`);
      assert.ok(many.connections <= many.drawable);
      await setSlider(page, "connections", 30);
    });

    it("runs without the longest connections when they are cut", async () => {
      await page.click("#tab-work");
      await page.click(".sample:nth-child(2)");
      const logits = () => page.evaluate(() => Array.from(loci.state.get("result").logits));
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
      assert.ok(start.some((x, i) => Math.abs(x - end[i]) > 0.01) && middle.some((x, i) => Math.abs(x - start[i]) > 0.01));
      assert.match(await page.textContent("#epoch-readout"), /epoch 1 of 2/);
      await setSlider(page, "epoch", 2);
      assert.deepEqual(await at(), end);
    });

    it("plays the training", async () => {
      await page.click("#play-training");
      await page.waitForFunction(() => loci.state.get("epoch") !== null && loci.state.get("epoch") > 0.2);
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
      assert.ok(activity.some((a) => a > 0.9) && activity.every((a) => a >= 0 && a <= 1));
      assert.equal(await page.locator("#scores li").count(), 10);
      assert.match(await page.textContent("#verdict"), /It sees \d (\u2713 right|\u2717 labelled \d)/);
    });

    it("reads a drawn digit", async () => {
      await drawOne(page);
      assert.match(await page.textContent("#prediction"), /^\d$/);
      const middle = await page.evaluate(() => {
        const image = loci.state.get("image");
        const mass = image.reduce((a, b) => a + b, 0);
        return image.reduce((sum, v, i) => sum + v * ((i % 28) + 0.5), 0) / mass;
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
      const sum = await page.$$eval("#confusion td", (cells) => cells.reduce((sum, cell) => sum + (Number(cell.textContent) || 0), 0));
      assert.equal(sum, 10000);
      assert.ok((await page.locator("#panel-statistics .chart .bar").count()) > 40);
    });

    it("has tabs that the arrow keys reach", async () => {
      await page.focus("#tab-statistics");
      await page.keyboard.press("ArrowRight");
      assert.equal(await page.getAttribute("#tab-about", "aria-selected"), "true");
      assert.ok(await page.isVisible("#panel-about"));
      assert.ok(!(await page.isVisible("#panel-statistics")));
    });

    it("changes its theme", async () => {
      const color = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
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

    it("asked nobody and complained of nothing", () => assert.deepEqual(page.trouble, []));
  });
}

aPage("an arbor net", () => pages.trained("mlp", "arbor-mlp-2k", "--data", "glyphs", "--epochs", "2"), { spiking: false });
aPage("a net of the paper", () => pages.trained("paper", "paper-mlp", "--hidden", "48", "--data", "glyphs", "--epochs", "2"), { spiking: false });
aPage("a spiking net", () => pages.trained("snn", "arbor-snn-10k", "--hidden", "64", "--data", "glyphs", "--epochs", "2"), { spiking: true });

describe("spikes", () => {
  it("play over the time steps, with a raster", async () => {
    const page = await open(browser, join(folder, "snn.html"));
    await page.click(".sample:nth-child(4)");
    const all = await page.evaluate(() => Array.from(loci.activity()));
    await setSlider(page, "step", 3);
    const third = await page.evaluate(() => Array.from(loci.activity()));
    assert.notDeepEqual(third, all);
    const { spikes } = await page.evaluate(() => ({ spikes: Array.from(loci.state.get("result").spiking.spikes[1][2]) }));
    const hidden = third.slice(784, 784 + 64);
    assert.ok(spikes.includes(1) && spikes.includes(0));
    spikes.forEach((spike, j) => assert.ok(spike ? hidden[j] === 1 : hidden[j] <= 0.5));
    const dots = await page.$eval("#raster", (canvas) => new Set(new Uint32Array(canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.buffer)).size);
    assert.ok(dots > 2);
    await page.click("#play-spikes");
    await page.waitForFunction(() => loci.state.get("step") > 3);
    await page.click("#play-spikes");
    assert.match(await page.textContent("#spike-count"), /\d+ in hidden/);
    assert.deepEqual(page.trouble, []);
    await page.context().close();
  });

  for (const [coding, readout, reset] of [["constant", "count", "subtract"], ["constant", "membrane-mean", "zero"], ["latency", "membrane-max", "subtract"], ["latency", "membrane-last", "none"]])
    it(`are the library's, to the last bit: ${coding}, ${readout}, ${reset}`, async () => {
      const name = `dyadic-${readout}`;
      pages.table("dyadic.csv", 600, ["0", "1", "2"]);
      pages.dyadic(`${name}.safetensors`, { coding, readout, reset });
      const page = await open(browser, pages.view(`${name}.safetensors`, "--data", "dyadic.csv"));
      assert.deepEqual(await compare(page), { count: 100, same: 100, error: 0 });
      await page.context().close();
    });
});

describe("a conventional net", () => {
  it("has a page too, and says what it is", async () => {
    const page = await open(browser, pages.trained("dense", "dense-mlp-16", "--data", "glyphs", "--epochs", "1"));
    assert.ok((await compare(page)).error <= 1e-4);
    assert.match(await page.textContent("#controls"), /Cut the weakest/);
    await page.evaluate(() => loci.select(loci.offsets[1]));
    assert.equal(await page.locator("#panel-neuron .link").count(), 16);
    assert.deepEqual(page.trouble, []);
    await page.context().close();
  });
});

describe("names", () => {
  it("that look like HTML or script are shown as text", async () => {
    const names = ["</script><script>window.hacked=1</script>", "<img src=x onerror=window.hacked=1>", "&amp; <b>bold</b>"];
    pages.table("names.csv", 300, names);
    const page = await open(browser, pages.trained("hostile", "--hidden", "8", "--data", "names.csv", "--epochs", "1"));
    await page.click(".sample:nth-child(1)");
    const shown = await page.$$eval("#scores .name", (nodes) => nodes.map((node) => node.textContent));
    assert.deepEqual(shown.slice().sort(), names.slice().sort());
    const labels = await page.$$eval(".class-label", (nodes) => nodes.map((node) => node.textContent));
    assert.deepEqual(labels.sort(), names.slice().sort());
    await page.evaluate(() => loci.select(loci.neurons - 1));
    assert.equal(await page.textContent("#neuron-name"), `Output ${shown.at(-1)}`);
    assert.equal(await page.evaluate(() => window.hacked), undefined);
    assert.equal(await page.locator("main img, main b:has-text('bold')").count(), 0);
    assert.deepEqual(page.trouble, []);
    await page.context().close();
  });

  it("in every place of the data are shown as text", async () => {
    const bad = "<img src=x onerror=window.hacked=1>";
    const data = payload([6, 4, 2], { title: bad, preset: bad, dataset: bad, classes: [bad, "</script>"], spec: { [bad]: bad, tied: "no" }, left_out: [bad], test_accuracy: 0.5, confusion: [[1, 2], [3, 4]], sparsity_curve: { by: bad, scope: "layer", when: bad, points: [{ sparsity: 0, connections_kept: 9, test_accuracy: 0.5 }, { sparsity: 0.5, connections_kept: 4, test_accuracy: 0.4 }] } });
    const page = await openData("bad.html", data);
    assert.equal(await page.textContent("#title"), bad);
    assert.equal(await page.title(), `${bad} \u2013 Loci`);
    assert.equal((await page.textContent("body")).split(bad).length > 8, true);
    assert.equal(await page.locator("img").count(), 0);
    assert.equal(await page.evaluate(() => window.hacked), undefined);
    assert.deepEqual(page.trouble, []);
    await page.context().close();
  });
});

async function openData(name, data, options, from = browser) {
  const file = join(folder, name);
  writeFileSync(file, fill(readFileSync(pages.template, "utf8"), data));
  return open(from, file, options);
}

describe("large networks", () => {
  it("of 5,000 neurons and 50,000 shown connections are drawn whole, and quickly changed", async () => {
    const page = await openData("large.html", payload([784, 4206, 10], { height: 28, width: 28 }));
    await setSlider(page, "connections", 100);
    await settled(page);
    const { neurons, connections } = await counts(page);
    assert.deepEqual([neurons, connections], [5000, 50000]);
    // the time of the page's own work, not of rendering: drawing 50,000 lines anew
    const ms = await page.evaluate(() => {
      const before = performance.now();
      for (const selected of [4995, -1, 4996, -1]) loci.state.set({ selected });
      return (performance.now() - before) / 4;
    });
    assert.ok(ms < 1000, `${ms} ms for one change`);
    assert.match(await page.textContent("#notice"), /50,000 of 3,339,564 connections/);
    assert.deepEqual(page.trouble, []);
    await page.context().close();
  });

  it("beyond that say what they leave out", async () => {
    const page = await openData("larger.html", payload([784, 6000, 10], { height: 28, width: 28, left_out: ["frames, which are too large"] }));
    assert.equal((await counts(page)).neurons, 5000);
    assert.match(await page.textContent("#notice"), /frames, which are too large 5,000 of 6,794 neurons are drawn/);
    assert.match(await page.textContent("#left-out"), /5,000 of 6,794 neurons/);
    await page.context().close();
  });
});

describe("a pruned network", () => {
  it("shows what is left, and how much is gone", async () => {
    const data = payload([12, 6, 3], { connections_kept: 60 });
    // of the first pair's 72 connections, 42 are kept
    const bits = new Uint8Array(9);
    for (let ij = 0; ij < 42; ij++) bits[ij >> 3] |= 1 << (ij & 7);
    data.pairs[0].kept = { type: "u8", shape: [9], data: Buffer.from(bits).toString("base64") };
    data.sparsity_curve = { by: "distance", scope: "layer", when: "after", points: [0, 0.3, 0.6].map((sparsity) => ({ sparsity, connections_kept: 90 - 90 * sparsity, test_accuracy: 0.9 - sparsity ** 2 })) };
    const page = await openData("pruned.html", data);
    await setSlider(page, "connections", 100);
    assert.equal((await counts(page)).connections, 60);
    assert.match(await page.textContent("#pruned"), /33.3 % of 90/);
    await page.click("#tab-statistics");
    assert.ok(await page.isVisible("[aria-label^='Test accuracy against']"));
    await page.evaluate(() => loci.select(11));
    assert.match(await page.textContent("#panel-neuron"), /None is left/);
    assert.deepEqual(page.trouble, []);
    await page.context().close();
  });
});

describe("a phone", () => {
  it("has everything one below the other, nothing beside the screen", async () => {
    const page = await open(browser, join(folder, "snn.html"), { width: 360, height: 740, scale: 2, touch: true, theme: "light" });
    await page.tap(".sample:nth-child(1)");
    for (const id of ["work", "neuron", "statistics", "about"]) {
      await page.tap(`#tab-${id}`);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(wide <= 360, `${wide} pixels wide with ${id}`);
    }
    const [space, side] = await page.evaluate(() => ["space", "tabs"].map((id) => document.getElementById(id).getBoundingClientRect().top));
    assert.ok(side > space);
    assert.ok((await inked(page)).kinds > 10);
    assert.deepEqual(page.trouble, []);
    await page.context().close();
  });
});

describe("without WebGL", () => {
  it("says so, and the panels work", async () => {
    const flat = await launch("--disable-3d-apis");
    try {
      const page = await open(flat, join(folder, "mlp.html"));
      assert.equal(await page.getAttribute("html", "data-ready"), "no-webgl");
      assert.match(await page.textContent("#notice"), /no WebGL/);
      await page.click(".sample:nth-child(1)");
      assert.match(await page.textContent("#prediction"), /^\d$/);
      await page.evaluate(() => loci.select(790));
      assert.match(await page.textContent("#neuron-name"), /Hidden 1, neuron 7/);
    } finally {
      await flat.close();
    }
  });
});

describe("the template itself", () => {
  it("says that it holds no network", async () => {
    const page = await open(browser, pages.template);
    assert.equal(await page.getAttribute("html", "data-ready"), "failed");
    assert.match(await page.textContent("#notice"), /holds no network/);
    await page.context().close();
  });
});
