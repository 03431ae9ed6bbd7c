// The page in a real browser: two networks on one page, its address, pictures and films. The networks are made by hand.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { launch, open, settled } from "./browser.mjs";
import { array, noise, page as fill, payload } from "./fixture.mjs";
import { rarely } from "./looking.mjs";
import { Pages } from "./pages.mjs";

const folder = mkdtempSync(join(tmpdir(), "loci-viewer-"));
const file = join(folder, "two.html");
let browser;

// 12 samples of 8 x 8 pixels in three classes; the answers are as a library might have given them.
function samples(seed) {
  const grey = noise(12 * 64, 3).map((v) => 127 * (v + 1));
  const labels = Array.from({ length: 12 }, (_, i) => i % 3);
  return {
    images: array("u8", [12, 64], grey.map(Math.round)),
    labels,
    logits: array("f32", [12, 3], noise(36, seed)),
  };
}

// Three moments of a training, in which the inputs' places wander.
function moving(sizes) {
  const start = noise(2 * sizes[0], 5).map((v) => Math.round(20000 * (v + 1)));
  const data = [0, 9000, 18000].flatMap((by) =>
    Array.from(start, (v) => v + by),
  );
  return {
    epochs: [0, 1, 2],
    whole: false,
    tensors: [
      {
        name: "pair0.axon.position",
        shape: [sizes[0], 1, 2],
        low: [-1, -1],
        high: [1, 1],
        data: array("u16", [3, sizes[0], 1, 2], data),
      },
    ],
  };
}

function one(name, sizes, seed, accuracy) {
  return payload(sizes, {
    name,
    title: `net ${name}`,
    dataset: "shapes",
    height: 8,
    width: 8,
    samples: samples(seed),
    frames: moving(sizes),
    test_accuracy: accuracy,
    metrics: [1, 2].map((epoch) => ({
      epoch,
      train_loss: 1 / epoch,
      train_accuracy: null,
      validation_accuracy: null,
      test_accuracy: accuracy - 0.2 / epoch,
    })),
  });
}

before(async () => {
  const { template } = new Pages(process.env.LOCI, folder);
  const first = one("runs/a", [64, 20, 3], 8, 0.9);
  const data = { ...first, other: one("runs/<b>", [64, 40, 3], 9, 0.925) };
  writeFileSync(file, fill(readFileSync(template, "utf8"), data));
  browser = await launch();
});
after(async () => {
  await browser.close();
  rmSync(folder, { recursive: true });
});

describe("two networks", () => {
  it("are seen one at a time from the same side, and what differs is said", async () => {
    const page = await open(browser, file);
    const title = () => page.textContent("#title");
    const pressed = () =>
      page.textContent('#networks [aria-pressed="true"]').then((t) => t.trim());
    assert.deepEqual(
      [await title(), await pressed()],
      ["net runs/a", "runs/a"],
    );
    await page.click("#tab-compare");
    const said = await page.textContent("#panel-compare");
    assert.match(
      said,
      /runs\/<b> reads more of the test part right: 92.50 % against 90.00 %, 2.50 percentage points/,
    );
    assert.match(said, /runs\/<b> has 23 % more parameters: 321 against 261/);
    assert.match(said, /Of 12 test samples they answer \d+ differently/);
    assert.ok((await page.locator("#differences tbody tr").count()) >= 6);

    // turned, then changed by the keyboard
    await page.focus("#canvas");
    await page.keyboard.press("Shift+ArrowLeft");
    const camera = () =>
      page.evaluate(() => loci.view().map((x) => x.toFixed(4)));
    const stood = await camera();
    await page.focus("#networks button:nth-child(2)");
    await page.keyboard.press("Enter");
    assert.deepEqual(
      [await title(), await pressed()],
      ["net runs/<b>", "runs/<b>"],
    );
    assert.equal(await page.evaluate(() => loci.neurons), 107);
    assert.deepEqual(await camera(), stood);
    assert.ok(await page.isVisible("#panel-compare"));
    assert.equal(
      await page.evaluate(() => document.activeElement.textContent),
      "runs/<b>",
    );

    // a sample that they answer differently, and back
    await page.click("#panel-compare .link");
    assert.ok(await page.isVisible("#panel-work"));
    const sample = await page.evaluate(() => loci.state.get("sample"));
    assert.ok(sample >= 0);
    await page.click("#networks button:nth-child(1)");
    assert.equal(await page.evaluate(() => loci.state.get("sample")), sample);
    await page.waitForSelector("#prediction");
    assert.deepEqual(page.trouble, []);
    await page.context().close();
  });
});

