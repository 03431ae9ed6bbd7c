// What tests do with an open page, and what they read from it.
import { sameClass } from "../same_class.mjs";
import { settled } from "./browser.mjs";

// Options of a test that make test leaves to make test-long, which sets LOCI_EVERYTHING.
export const rarely = (rare = true) => ({
  skip: rare && process.env.LOCI_EVERYTHING === undefined,
});

// Moves a slider as a user does.
export const setSlider = (page, id, value) =>
  page.$eval(
    `#${id}`,
    (input, value) => {
      input.value = value;
      input.dispatchEvent(new Event("input", { bubbles: true }));
    },
    value,
  );
export const counts = (page) => page.evaluate(() => loci.counts());

// Colours on the canvas that are not its background's: how many pixels, of how many kinds.
export async function inked(page) {
  await settled(page);
  const shot = (await page.locator("#canvas").screenshot()).toString("base64");
  return page.evaluate(async (shot) => {
    const bytes = Uint8Array.from(atob(shot), (c) => c.charCodeAt(0));
    const image = await createImageBitmap(
      new Blob([bytes], { type: "image/png" }),
    );
    const canvas = new OffscreenCanvas(image.width, image.height);
    const context = canvas.getContext("2d");
    context.drawImage(image, 0, 0);
    const { data } = context.getImageData(0, 0, image.width, image.height);
    const kinds = new Map();
    for (let i = 0; i < data.length; i += 4) {
      const kind =
        (data[i] >> 4) * 256 + (data[i + 1] >> 4) * 16 + (data[i + 2] >> 4);
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    }
    const most = Math.max(...kinds.values());
    return { kinds: kinds.size, share: 1 - most / (data.length / 4) };
  }, shot);
}

// The largest difference between the page's logits of the samples and the library's, over the largest logit; and how many
// of the classes are the same.
export async function compare(page) {
  const rows = await page.evaluate(() => {
    const { samples, spiking, width, height } = JSON.parse(
      document.getElementById("loci-data").textContent,
    );
    const bytes = (array) =>
      Uint8Array.from(atob(array.data), (c) => c.charCodeAt(0));
    const logits = new Float32Array(bytes(samples.logits).buffer);
    const [count, classes] = samples.logits.shape;
    // pictures in 255ths, or lists of events
    const pixels = samples.images && bytes(samples.images);
    function sample(i) {
      if (pixels) {
        const size = samples.images.shape[1];
        const image = pixels.subarray(i * size, (i + 1) * size);
        return Array.from(image, (v) => v / 255);
      }
      const { each, ...lists } = samples.events;
      const [channel, step] = [lists.channel, lists.step].map(
        (list) => new Uint16Array(bytes(list).buffer),
      );
      const numbers = bytes(lists.count);
      const size = width * height;
      const dense = new Array(spiking.time_steps * size).fill(0);
      const first = each.slice(0, i).reduce((a, b) => a + b, 0);
      for (let e = first; e < first + each[i]; e++)
        dense[step[e] * size + channel[e]] += numbers[e];
      return dense;
    }
    return Array.from({ length: count }, (_, i) => ({
      own: loci.forward(sample(i)),
      theirs: Array.from(logits.subarray(i * classes, (i + 1) * classes)),
    }));
  });
  const worst = ({ own, theirs }) =>
    Math.max(...own.map((value, c) => Math.abs(value - theirs[c])));
  const most = Math.max(...rows.flatMap(({ theirs }) => theirs.map(Math.abs)));
  return {
    count: rows.length,
    same: rows.filter(({ own, theirs }) => sameClass(own, theirs)).length,
    error: Math.max(...rows.map(worst)) / most,
  };
}

// A stroke from top to bottom, left of the middle.
export async function drawOne(page) {
  const box = await page.locator("#pad").boundingBox();
  await page.mouse.move(box.x + 0.3 * box.width, box.y + 0.15 * box.height);
  await page.mouse.down();
  await page.mouse.move(box.x + 0.32 * box.width, box.y + 0.8 * box.height, {
    steps: 8,
  });
  await page.mouse.up();
}
