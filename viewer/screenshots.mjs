// Makes the pictures of the documentation anew:  node screenshots.mjs LOCI-PROGRAM [DATA [PICTURE...]]
// Trains an arbor net, the paper's, spiking ones and one of colour for a few minutes in all (DATA: glyphs), writes their
// pages with `loci view` and photographs them into docs/images; of named pictures these alone.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { launch, open, settled, viewer } from "../tests/viewer/browser.mjs";
import { drawShapes } from "../tests/viewer/shapes.mjs";
import { temporal } from "../tests/viewer/temporal.mjs";

const loci = resolve(process.argv[2] ?? join(viewer, "../build/cli/loci"));
const data = process.argv[3] ?? "glyphs";
const wanted = process.argv.slice(4);
const images = join(viewer, "../docs/images");

const NETWORKS = {
  sheet: ["arbor-mlp-2k", "--epochs", "40"],
  arbor: ["arbor-mlp-10k", "--epochs", "30"],
  paper: ["paper-mlp", "--hidden", "64", "--epochs", "60"],
  spiking: ["arbor-snn-10k", "--hidden", "128", "--epochs", "20"],
  time: [
    ...[
      "--neuron",
      "adlif",
      "--hidden",
      "48",
      "--dendrite-sites",
      "4,2",
      "--delay",
      "distance",
      "--train-speed",
      "layer",
    ],
    ...["--recurrent", "--readout", "softmax-sum", "--threshold", "0.3", "--epochs", "12", "--data", "temporal.npz"],
  ],
  table: ["--data", join(viewer, "../examples/penguins.csv"), "--label", "species", "--missing", "mean"],
  colour: ["arbor-mlp-10k", "--input", "sheet", "--epochs", "120", "--shift", "2", "--data", "shapes"],
};

const click = (selector) => (page) => page.click(selector);
const sample = (number) => click(`.sample:nth-child(${number})`);
const slide = (id, value) => (page) =>
  page.$eval(
    `#${id}`,
    (input, value) => {
      input.value = value;
      input.dispatchEvent(new Event("input"));
    },
    value,
  );
const atTime = (now) => (page) => page.evaluate((now) => loci.state.set({ now, step: Math.floor(now) }), now);
// The neuron of the first hidden layer that the shown image drives most.
const mostActive = (page) =>
  page.evaluate(() => {
    const activity = loci.activity();
    let best = loci.offsets[1];
    for (let i = best; i < loci.offsets[2]; i++) if (activity[i] > activity[best]) best = i;
    loci.select(best);
  });

const PICTURES = [
  { name: "view", of: "sheet", theme: "dark", steps: [sample(3)] },
  { name: "view-neuron", of: "arbor", theme: "light", steps: [sample(1), mostActive] },
  { name: "view-spiking", of: "spiking", theme: "dark", steps: [sample(5), slide("step", 5)] },
  { name: "view-time", of: "time", theme: "dark", steps: [sample(3), atTime(21.4)] },
  { name: "view-statistics", of: "paper", theme: "light", steps: [click("#tab-statistics"), slide("epoch", 20)] },
  { name: "view-colour", of: "colour", theme: "dark", steps: [sample(38)] },
  { name: "view-colour-neuron", of: "colour", theme: "light", steps: [sample(5), mostActive] },
  { name: "view-table", of: "table", theme: "light", steps: [sample(40), mostActive, click("#tab-work")] },
  { name: "view-two", of: "sheet", beside: "arbor", theme: "light", steps: [click("#tab-compare")] },
  { name: "view-phone", of: "sheet", theme: "light", width: 360, height: 780, scale: 2, steps: [sample(3)] },
];

const folder = mkdtempSync(join(tmpdir(), "loci-screenshots-"));
const browser = await launch();
mkdirSync(images, { recursive: true });
const pictures = PICTURES.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
const networks = Object.entries(NETWORKS).filter(([name]) =>
  pictures.some(({ of, beside }) => of === name || beside === name),
);
drawShapes(join(folder, "shapes"), { train: 300, test: 60 });
writeFileSync(join(folder, "temporal.npz"), temporal({ steps: 50, channels: 24, train: 600 }));
for (const [name, options] of networks) {
  const own = options.includes("--data") ? [] : ["--data", data];
  execFileSync(loci, ["train", ...options, ...own, "--quiet", "--out", name], {
    cwd: folder,
    stdio: ["ignore", "inherit", "inherit"],
  });
}
for (const { name, of, beside, steps, width = 1280, height = 720, ...options } of pictures) {
  const file = join(folder, `${name}.html`);
  execFileSync(loci, ["view", of, ...(beside ? [beside] : []), "-o", file], { cwd: folder, stdio: "inherit" });
  const page = await open(browser, file, { width, height, ...options });
  for (const step of steps) await step(page);
  await page.mouse.move(0, 0);
  await page.evaluate(() => scrollTo(0, 0));
  await page.evaluate(() => document.activeElement?.blur());
  await settled(page);
  await page.screenshot({ path: join(images, `${name}.png`) });
  await page.context().close();
}
await browser.close();
rmSync(folder, { recursive: true });