describe("the address", () => {
  const selected = (page) =>
    page.evaluate(() => [
      loci.state.get("selected"),
      loci.state.get("epoch"),
      loci.neurons,
    ]);

  it("says what is looked at, and brings it back", async () => {
    const page = await open(browser, file);
    assert.ok(!page.url().includes("#"));
    await page.evaluate(() => loci.select(64 + 6));
    await page.focus("#canvas");
    await page.keyboard.press("+");
    await page.waitForFunction(() => location.hash.includes("view="));
    const [hash, view] = await page.evaluate(() => [
      location.hash,
      loci.view(),
    ]);
    assert.match(hash, /&layer=1&neuron=7$/);
    const again = await open(browser, file, { hash });
    assert.deepEqual(await selected(again), [70, null, 87]);
    (await again.evaluate(() => loci.view())).forEach((x, i) =>
      assert.ok(Math.abs(x - view[i]) < 0.01),
    );
    for (const one of [page, again]) {
      assert.deepEqual(one.trouble, []);
      await one.context().close();
    }
  });

  it("of the second network, of a moment, changed by hand, or without sense", async () => {
    const page = await open(browser, file, {
      hash: "#network=2&layer=1&neuron=33&epoch=1",
    });
    assert.deepEqual(await selected(page), [96, 1, 107]);
    const go = async (hash) => {
      await page.evaluate(
        (hash) =>
          new Promise((done) => {
            const heard = () => setTimeout(done); // once the page has heard it, too
            addEventListener("hashchange", heard, { once: true });
            location.hash = hash;
          }),
        hash,
      );
      return selected(page);
    };
    assert.deepEqual(await go("#layer=0&neuron=2"), [1, null, 87]);
    assert.deepEqual(
      await go("#layer=9&neuron=x&epoch=99&view=1,2&network=7"),
      [-1, null, 87],
    );
    assert.deepEqual(await go("#%E0%A4%A"), [-1, null, 87]);
    assert.deepEqual(page.trouble, []);
    await page.context().close();
  });
});

describe("what is seen", () => {
  it("is saved as a picture", async () => {
    const page = await open(browser, file);
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.click("#picture"),
    ]);
    assert.equal(download.suggestedFilename(), "net-runs-a.png");
    const bytes = readFileSync(await download.path());
    assert.equal(bytes.toString("latin1", 1, 4), "PNG");
    const kinds = await page.evaluate(async (text) => {
      const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
      const image = await createImageBitmap(
        new Blob([bytes], { type: "image/png" }),
      );
      const context = new OffscreenCanvas(image.width, image.height).getContext(
        "2d",
      );
      context.drawImage(image, 0, 0);
      const { data } = context.getImageData(
        0,
        60,
        image.width,
        image.height - 60,
      );
      const seen = new Set();
      for (let i = 0; i < data.length; i += 4)
        seen.add(
          (data[i] >> 4) * 256 + (data[i + 1] >> 4) * 16 + (data[i + 2] >> 4),
        );
      return seen.size;
    }, bytes.toString("base64"));
    assert.ok(kinds > 20, `${kinds} kinds of colour`);

    const saved = [];
    page.on("download", (download) => saved.push(download));
    // a film that is given up leaves nothing, and the page where it was
    await page.click("#film");
    await page.waitForFunction(() =>
      /Stop recording \([1-9]/.test(
        document.getElementById("film").textContent,
      ),
    );
    await page.click("#film");
    await page.waitForFunction(
      () => document.getElementById("film").textContent === "Save film",
    );
    await page.waitForTimeout(100);
    assert.deepEqual(saved, []);
    assert.equal(await page.evaluate(() => loci.state.get("epoch")), null);
    assert.deepEqual(page.trouble, []);
    await page.context().close();
  });

  it("is saved as a film of the training", rarely(), async () => {
    const page = await open(browser, file);
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.click("#film"),
    ]);
    assert.equal(download.suggestedFilename(), "net-runs-a.webm");
    const bytes = readFileSync(await download.path());
    assert.equal(bytes.readUInt32BE(0), 0x1a45dfa3);
    assert.ok(bytes.length > 20000, `${bytes.length} bytes`);
    await settled(page);
    assert.deepEqual(page.trouble, []);
    await page.context().close();
  });

  it("is no film where the browser records none, and the button says so", async () => {
    const page = await open(browser, file, {
      before: "delete window.MediaRecorder",
    });
    assert.equal(await page.textContent("#film"), "Cannot record here");
    assert.ok(await page.isDisabled("#film"));
    await page.context().close();
  });
});
