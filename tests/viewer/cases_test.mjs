// The page in a real browser: spikes, hostile names, large and pruned networks, phones, no WebGL. LOCI names the program
// that makes the pages.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { launch, open, settled } from "./browser.mjs";
import { array, noise, page as fill, pair, payload } from "./fixture.mjs";
import {
  compare,
  counts,
  drawOne,
  inked,
  rarely,
  setSlider,
} from "./looking.mjs";
import { Pages } from "./pages.mjs";
import { drawShapes } from "./shapes.mjs";

const folder = mkdtempSync(join(tmpdir(), "loci-viewer-"));
let browser, pages, spiking;

before(async () => {
  pages = new Pages(process.env.LOCI, folder);
  spiking = pages.trained(
    "snn",
    "arbor-snn-10k",
    "--hidden",
    "64",
    "--data",
    "glyphs",
    "--epochs",
    "1",
  );
  browser = await launch();
});
after(async () => {
  await browser.close();
  rmSync(folder, { recursive: true });
});

// A page that holds this payload.
async function openData(name, data, options) {
  const file = join(folder, name);
  writeFileSync(file, fill(readFileSync(pages.template, "utf8"), data));
  return open(browser, file, options);
}

describe("spikes", () => {
  it("play over the time steps, with a raster", async () => {
    const page = await open(browser, spiking);
    await page.click(".sample:nth-child(4)");
    const all = await page.evaluate(() => Array.from(loci.activity()));
    await setSlider(page, "step", 3);
    const third = await page.evaluate(() => Array.from(loci.activity()));
    assert.notDeepEqual(third, all);
    const { spikes } = await page.evaluate(() => ({
      spikes: Array.from(loci.state.get("result").spiking.spikes[1][2]),
    }));
    const hidden = third.slice(784, 784 + 64);
    assert.ok(spikes.includes(1) && spikes.includes(0));
    spikes.forEach((spike, j) =>
      assert.ok(spike ? hidden[j] === 1 : hidden[j] <= 0.5),
    );
    const dots = await page.$eval(
      "#raster",
      (canvas) =>
        new Set(
          new Uint32Array(
            canvas
              .getContext("2d")
              .getImageData(0, 0, canvas.width, canvas.height).data.buffer,
          ),
        ).size,
    );
    assert.ok(dots > 2);
    await page.click("#play-spikes");
    await page.waitForFunction(() => loci.state.get("step") > 3);
    await page.click("#play-spikes");
    assert.match(await page.textContent("#spike-count"), /\d+ in hidden/);
    assert.deepEqual(page.trouble, []);
    await page.context().close();
  });

  for (const [coding, readout, reset] of [
    ["constant", "count", "subtract"],
    ["constant", "membrane-mean", "zero"],
    ["latency", "membrane-max", "subtract"],
    ["latency", "membrane-last", "none"],
  ])
    it(`are the library's, to the last bit: ${coding}, ${readout}, ${reset}`, async () => {
      const name = `dyadic-${readout}`;
      pages.table("dyadic.csv", 600, ["0", "1", "2"]);
      pages.dyadic(`${name}.safetensors`, { coding, readout, reset });
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

describe("a conventional net", rarely(), () => {
  it("has a page too, and says what it is", async () => {
    const page = await open(
      browser,
      pages.trained(
        "dense",
        "dense-mlp-16",
        "--data",
        "glyphs",
        "--epochs",
        "1",
      ),
    );
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
    const names = [
      "</script><script>window.hacked=1</script>",
      "<img src=x onerror=window.hacked=1>",
      "&amp; <b>bold</b>",
    ];
    pages.table("names.csv", 300, names);
    const page = await open(
      browser,
      pages.trained(
        "hostile",
        "--hidden",
        "8",
        "--data",
        "names.csv",
        "--epochs",
        "1",
      ),
    );
    await page.click(".sample:nth-child(1)");
    const shown = await page.$$eval("#scores .name", (nodes) =>
      nodes.map((node) => node.textContent),
    );
    assert.deepEqual(shown.slice().sort(), names.slice().sort());
    const labels = await page.$$eval(".class-label", (nodes) =>
      nodes.map((node) => node.textContent),
    );
    assert.deepEqual(labels.sort(), names.slice().sort());
    await page.evaluate(() => loci.select(loci.neurons - 1));
    assert.equal(
      await page.textContent("#neuron-name"),
      `Output ${shown.at(-1)}`,
    );
    assert.equal(await page.evaluate(() => window.hacked), undefined);
    assert.equal(
      await page.locator("main img, main b:has-text('bold')").count(),
      0,
    );
    assert.deepEqual(page.trouble, []);
    await page.context().close();
  });

  it("in every place of the data are shown as text", async () => {
    const bad = "<img src=x onerror=window.hacked=1>";
    const data = payload([6, 4, 2], {
      title: bad,
      preset: bad,
      dataset: bad,
      classes: [bad, "</script>"],
      spec: { [bad]: bad, tied: "no" },
      left_out: [bad],
      test_accuracy: 0.5,
      confusion: [
        [1, 2],
        [3, 4],
      ],
      sparsity_curve: {
        by: bad,
        scope: "layer",
        when: bad,
        points: [
          { sparsity: 0, connections_kept: 9, test_accuracy: 0.5 },
          { sparsity: 0.5, connections_kept: 4, test_accuracy: 0.4 },
        ],
      },
    });
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

describe("large networks", () => {
  it(
    "of 5,000 neurons and 50,000 shown connections are drawn whole, and quickly changed",
    rarely(),
    async () => {
      const page = await openData(
        "large.html",
        payload([784, 4206, 10], { height: 28, width: 28 }),
      );
      await setSlider(page, "connections", 100);
      await settled(page);
      const { neurons, connections } = await counts(page);
      assert.deepEqual([neurons, connections], [5000, 50000]);
      const placements = await page.evaluate(() => loci.placements());
      // the time of the page's own work, not of rendering: drawing 50,000 lines anew
      const ms = await page.evaluate(() => {
        const before = performance.now();
        for (const selected of [4995, -1, 4996, -1])
          loci.state.set({ selected });
        return (performance.now() - before) / 4;
      });
      assert.ok(ms < 1000, `${ms} ms for one change`);
      // who is selected moves nobody
      assert.equal(await page.evaluate(() => loci.placements()), placements);
      assert.match(
        await page.textContent("#notice"),
        /50,000 of 3,339,564 connections/,
      );
      assert.deepEqual(page.trouble, []);
      await page.context().close();
    },
  );

  it("beyond that draw neurons as points, and say what is left out", async () => {
    const page = await openData(
      "larger.html",
      payload([784, 6000, 10], {
        height: 28,
        width: 28,
        left_out: ["frames, which are too large"],
      }),
    );
    assert.equal((await counts(page)).neurons, 6794);
    assert.match(
      await page.textContent("#notice"),
      /^Frames, which are too large\.$/,
    );
    assert.match(
      await page.textContent("#left-out"),
      /Frames, which are too large\./,
    );
    assert.match(
      await page.textContent(".about"),
      /Its 6,794 neurons are points: a disc is an excitatory/,
    );
    await page.context().close();
  });
});

// A pair whose receivers have so many dendrite sites.
const branched = (n, m, dendrites) =>
  pair(n, m, {
    dendrites,
    dendrite_position: array(
      "f32",
      [m, dendrites, 2],
      noise(2 * m * dendrites, m + 1),
    ),
  });

describe("a network of 200,000 sites", rarely(), () => {
  const sizes = [64, 8000, 8000, 3];

  it("stays usable, and says what it does not show", async (t) => {
    const pairs = [branched(64, 8000, 13), branched(8000, 8000, 13)];
    const whole = payload(sizes, {
      height: 8,
      width: 8,
      pairs: [...pairs, pair(8000, 3)],
    });
    const page = await openData("vast.html", whole);
    const { neurons, sites, connections } = await counts(page);
    assert.equal(neurons, 16067);
    assert.ok(sites > 200000 && connections === 0);
    assert.match(
      await page.textContent("#notice"),
      /Of 64,536,000 connections those of the neuron you select are drawn/,
    );
    assert.equal(await page.locator("#cut").count(), 0);
    assert.ok((await inked(page)).kinds > 20);

    // a selection sends nothing of the sites anew
    const ms = await page.evaluate(() => {
      const before = performance.now();
      for (const selected of [9000, -1, 70, -1]) loci.state.set({ selected });
      return (performance.now() - before) / 4;
    });
    t.diagnostic(`a selection takes ${Math.round(ms)} ms`);
    await page.evaluate(() => loci.select(9000));
    assert.ok((await counts(page)).selectedLines >= 80);
    assert.equal(await page.locator("#panel-neuron .outputs .link").count(), 3);
    await page.focus("#canvas");
    const frames = 6;
    const start = Date.now();
    for (let f = 0; f < frames; f++) {
      await page.keyboard.press("Shift+ArrowLeft");
      await settled(page);
    }
    const frame = Math.round((Date.now() - start) / frames);
    t.diagnostic(`a frame takes ${frame} ms, drawn without a graphics card`);

    // turned by hand on a slow machine it has fewer points, and all of them once it stands
    const box = await page.locator("#canvas").boundingBox();
    const detail = () => page.evaluate(() => loci.detail());
    await page.mouse.move(box.x + 200, box.y + 200);
    await page.mouse.down();
    for (let k = 1; k <= 40 && (await detail()) === 1; k++) {
      await page.mouse.move(box.x + 200 + 5 * (k % 8), box.y + 200);
      await page.waitForTimeout(50);
    }
    assert.ok(frame < 100 || (await detail()) < 1);
    await page.mouse.up();
    assert.equal(await detail(), 1);

    // an answer comes bit by bit, and the page is there meanwhile
    await page.click("#tab-work");
    await drawOne(page);
    assert.match(await page.textContent("#progress"), /The page runs it: \d/);
    await page.click("#clear");
    await page.waitForFunction(
      () => document.getElementById("progress").textContent === "",
    );
    assert.deepEqual(page.trouble, []);
    await page.context().close();
  });
});

describe("a table", () => {
  const columns = ["sepal length", "<b>width</b>", "petal length", "kind"];
  const rows = Array.from({ length: 60 }, (_, i) =>
    [0, 1, 2].map((c) => (i * (c + 3)) % 7).concat(["a", "b"][i % 2]),
  );

  it("has its columns' names, and rows that can be seen", async () => {
    writeFileSync(
      join(folder, "table.csv"),
      `${[columns, ...rows].join("\n")}\n`,
    );
    const page = await open(
      browser,
      pages.trained(
        "table",
        "--hidden",
        "6",
        "--data",
        "table.csv",
        "--epochs",
        "1",
      ),
      { width: 390, height: 800 },
    );
    assert.match(await page.textContent("#tally"), /test rows are/);
    await page.click(".sample:nth-child(2)");
    const shown = (selector) =>
      page.$$eval(selector, (nodes) => nodes.map((node) => node.textContent));
    assert.deepEqual(await shown("#row .name"), columns.slice(0, 3));
    assert.match((await shown("#row .value"))[0], /^[01]\.\d\d$/);
    const heights = await page.$$eval(".sample canvas", (nodes) =>
      nodes.map((node) => node.getBoundingClientRect().height),
    );
    assert.ok(Math.min(...heights) >= 10, `${Math.min(...heights)} pixels`);
    await page.evaluate(() => loci.select(1));
    assert.equal(await page.textContent("#neuron-name"), columns[1]);
    assert.ok(
      await page.evaluate(
        () => document.documentElement.scrollWidth <= innerWidth,
      ),
    );
    assert.deepEqual(page.trouble, []);
    await page.context().close();
  });
});

describe("a net that predicts numbers", () => {
  const rows = (columns) =>
    Array.from({ length: 200 }, (_, i) => {
      const [a, b] = [(i * 37) % 101, (i * 53) % 89];
      return [a, b, 1e5 + 2000 * a - 700 * b, a / 7 - b / 90].slice(0, columns);
    });
  const table = (name, head) =>
    writeFileSync(
      join(folder, name),
      `${[head, ...rows(head.length)].join("\n")}\n`,
    );
  const options = ["--hidden", "9,8", "--lr", "0.05", "--epochs", "30"];

  it("says them in their units, beside the targets", async () => {
    table("numbers.csv", ["a", "b", "price", "<i>rent</i>"]);
    const page = await open(
      browser,
      pages.trained(
        "numbers",
        ...options,
        ...["--data", "numbers.csv", "--target", "price,<i>rent</i>"],
      ),
    );
    const { count, error } = await compare(page);
    assert.ok(count === 40 && error <= 1e-5, `${error} of the largest`);
    const text = (selector) => page.textContent(selector);
    assert.match(await text("#facts"), /R\u00b2 -?\d\.\d{3} on numbers\.csv/);
    assert.match(await text("#tally"), /price by [\d,.]+, <i>rent<\/i> by/);
    await page.click(".sample:nth-child(2)");
    assert.match(await text("#verdict"), /^It predicts/);
    const said = await page.$$eval("#scores .value", (nodes) =>
      nodes.map((node) => node.textContent),
    );
    assert.equal(said.length, 2);
    said.forEach((value) => assert.match(value, /^\S+ \(\S+\)$/));
    assert.equal(await page.$$eval("#scores .best", (n) => n.length), 0);
    assert.match(await text("#epoch-readout"), /test R\u00b2/);
    await page.click("#tab-statistics");
    assert.match(await text("#errors"), /priceR?.*<i>rent<\/i>.*mean/);
    assert.equal(await page.$("#confusion"), null);
    assert.deepEqual(page.trouble, []);
    await page.context().close();
  });

  it("shows the membranes of a spiking one", async () => {
    table("one.csv", ["a", "b", "price"]);
    const page = await open(
      browser,
      pages.trained(
        "one",
        ...options,
        ...["--neuron", "lif", "--time-steps", "5", "--threshold", "0.1"],
        ...["--data", "one.csv", "--target", "price"],
      ),
    );
    const { error } = await compare(page);
    assert.ok(error <= 1e-4, `${error} of the largest`);
    await page.click(".sample:nth-child(1)");
    assert.match(
      await page.textContent("#verdict"),
      /^It predicts price [\d,]+, the target is [\d,]+$/,
    );
    assert.match(
      await page.textContent(".spikes figcaption, figcaption"),
      /Membranes of the outputs$/,
    );
    assert.deepEqual(page.trouble, []);
    await page.context().close();
  });
});

describe("a run whose frames hold positions alone", () => {
  it("goes on running the network of the end, and says so", async () => {
    const data = Pages.data(spiking);
    data.frames.whole = false;
    data.frames.tensors = data.frames.tensors.filter(({ name }) =>
      name.endsWith("position"),
    );
    const page = await openData("old.html", data);
    const logits = () =>
      page.evaluate(() => Array.from(loci.state.get("result").logits));
    const at = () => page.evaluate(() => loci.positions());
    await page.click(".sample:nth-child(2)");
    const [end, places] = [await logits(), await at()];
    await setSlider(page, "epoch", 0);
    assert.deepEqual(await logits(), end);
    assert.notDeepEqual(await at(), places);
    assert.match(
      await page.textContent("#moment"),
      /^At epoch 0: only positions were kept .* what is read .* of the end\.$/,
    );
    assert.deepEqual(page.trouble, []);
    await page.context().close();
  });
});

describe("a net of finite range", rarely(), () => {
  it("is not called pruned", async () => {
    const page = await open(
      browser,
      pages.trained(
        "range",
        "arbor-mlp-2k",
        "--range",
        "1.5",
        "--train-range",
        "layer",
        "--data",
        "glyphs",
        "--epochs",
        "1",
      ),
    );
    assert.match(
      await page.textContent("#pruned"),
      /^Out of range: \d+\.\d % of [\d,]+ connections$/,
    );
    await page.click("#tab-about");
    assert.doesNotMatch(await page.textContent("#panel-about"), /pruning/);
    // what is out of range is so at the moment that is shown
    const share = await page.textContent("#pruned");
    await setSlider(page, "epoch", 0);
    assert.notEqual(await page.textContent("#pruned"), share);
    assert.ok((await compare(page)).error > 1e-3);
    await setSlider(page, "epoch", 1);
    assert.ok((await compare(page)).error <= 1e-4);
    assert.deepEqual(page.trouble, []);
    await page.context().close();
  });
});

describe("a net of another law", rarely(), () => {
  it("runs by it, at every moment, and says so", async () => {
    const page = await open(
      browser,
      pages.trained(
        "law",
        "arbor-mlp-2k",
        ...["--law", "gaussian", "--train-length", "layer", "--range", "1.5"],
        ...["--data", "glyphs", "--epochs", "1", "--lr", "0.05"],
      ),
    );
    assert.ok((await compare(page)).error <= 1e-4);
    await setSlider(page, "epoch", 0);
    assert.ok((await compare(page)).error > 1e-3);
    const about = await page.textContent("#panel-about");
    assert.match(about, /A weight is exp\(\u2212r\u00b2\/2L\u00b2\) of the/);
    assert.match(about, /; length \d[\d.]*; range 1\.50/);
    const weights = await page.textContent("#panel-statistics");
    assert.match(
      weights,
      /exp\(\u2212r\u00b2\/2L\u00b2\) of distance r, times/,
    );
    assert.deepEqual(page.trouble, []);
    await page.context().close();
  });
});

describe("a net of another activation", () => {
  for (const activation of ["leaky-relu", "tanh", "gelu", "sine"])
    it(
      `computes what the library computes: ${activation}`,
      rarely(activation !== "gelu"),
      async () => {
        pages.table("activation.csv", 600, ["a", "b", "c"]);
        const page = await open(
          browser,
          pages.trained(
            activation,
            ...["--hidden", "9,8", "--activation", activation, "--lr", "0.1"],
            ...["--data", "activation.csv", "--epochs", "3"],
          ),
        );
        const { count, error } = await compare(page);
        assert.ok(count === 100 && error <= 1e-5, `${error} of the largest`);
        // some hidden neuron is below 0, and shown to be active
        await page.click(".sample:nth-child(2)");
        const [hidden, shown] = await page.evaluate(() => [
          Array.from(loci.state.get("result").layers[1]),
          Array.from(loci.activity().slice(loci.offsets[1], loci.offsets[2])),
        ]);
        assert.ok(hidden.some((h) => h < 0));
        hidden.forEach((h, j) => assert.ok(h === 0 || shown[j] > 0));
        await page.click("#tab-about");
        const about = await page.textContent("#panel-about");
        assert.match(about, /by how far from 0 they are/);
        assert.deepEqual(page.trouble, []);
        await page.context().close();
      },
    );
});

describe("a network of maps", () => {
  it("runs as the library does, shows its maps, and its arbors where one points", async () => {
    drawShapes(join(folder, "shapes"), { train: 3, test: 2, side: 12 });
    const page = await open(
      browser,
      pages.trained(
        "maps",
        ...["--maps", "3,4", "--window", "5,3", "--stride", "1,2"],
        ...["--pool", "2,1", "--hidden", "5", "--dim", "5"],
        ...["--dendrite-sites", "3", "--lr", "0.05", "--data", "shapes"],
        ...["--epochs", "2"],
      ),
    );
    const { count, error } = await compare(page);
    assert.ok(count === 18 && error <= 1e-5, `${error} of the largest`);
    await setSlider(page, "epoch", 0);
    assert.ok((await compare(page)).error > 1e-3);
    await setSlider(page, "epoch", 2);
    assert.ok((await compare(page)).error <= 1e-5);

    // layers of 6 x 6 and 3 x 3 places; at first each arbor stands in the middle
    const circle = () => page.evaluate(() => loci.circle());
    const first = await page.evaluate(() => loci.offsets[1]);
    await page.click(".sample:nth-child(2)");
    assert.equal(await page.locator("#maps canvas").count(), 7);
    const neuron = first + 3 * (2 * 6 + 3) + 1;
    await page.evaluate((neuron) => loci.select(neuron), neuron);
    assert.equal(
      await page.textContent("#neuron-name"),
      "Maps 1: map 2, row 3, column 4",
    );
    assert.equal(await page.locator(".stencil").count(), 3);
    const here = await circle();
    assert.ok(here.some(([, receiver]) => receiver === neuron));
    const drawn = await counts(page);
    assert.ok(
      drawn.sites < 100,
      `${drawn.sites} sites, not those of each neuron`,
    );
    // another map is pointed at, at the place on the left: the arbor of the selected one stands there
    await page.evaluate((at) => loci.state.set({ hovered: at }), neuron - 4);
    assert.equal(await page.evaluate(() => loci.focus()), neuron - 3);
    const there = await circle();
    assert.ok(there.some(([, receiver]) => receiver === neuron - 3));
    assert.ok(!there.some(([, receiver]) => receiver === neuron));
    await page.evaluate(() => loci.state.set({ hovered: -1 }));
    assert.deepEqual(await circle(), here);

    await page.click("#tab-work");
    const { width } = await page.locator("#maps canvas").first().boundingBox();
    const position = { x: 0.9 * width, y: 0.1 * width };
    await page.locator("#maps canvas").first().click({ position });
    assert.match(
      await page.textContent("#neuron-name"),
      /^Maps 1: map 1, row 1, column 6$/,
    );
    const about = await page.textContent("#panel-about");
    assert.match(
      about,
      /Layers3 maps of 12 \u00d7 12 \u2013 3 maps of 6 \u00d7 6/,
    );
    assert.match(
      about,
      /window 3 \u00d7 3, stride 2; 1 axon, 3 dendrite sites/,
    );
    assert.deepEqual(page.trouble, []);
    await page.context().close();
  });

  it("that spikes has the library's spikes, to the last bit", async () => {
    pages.table("dyadic.csv", 600, ["0", "1", "2"]);
    pages.dyadic(
      "dyadic-maps.safetensors",
      {
        ...{ coding: "latency", readout: "membrane-max", reset: "subtract" },
        ...{ maps: [4], window: [3], pool: [2], stride: [1], hidden: [] },
      },
      [
        [9, 4],
        [16, 3],
      ],
    );
    const page = await open(
      browser,
      pages.view("dyadic-maps.safetensors", "--data", "dyadic.csv"),
    );
    assert.deepEqual(await compare(page), { count: 100, same: 100, error: 0 });
    await page.evaluate(() => loci.select(loci.offsets[1] + 5));
    assert.match(await page.textContent("#neuron-name"), /^Maps: map 2, row 1/);
    assert.deepEqual(page.trouble, []);
    await page.context().close();
  });
});

describe("a pruned network", () => {
  it("shows what is left, and how much is gone", async () => {
    const data = payload([12, 6, 3], { connections_kept: 60 });
    // of the first pair's 72 connections, 42 are kept
    const bits = new Uint8Array(9);
    for (let ij = 0; ij < 42; ij++) bits[ij >> 3] |= 1 << (ij & 7);
    data.pairs[0].kept = {
      type: "u8",
      shape: [9],
      data: Buffer.from(bits).toString("base64"),
    };
    data.sparsity_curve = {
      by: "distance",
      scope: "layer",
      when: "after",
      points: [0, 0.3, 0.6].map((sparsity) => ({
        sparsity,
        connections_kept: 90 - 90 * sparsity,
        test_accuracy: 0.9 - sparsity ** 2,
      })),
    };
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

describe("colour", () => {
  const nets = {
    "a sheet": ["--input", "sheet"],
    "a sheet behind a mask, relaxed": [
      "--input",
      "sheet",
      "--sign",
      "mask",
      "--planes",
      "relaxed",
    ],
    "a grid": ["--input", "grid"],
    "a conventional net": ["--wiring", "dense"],
    "a spiking sheet": [
      "--input",
      "sheet",
      "--neuron",
      "lif",
      "--time-steps",
      "5",
    ],
  };

  before(() => drawShapes(join(folder, "shapes"), { train: 20, test: 12 }));

  // a sheet is the richest of them; the others are left to make test-long
  for (const [name, options] of Object.entries(nets))
    it(`is read and shown by ${name}`, rarely(name !== "a sheet"), async () => {
      const run = name.replaceAll(/\W/g, "-");
      const sites = name.includes("conventional")
        ? []
        : ["--dendrite-sites", "4,2", "--range", "-1"];
      const words = ["--hidden", "12", ...sites, ...options];
      const file = pages.trained(
        run,
        ...words,
        "--data",
        "shapes",
        "--epochs",
        "3",
        "--lr",
        "0.03",
      );
      const data = Pages.data(file);
      assert.equal(data.channels, 3);
      assert.equal(new Set(data.samples.labels).size, 9, "all classes");
      const page = await open(browser, file);
      const { error, count } = await compare(page);
      assert.equal(count, 100);
      assert.ok(error <= 1e-4, `${error}`);
      // the first picture on its button and on the pad, in its own colours
      await page.click(".sample:nth-child(1)");
      const bytes = [...Buffer.from(data.samples.images.data, "base64")];
      for (const canvas of [".sample:nth-child(1) canvas", "#pad"]) {
        const shown = await page.$eval(canvas, (canvas) =>
          Array.from(
            canvas
              .getContext("2d")
              .getImageData(0, 0, canvas.width, canvas.height).data,
          ),
        );
        assert.deepEqual(
          shown.filter((_, i) => i % 4 !== 3),
          bytes.slice(0, 768),
        );
      }
      await page.evaluate(() => loci.select(3 * 17 + 1));
      assert.equal(
        await page.textContent("#neuron-name"),
        "Pixel row 2, column 2, green",
      );
      await page.evaluate(() => loci.select(768));
      const kinds = await page.$eval("#field", (canvas) => {
        const { data } = canvas
          .getContext("2d")
          .getImageData(0, 0, canvas.width, canvas.height);
        return data.some((value, i) => i % 4 === 0 && value !== data[i + 1]);
      });
      assert.ok(kinds, "a receptive field has colours");
      assert.ok((await inked(page)).kinds > 10);
      assert.deepEqual(page.trouble, []);
      await page.context().close();
    });

  it("moves with the channels' places over the training", async () => {
    const page = await open(browser, join(folder, "a-sheet.html"));
    await page.click(".sample:nth-child(1)");
    const [depth, logits] = [
      () => page.evaluate(() => loci.positions().slice(0, 9)),
      () => page.evaluate(() => Array.from(loci.state.get("result").logits)),
    ];
    const end = [await depth(), await logits()];
    assert.ok(end[0][0] !== end[0][3] && end[0][3] !== end[0][6]);
    assert.deepEqual(end[0].slice(1, 3), end[0].slice(4, 6), "one place");
    await setSlider(page, "epoch", 0);
    const begin = [await depth(), await logits()];
    assert.notDeepEqual(begin[0], end[0]);
    assert.notDeepEqual(begin[1], end[1]);
    await setSlider(page, "epoch", 3);
    (await depth()).forEach((x, i) =>
      assert.ok(Math.abs(x - end[0][i]) < 1e-3),
    );
    // frames are rounded to 16 bits
    (await logits()).forEach((x, i) =>
      assert.ok(Math.abs(x - end[1][i]) < 1e-2),
    );
    assert.deepEqual(page.trouble, []);
    await page.context().close();
  });

  it("is drawn in", async () => {
    const page = await open(browser, join(folder, "a-sheet.html"));
    await page.$eval("#pen", (input) => {
      input.value = "#00ff80";
      input.dispatchEvent(new Event("input", { bubbles: true }));
    });
    await drawOne(page);
    const image = await page.evaluate(() =>
      Array.from(loci.state.get("image")),
    );
    const most = [0, 1, 2].map((part) =>
      Math.max(...image.filter((_, i) => i % 3 === part)),
    );
    assert.equal(most[0], 0);
    assert.ok(most[1] > 0.7 && Math.abs(most[2] / most[1] - 0.5) < 0.02);
    assert.ok((await page.textContent("#prediction")).length > 3);
    assert.deepEqual(page.trouble, []);
    await page.context().close();
  });
});

describe("a phone", () => {
  it("has everything one below the other, nothing beside the screen", async () => {
    const page = await open(browser, spiking, {
      width: 360,
      height: 740,
      scale: 2,
      touch: true,
      theme: "light",
    });
    await page.tap(".sample:nth-child(1)");
    for (const id of ["work", "neuron", "statistics", "about"]) {
      await page.tap(`#tab-${id}`);
      const wide = await page.evaluate(
        () => document.documentElement.scrollWidth,
      );
      assert.ok(wide <= 360, `${wide} pixels wide with ${id}`);
    }
    const [space, side] = await page.evaluate(() =>
      ["space", "tabs"].map(
        (id) => document.getElementById(id).getBoundingClientRect().top,
      ),
    );
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
      const page = await open(flat, spiking);
      assert.equal(await page.getAttribute("html", "data-ready"), "no-webgl");
      assert.match(await page.textContent("#notice"), /no WebGL/);
      await page.click(".sample:nth-child(1)");
      assert.match(await page.textContent("#prediction"), /^\d$/);
      await page.evaluate(() => loci.select(790));
      assert.match(await page.textContent("#neuron-name"), /Hidden, neuron 7/);
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
