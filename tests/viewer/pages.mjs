// Pages for the tests, made as users make them: trained by `loci train`, written by `loci view`.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { viewer } from "./browser.mjs";
import { noise } from "./fixture.mjs";
import { temporal } from "./temporal.mjs";

export class Pages {
  constructor(loci, folder) {
    this.loci = loci;
    this.folder = folder;
    this.template = join(folder, "template.html");
    execFileSync(process.execPath, [join(viewer, "build.mjs"), this.template]);
  }

  run(...words) {
    return execFileSync(this.loci, words, {
      cwd: this.folder,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
  }

  // A run trained with these options, as a page. Returns its path.
  trained(name, ...options) {
    this.run("train", ...options, "--quiet", "--out", name);
    return this.view(name);
  }

  view(model, ...options) {
    const file = join(this.folder, `${model}.html`);
    this.run(
      "view",
      model,
      ...options,
      "--template",
      this.template,
      "-o",
      file,
    );
    return file;
  }

  // The network that a page holds, as JSON.
  static data(file) {
    return JSON.parse(
      readFileSync(file, "utf8").match(/id="loci-data">([^<]*)</)[1],
    );
  }

  // 4 x 4 pictures of pixels that are 0 or 255, labelled by names; a fifth of them is the test part.
  table(name, count, labels) {
    const pixels = noise(16 * count, 5);
    const head = [
      ...Array.from({ length: 16 }, (_, i) => `p${i}`),
      "label",
    ].join(",");
    const rows = Array.from(
      { length: count },
      (_, i) =>
        [...pixels.subarray(16 * i, 16 * i + 16)]
          .map((v) => (v > 0.2 ? 255 : 0))
          .join(",") +
        "," +
        quoted(labels[i % labels.length]),
    );
    writeFileSync(join(this.folder, name), `${head}\n${rows.join("\n")}\n`);
  }

  // Temporal data of three classes.
  temporal(name) {
    writeFileSync(join(this.folder, name), temporal());
  }

  // A conventional spiking model file whose numbers are multiples of 1/8, so that every sum over few steps is exact.
  // pairs: rows and columns of the weights of each.
  dyadic(
    name,
    spec,
    pairs = [
      [16, 12],
      [12, 3],
    ],
  ) {
    const full = {
      height: 4,
      width: 4,
      classes: 3,
      hidden: [12],
      wiring: "dense",
      neuron: "lif",
      time_steps: 4,
      beta: 0.9375,
      threshold: 1,
      ...spec,
    };
    const arrays = [],
      loops = [];
    pairs.forEach(([n, m], l) => {
      const eighths = (count, seed) =>
        noise(count, seed).map((v) => Math.round(8 * v) / 8);
      arrays.push(
        [`pair${l}.weight`, [n, m], eighths(n * m, 11 + l)],
        [`layer${l + 1}.bias`, [m], eighths(m, 21 + l)],
      );
      if (full.recurrent && l === 0)
        loops.push([`recurrent1.weight`, [m, m], eighths(m * m, 31)]);
    });
    arrays.push(...loops);
    const header = {
      __metadata__: {
        format: "loci",
        version: full.recurrent || full.maps ? "2" : "1",
        spec: JSON.stringify(full),
      },
    };
    let offset = 0;
    for (const [key, shape, values] of arrays)
      header[key] = {
        dtype: "F32",
        shape,
        data_offsets: [offset, (offset += values.byteLength)],
      };
    const text = Buffer.from(JSON.stringify(header)),
      room = Math.ceil(text.length / 8) * 8;
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(room));
    writeFileSync(
      join(this.folder, name),
      Buffer.concat([
        length,
        text,
        Buffer.alloc(room - text.length, " "),
        ...arrays.map(([, , values]) => Buffer.from(values.buffer)),
      ]),
    );
  }
}

const quoted = (text) => `"${text.replaceAll('"', '""')}"`;
