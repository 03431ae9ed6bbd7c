// Frames, films and addresses: a network at its moments, by the page's own arithmetic. Needs node alone.
import assert from "node:assert/strict";
import { inflateSync } from "node:zlib";
import { describe, it } from "node:test";
import { animatedPng } from "../../viewer/apng.mjs";
import { readAddress, writeAddress } from "../../viewer/src/address.js";
import { Frames } from "../../viewer/src/frames.js";
import { decodeFrame, Moment } from "../../viewer/src/live_wire.js";
import { Network } from "../../viewer/src/network.js";
import { arbor, array, near, read } from "./fixture.mjs";

// Chunks of a PNG: [name, data] each.
function chunksOf(png) {
  const chunks = [];
  for (let at = 8; at < png.length;) {
    const size = png.readUInt32BE(at);
    chunks.push([
      png.toString("latin1", at + 4, at + 8),
      png.subarray(at + 8, at + 8 + size),
    ]);
    at += size + 12;
  }
  return chunks;
}

describe("an animated PNG", () => {
  const [ink, red, blue] = [
    [0, 0, 0, 255],
    [240, 16, 16, 255],
    [16, 16, 240, 255],
  ];
  const picture = (...dots) => Uint8Array.from(dots.flat());
  const frames = [
    { pixels: picture(ink, ink, ink, red, ink, ink), ms: 40 },
    { pixels: picture(ink, ink, ink, ink, blue, ink), ms: 900 },
  ];
  const chunks = chunksOf(animatedPng(frames, 3, 2));
  const all = (name) =>
    chunks.filter(([own]) => own === name).map(([, d]) => d);

  it("has the parts in their order, and its last picture for all programs", () => {
    const names = chunks.map(([name]) => name).join(" ");
    assert.equal(names, "IHDR acTL PLTE tRNS IDAT fcTL fdAT fcTL fdAT IEND");
    const [palette] = all("PLTE");
    const rows = inflateSync(all("IDAT")[0]);
    const seen = [...rows].filter((_, i) => i % 4 !== 0);
    assert.deepEqual(
      seen.map((entry) => [...palette.subarray(3 * entry, 3 * entry + 3), 255]),
      [ink, ink, ink, ink, blue, ink],
    );
  });

  it("has of a later picture what changed", () => {
    const [, control] = all("fcTL");
    const [width, height, x, y] = [4, 8, 12, 16].map((at) =>
      control.readUInt32BE(at),
    );
    assert.deepEqual([width, height, x, y], [2, 1, 0, 1]);
    assert.equal(control.readUInt16BE(20), 900);
    const [filter, ...entries] = inflateSync(all("fdAT")[1].subarray(4));
    const [palette] = all("PLTE");
    assert.equal(filter, 0);
    assert.deepEqual(
      entries.map((e) => [...palette.subarray(3 * e, 3 * e + 3), 255]),
      [ink, blue],
    );
  });
});

describe("an address", () => {
  const sizes = [30, 20, 10];
  const nothing = { view: null, layer: null, neuron: null, epoch: null };
  const read = (hash) => readAddress(hash, sizes, [0, 8]);

  it("says what was looked at", () => {
    const view = [-5.25, 1, 4.5, 0, 0, 0.125];
    const hash = writeAddress({ view, neuron: 52, epoch: 2.5 }, sizes);
    assert.equal(
      hash,
      "#view=-5.25,1,4.5,0,0,0.125&layer=2&neuron=3&epoch=2.5",
    );
    assert.deepEqual(read(hash), { view, layer: 2, neuron: 52, epoch: 2.5 });
  });
  it("of a page as it is opened is none", () => {
    const hash = writeAddress({ view: null, neuron: -1, epoch: null }, sizes);
    assert.equal(hash, "");
    assert.deepEqual(read(hash), nothing);
  });
  it("may say a layer alone", () =>
    assert.deepEqual(read("#layer=1"), { ...nothing, layer: 1 }));
  it("that makes no sense is passed over", () => {
    for (const hash of [
      "#%",
      "#=&&=",
      "#view=1,2,3",
      "#view=1,2,3,1,2,3",
      "#view=1e9,0,0,0,0,0",
      "#view=NaN,0,1,0,0,0",
      "#view=500,0,0,0,0,0",
      "#layer=3",
      "#layer=-1",
      "#layer=1.5",
      "#neuron=4",
      "#epoch=8",
      "#epoch=-1",
      "#epoch=Infinity",
      "#<script>",
    ])
      assert.deepEqual(read(hash), nothing, hash);
    for (const neuron of ["0", "21", "x", "", "1e1"])
      assert.deepEqual(read(`#layer=1&neuron=${neuron}`), {
        ...nothing,
        layer: 1,
      });
  });
});

describe("frames", () => {
  const tensor = {
    name: "pair0.axon.position",
    shape: [2, 1, 2],
    low: [-1, 0],
    high: [1, 10],
    data: Uint16Array.of(0, 0, 65535, 65535, 65535, 65535, 0, 0),
  };
  const frames = new Frames({
    frames: { epochs: [0, 4], tensors: [tensor] },
    spec: { tied: "no" },
  });
  const group = { layer: 0, pair: 0, axon: true };
  it("give back the ends of the range", () =>
    assert.deepEqual([...frames.at(group, 0)], [-1, 0, 1, 10]));
  it("are joined by straight lines", () =>
    assert.deepEqual([...frames.at(group, 3)], [0.5, 7.5, -0.5, 2.5]));
  it("stay where they are beyond the last", () =>
    assert.deepEqual([...frames.at(group, 9)], [1, 10, -1, 0]));
  it("say when they know nothing", () =>
    assert.equal(frames.at({ ...group, axon: false }, 1), undefined));
});

