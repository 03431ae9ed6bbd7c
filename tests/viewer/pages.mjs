// Pages for the tests, made as users make them: trained by `loci train`, written by `loci view`.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { viewer } from "./browser.mjs";
import { noise } from "./fixture.mjs";
import { stored } from "./shapes.mjs";

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

  // Temporal data of three classes: on eight channels events go up, go down, or go up and down again, in 20 steps; with
  // some that are in no order.
  temporal(name) {
    const [steps, channels] = [20, 8];
    const paths = [(t) => t / 2, (t) => 7 - t / 2, (t) => (t < 8 ? t : 15 - t)];
    const part = (count, seed) => {
      const random = noise(count * (steps * channels + 1), seed);
      const events = new Uint8Array(count * steps * channels);
      const labels = Uint8Array.from({ length: count }, (_, i) => i % 3);
      labels.forEach((label, i) => {
        const late = random[i] > 0 ? 2 : 0;
        for (let t = 0; t < 16; t++)
          events[
            (i * steps + t + late) * channels + Math.floor(paths[label](t))
          ] = 1 + (t % 2);
        for (let k = 0; k < steps * channels; k++)
          if (random[count + i * steps * channels + k] > 0.96)
            events[i * steps * channels + k] += 1;
      });
      return {
        events: [[count, steps, channels], events],
        y: [[count], labels],
      };
    };
    const parts = { train: part(300, 3), test: part(60, 4) };
    const files = Object.entries(parts).flatMap(([of, arrays]) =>
      Object.entries(arrays).map(([what, [shape, values]]) => [
        `${what}_${of}.npy`,
        npy(shape, values),
      ]),
    );
    writeFileSync(join(this.folder, name), stored(files));
  }

  // A conventional spiking model file whose numbers are multiples of 1/8, so that every sum over few steps is exact.
  dyadic(name, spec) {
    const sizes = [16, 12, 3];
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
    sizes.slice(1).forEach((m, l) => {
      const eighths = (count, seed) =>
        noise(count, seed).map((v) => Math.round(8 * v) / 8);
      arrays.push(
        [`pair${l}.weight`, [sizes[l], m], eighths(sizes[l] * m, 11 + l)],
        [`layer${l + 1}.bias`, [m], eighths(m, 21 + l)],
      );
      if (full.recurrent && l === 0)
        loops.push([`recurrent1.weight`, [m, m], eighths(m * m, 31)]);
    });
    arrays.push(...loops);
    const header = {
      __metadata__: {
        format: "loci",
        version: full.recurrent ? "2" : "1",
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

// Bytes as NumPy keeps them.
function npy(shape, bytes) {
  const text = `{'descr': '|u1', 'fortran_order': False, 'shape': (${shape.join(", ")},), }`;
  const room = Math.ceil((10 + text.length + 1) / 64) * 64 - 10;
  const head = Buffer.from("\x93NUMPY\x01\x00\0\0", "latin1");
  head.writeUInt16LE(room, 8);
  return Buffer.concat([
    head,
    Buffer.from(`${text.padEnd(room - 1)}\n`),
    bytes,
  ]);
}

const quoted = (text) => `"${text.replaceAll('"', '""')}"`;
