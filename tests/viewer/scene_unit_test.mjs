// What of a network is drawn, by the page's own arithmetic. Needs node alone.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { centred } from "../../viewer/src/centre.js";
import {
  disagreements,
  inNumbers,
  inWords,
} from "../../viewer/src/differences.js";
import { Network } from "../../viewer/src/network.js";
import { evenly } from "../../viewer/src/cloud.js";
import { rank, strongestOf } from "../../viewer/src/strongest.js";
import { isVast, sampled } from "../../viewer/src/vast.js";
import { arbor, array, near, read } from "./fixture.mjs";

describe("what is drawn", () => {
  it("is the strongest connections first, of every pair", () => {
    const network = new Network(read([30, 20, 10]));
    const ranked = rank(network);
    assert.equal(ranked.length, 800);
    for (const l of [0, 1]) {
      const sizes = ranked
        .filter((link) => link.pair === l)
        .map((link) => Math.abs(link.weight));
      assert.deepEqual(
        sizes,
        sizes.slice().sort((a, b) => b - a),
      );
    }
    const few = new Set(ranked.slice(0, 20).map((link) => link.pair));
    assert.deepEqual(few, new Set([0, 1]));
  });
  it("is an even choice of the points, where not all of them are", () => {
    for (const count of [1, 2, 10, 997, 10000]) {
      const order = evenly(count);
      assert.deepEqual(
        Array.from(order).sort((x, y) => x - y),
        Array.from({ length: count }, (_, i) => i),
      );
      const half = order.slice(0, Math.ceil(count / 2));
      for (let part = 0; part < 5; part++) {
        const inPart = (list) =>
          list.filter((i) => Math.floor((5 * i) / count) === part).length;
        assert.ok(Math.abs(inPart(half) - inPart(order) / 2) <= 2);
      }
    }
  });
});

// The same network, as if it had too many connections to hold.
describe("a network too large for its connections", () => {
  const sizes = [40, 30, 5];
  const held = new Network(read(sizes));
  const vast = new Network(read(sizes), { vast: true });

  it("is one of many connections, or of many pairs of sites; never a conventional one", () => {
    const wide = { n: 4000, m: 4000, axons: 1, dendrites: 1, weight: null };
    assert.equal(isVast([wide]), true);
    assert.equal(isVast([{ ...wide, n: 1000 }]), false);
    assert.equal(isVast([{ ...wide, n: 1000, axons: 8, dendrites: 8 }]), true);
    assert.equal(isVast([{ ...wide, weight: new Float32Array(1) }]), false);
  });

  it("finds a neuron's connections when they are asked for", () => {
    for (const neuron of [3, 45, 72])
      for (const side of ["inputs", "outputs"])
        assert.deepEqual(
          strongestOf(vast, neuron, side, 9),
          strongestOf(held, neuron, side, 9),
        );
    assert.deepEqual(rank(vast), []);
    assert.deepEqual(
      vast.receptiveField(1, 7),
      Float64Array.from(held.receptiveField(1, 7)),
    );
  });

  it("does not say what is connected where the page was not told", () => {
    const data = read(sizes);
    for (const pair of data.pairs) pair.kept_left_out = true;
    const untold = new Network(data, { vast: true });
    assert.deepEqual([...strongestOf(untold, 45, "inputs", 9)], []);
  });

  it("gives the same answer, neuron by neuron", () => {
    const image = Float32Array.from({ length: 40 }, (_, i) => (i % 3) / 2);
    const { count, each, result } = vast.passage(image);
    assert.equal(count, 70);
    for (let i = 0; i < count; i++) each();
    const expected = held.forward(image);
    assert.deepEqual(result().logits, expected.logits);
    assert.deepEqual(result().layers, expected.layers);
  });

  it("has statistics of what is a choice of its connections", () => {
    const { weight, distance } = sampled(vast.projections[0]);
    assert.deepEqual(weight, held.projections[0].weight);
    assert.deepEqual(distance, held.projections[0].distance);
    // of fewer, not the same few receivers again and again
    const receivers = new Set(),
      at = (i, j) => (receivers.add(j), { weight: i, distance: 1 });
    const few = sampled({ n: 100, m: 50, at }, 100);
    assert.equal(few.weight.length, 100);
    assert.equal(new Set(few.weight).size, 100);
    assert.ok(receivers.size > 40, `${receivers.size} receivers`);
  });
});

