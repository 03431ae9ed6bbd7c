// Makes the film of a network that learns, docs/images/learning.png:  node film.mjs LOCI-PROGRAM [DATA [OUT.png [FRAMES]]]
// Trains a small arbor net on DATA (mnist) in a minute or so, plays its training on the page of `loci view`, and puts
// photographs of that together as an animated PNG. FRAMES: a folder for the photographs themselves, to look at.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { launch, open, settled, viewer } from "../tests/viewer/browser.mjs";
import { animatedPng } from "./apng.mjs";

const loci = resolve(process.argv[2] ?? join(viewer, "../build/cli/loci"));
const data = process.argv[3] ?? "mnist";
const out = resolve(process.argv[4] ?? join(viewer, "../docs/images/learning.png"));
const kept = process.argv[5];

// Large batches: many moments of a slow beginning are seen, where most moves.
const TRAINING = ["arbor-mlp-2k", "--batch", "600", "--epochs", "39"];
const EPOCHS = 39;
const WIDTH = 720,
  HEIGHT = 900,
  TALL = 430,
  FRAMES = 64;
const FRAME_MS = 100,
  LAST_MS = 3500;
// The test sample that is shown, from 1.
const SAMPLE = 1;
const MOST_BYTES = 2e6;

const folder = mkdtempSync(join(tmpdir(), "loci-film-"));
const run = (...words) => execFileSync(loci, words, { cwd: folder, stdio: ["ignore", "ignore", "inherit"] });
run("train", ...TRAINING, "--data", data, "--quiet", "--out", "net");
run("view", "net", "-o", "net.html");

const browser = await launch();
const page = await open(browser, join(folder, "net.html"), { width: WIDTH, height: HEIGHT, theme: "dark" });
await page.addStyleTag({
  content: `#window { height: ${TALL}px !important }
    #notice { font-size: 1.07rem; color: var(--ink); line-height: 1.5 }`,
});
const slide = (id, value) =>
  page.$eval(`#${id}`, (input, value) => ((input.value = value), input.dispatchEvent(new Event("input"))), value);
await slide("connections", 22);
await slide("spacing", 130);
await page.click(`.sample:nth-child(${SAMPLE})`);
await page.evaluate(() => document.activeElement?.blur());

// In the page: what is said of a moment.
function caption(epoch) {
  const { parameters, test_accuracy: accuracy } = JSON.parse(document.getElementById("loci-data").textContent);
  const [, some, all] = document.getElementById("tally").textContent.match(/^(All|\d+) of these (\d+)/);
  const score =
    epoch === null
      ? `${(100 * accuracy).toFixed(1)} % of all test digits read right`
      : `${some === "All" ? all : some} of ${all} test digits read right`;
  const when = epoch === null ? "Trained" : epoch < 0.5 ? "Not trained yet" : `Epoch ${Math.round(epoch)}`;
  const [bold, line] = ["b", "br"].map((tag) => document.createElement(tag));
  bold.textContent = score;
  const rest = `${when}: ${parameters.toLocaleString("en")} parameters, no weight is stored`;
  document.getElementById("notice").replaceChildren(bold, line, rest);
}

// One photograph, in pixels.
async function photograph(epoch) {
  await page.evaluate((epoch) => loci.state.set({ epoch }), epoch);
  await page.waitForFunction(() => /^(All|\d+) of these/.test(document.getElementById("tally").textContent));
  await page.evaluate(caption, epoch);
  await settled(page);
  const shot = await page.locator("#window").screenshot();
  const text = await page.evaluate(async (shot) => {
    const bytes = Uint8Array.from(atob(shot), (c) => c.charCodeAt(0));
    const image = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
    const context = new OffscreenCanvas(image.width, image.height).getContext("2d");
    context.drawImage(image, 0, 0);
    const { data } = context.getImageData(0, 0, image.width, image.height);
    const parts = [image.width, image.height];
    let binary = "";
    for (let at = 0; at < data.length; at += 8192) binary += String.fromCharCode(...data.subarray(at, at + 8192));
    return [...parts, btoa(binary)];
  }, shot.toString("base64"));
  return { width: text[0], height: text[1], pixels: Buffer.from(text[2], "base64"), shot };
}

const frames = [];
await photograph(0);
await page.click("#fit");
for (let k = 0; k <= FRAMES; k++) {
  const last = k === FRAMES;
  // slowly at first
  const frame = await photograph(last ? null : EPOCHS * (k / FRAMES) ** 2);
  frames.push({ ...frame, ms: last ? LAST_MS : k === 0 ? 10 * FRAME_MS : FRAME_MS });
  if (kept !== undefined) writeFileSync(join(kept, `frame-${String(k).padStart(2, "0")}.png`), frame.shot);
}
await browser.close();
rmSync(folder, { recursive: true });
const film = animatedPng(frames, frames[0].width, frames[0].height);
if (film.length > MOST_BYTES) throw new Error(`${film.length} bytes are more than the ${MOST_BYTES} it may have`);
writeFileSync(out, film);
console.log(`${out}: ${frames.length} pictures, ${film.length} bytes`);