describe("the network of a moment", () => {
  const data = {
    pairs: [arbor()],
    frames: {
      epochs: [0, 4],
      whole: true,
      tensors: [
        { name: "pair0.bias", data: array("f32", [2, 1], [1.25, 0.25]) },
        { name: "pair0.scale", data: array("f32", [2, 1], [4, 2]) },
        {
          name: "pair0.axon_charge",
          low: [-2],
          high: [1],
          data: array("u16", [2, 2, 1], [65535, 65535, 65535, 0]),
        },
      ],
    },
  };
  const network = new Network(read([2, 1], data));
  const end = [...network.pairs[0].weight];
  const show = (epoch) => {
    network.show(epoch);
    network.cut(0);
    return [...network.pairs[0].weight];
  };

  it("has its charges, scales and biases", () => {
    const [a, b] = show(0);
    near(a, 2 * end[0], "the scale was twice as large");
    near(b, -end[1], "and the charge 1, not -2");
    near(
      network.forward([1, 0]).logits[0],
      Math.fround(1.25) + 2 * end[0],
      "the bias was larger by 1",
    );
    assert.deepEqual([...network.signs()], [1, 1, 0]);
  });
  it("lies between those of two frames", () => near(show(2)[0], 1.5 * end[0]));
  it("is, at the end, the network itself", () => {
    show(0);
    assert.deepEqual(show(null), end);
    assert.deepEqual([...network.signs()], [1, -1, 0]);
  });
  it("is that of the end where frames hold positions alone", () => {
    const old = new Network(
      read([2, 1], { ...data, frames: { ...data.frames, whole: false } }),
    );
    old.show(0);
    old.cut(0);
    assert.deepEqual([...old.pairs[0].weight], end);
  });
});

describe("frames of a training that goes on", () => {
  const parts = [
    ["pair0.axon.position", 2],
    ["pair0.bias", 1],
  ];
  const frame = (key, number, count, steps, numbers) => {
    const floats = steps.length === 0 ? numbers : steps;
    const bytes = new ArrayBuffer(
      20 + 4 * floats.length + (steps.length === 0 ? 0 : 2 * numbers.length),
    );
    const view = new DataView(bytes);
    [..."LOCI"].forEach((c, i) => view.setUint8(i, c.charCodeAt(0)));
    [key, number, count, steps.length].forEach((n, i) =>
      view.setUint32(4 + 4 * i, n, true),
    );
    floats.forEach((x, i) => view.setFloat32(20 + 4 * i, x, true));
    if (steps.length > 0)
      numbers.forEach((level, i) =>
        view.setInt16(20 + 4 * floats.length + 2 * i, level, true),
      );
    return bytes;
  };

  it("are numbers as they are, or steps from those of the key", () => {
    const key = decodeFrame(frame(3, 7, 3, [], [1, -2, 0.5]), parts, 0, null);
    assert.deepEqual([key.key, key.frame, key.isKey], [3, 7, true]);
    assert.deepEqual([...key.values], [1, -2, 0.5]);
    const moved = frame(3, 8, 3, [0.25, 0.5], [2, -32767, 1]);
    const { values, isKey } = decodeFrame(moved, parts, 3, key.values);
    assert.ok(!isKey);
    assert.deepEqual([...values], [1.5, -2 - 0.25 * 32767, 1]);
    assert.deepEqual([...key.values], [1, -2, 0.5]);
    // against a key that the page has not
    assert.equal(decodeFrame(moved, parts, 2, key.values), null);
  });

  it("are refused where they do not fit", () => {
    const good = frame(1, 1, 3, [], [1, 2, 3]);
    const other = good.slice(0);
    new DataView(other).setUint8(0, 0);
    for (const bytes of [
      other,
      good.slice(0, 19),
      good.slice(0, 28),
      frame(1, 1, 2, [], [1, 2]),
      frame(1, 1, 3, [1], [1, 2, 3]),
    ])
      assert.throws(() => decodeFrame(bytes, parts, 1, new Float32Array(3)));
  });

  it("become the network that the page runs", () => {
    const data = read([2, 1], { pairs: [arbor()] });
    const network = new Network(data);
    const names = [
      ["pair0.axon.position", 4],
      ["pair0.bias", 1],
      ["pair0.scale", 1],
    ];
    const numbers = Float32Array.of(0, 0, 3, 4, 0.75, 1);
    const parts = new Moment(data, names).partsOf(network.trained, numbers);
    network.become(parts);
    const wanted = new Network(
      read([2, 1], {
        pairs: [
          arbor({
            axon_position: array("f32", [2, 1, 2], [0, 0, 3, 4]),
            bias: array("f32", [1], [0.75]),
            scale: 1,
          }),
        ],
      }),
    );
    assert.deepEqual(
      [...network.forward([1, 1]).logits],
      [...wanted.forward([1, 1]).logits],
    );
  });
});