describe("how two networks differ", () => {
  const net = (name, changes) =>
    read([4, 3, 2], { name, dataset: "d", test_accuracy: 0.9, ...changes });
  const samples = (logits) => ({
    images: array("u8", [3, 4], Array(12).fill(7)),
    labels: [0, 1, 0],
    logits: array("f32", [3, 2], logits),
  });

  it("is said of what they have alike", () =>
    assert.deepEqual(inWords([net("a"), net("b")]), [
      "Both have 90.00 % on the test part.",
      "Both have 27 parameters.",
      "Both have 18 connections.",
    ]));
  it("is said of what one has more", () => {
    const more = net("b", {
      parameters: 81,
      connections_kept: 19,
      test_accuracy: 0.9312,
    });
    assert.deepEqual(inWords([net("a"), more]), [
      "b reads more of the test part right: 93.12 % against 90.00 %, 3.12 percentage points.",
      "b has 3.0 times as many parameters: 81 against 27.",
      "b has 5.6 % more connections: 19 against 18.",
    ]);
  });
  it("is not measured where the data are others, or none", () => {
    const [words] = inWords([net("a"), net("b", { dataset: "e" })]);
    assert.match(words, /different data: a has 90.00 % on d, b 90.00 % on e/);
    const [none] = inWords([net("a"), net("b", { test_accuracy: null })]);
    assert.match(none, /not measured of both/);
  });
  it("is told of samples that both have", () => {
    const [a, b] = [
      net("a", { samples: samples([1, 0, 1, 0, 1, 0]) }),
      net("b", { samples: samples([1, 0, 0, 1, 0, 1]) }),
    ];
    assert.deepEqual(disagreements([a, b]), [
      { sample: 1, label: 1, seen: [0, 1] },
      { sample: 2, label: 0, seen: [0, 1] },
    ]);
    assert.equal(
      inWords([a, b]).at(-1),
      "Of 3 test samples they answer 2 differently: a alone is right on 1, b alone on 1.",
    );
    b.samples.images[0] = 8;
    assert.equal(disagreements([a, b]), null);
  });
  it("is listed, options that are the same left out", () => {
    const rows = inNumbers([
      net("a", { spec: { tied: "no", law: "inverse" } }),
      net("b", { spec: { tied: "no", law: "gaussian" } }),
    ]);
    assert.deepEqual(rows.at(-1), ["law", "inverse", "gaussian"]);
    assert.ok(!rows.some(([name]) => name === "tied"));
  });
});

describe("what is gone", () => {
  const gone = (changes, more = {}) => {
    const pairs = [arbor(changes)];
    return new Network(read([2, 1], { pairs, ...more })).gone;
  };
  it("is nothing, of a whole net", () =>
    assert.deepEqual(gone({}), { pruned: 0, far: 0 }));
  it("is out of range where weights have fallen to 0", () =>
    assert.deepEqual(gone({ cutoff: 0.5 }), { pruned: 0, far: 1 }));
  it("is pruned where the bits say so", () =>
    assert.deepEqual(gone({ kept: array("u8", [1], [0b10]) }), {
      pruned: 1,
      far: 0,
    }));
  it("is pruned where a net was pruned by range", () =>
    assert.deepEqual(gone({ cutoff: 0.5 }, { pruned_by: "range" }), {
      pruned: 1,
      far: 0,
    }));
});

describe("a drawing", () => {
  // a bar of 10 x 40 in the corner of a large sheet
  const ink = new Float32Array(100 * 100);
  for (let y = 0; y < 40; y++)
    for (let x = 0; x < 10; x++) ink[y * 100 + x] = 1;
  const image = centred(ink, 100, 100, 28, 28);

  it("is scaled to 20 of 28 pixels and moved to the middle", () => {
    const rows = Array.from({ length: 28 }, (_, r) =>
      image.slice(28 * r, 28 * r + 28).reduce((a, b) => a + b, 0),
    );
    const inked = rows
      .map((sum, r) => [sum, r])
      .filter(([sum]) => sum > 0.01)
      .map(([, r]) => r);
    assert.deepEqual([inked[0], inked.at(-1)], [4, 23]);
    near(
      rows.reduce((sum, row, r) => sum + row * (r + 0.5), 0) /
        rows.reduce((a, b) => a + b, 0),
      14,
      "middle",
    );
    near(
      image.reduce((a, b) => a + b, 0),
      100,
      "ink: 5 x 20 pixels",
    );
  });
  it("that is empty stays empty", () =>
    assert.ok(
      centred(new Float32Array(100), 10, 10, 28, 28).every((v) => v === 0),
    ));
});
