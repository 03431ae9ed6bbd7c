// The page's own arithmetic against numbers worked out by hand. Needs node alone.
import assert from "node:assert/strict";
import { inflateSync } from "node:zlib";
import { describe, it } from "node:test";
import { animatedPng } from "../../viewer/apng.mjs";
import { activationOf, erf } from "../../viewer/src/activation.js";
import { activityOf } from "../../viewer/src/activity.js";
import { readAddress, writeAddress } from "../../viewer/src/address.js";
import { centred } from "../../viewer/src/centre.js";
import { code } from "../../viewer/src/coding.js";
import {
  disagreements,
  inNumbers,
  inWords,
} from "../../viewer/src/differences.js";
import { Frames } from "../../viewer/src/frames.js";
import { decodeFrame, Moment } from "../../viewer/src/live_wire.js";
import { lifStep } from "../../viewer/src/lif.js";
import { argmax, Network, softmax } from "../../viewer/src/network.js";
import { readPayload } from "../../viewer/src/payload.js";
import { errorsOf, fromUnits, regresses } from "../../viewer/src/regression.js";
import { evenly } from "../../viewer/src/cloud.js";
import { rank, strongestOf } from "../../viewer/src/strongest.js";
import { isVast, sampled } from "../../viewer/src/vast.js";
import { strongestSites } from "../../viewer/src/wiring.js";
import { array, pair, payload } from "./fixture.mjs";

const read = (sizes, changes) =>
  readPayload(JSON.stringify(payload(sizes, changes)));
const near = (a, b, message) =>
  assert.ok(
    Math.abs(a - b) <= 1e-6 * Math.max(1, Math.abs(b)),
    `${message ?? "value"}: ${a}, not ${b}`,
  );

// Two inputs at (0, 0) and (3, 0) with charges 1 and -2; one neuron of two dendrites at (0, 4) and (3, 0), charges 1 and
// 0.5; base 0 but for the touching pair, so base 1.
const arbor = (changes = {}) =>
  pair(2, 1, {
    dendrites: 2,
    scale: 2,
    axon_position: array("f32", [2, 1, 2], [0, 0, 3, 0]),
    axon_charge: array("f32", [2, 1], [1, -2]),
    dendrite_position: array("f32", [1, 2, 2], [0, 4, 3, 0]),
    dendrite_charge: array("f32", [1, 2], [1, 0.5]),
    bias: array("f32", [1], [0.25]),
    ...changes,
  });

describe("weights", () => {
  const w = (changes) =>
    new Network(read([2, 1], { pairs: [arbor(changes)] })).pairs[0].weight;
  const k = {
    a1: 1 / Math.sqrt(17),
    a2: 1 / Math.sqrt(10),
    b1: 1 / Math.sqrt(26),
    b2: 1,
  };

  it("sum over all pairs of sites", () => {
    near(w()[0], 2 * (k.a1 + 0.5 * k.a2));
    near(w()[1], 2 * -2 * (k.b1 + 0.5 * k.b2));
  });
  it("lose the cutoff of each pair of sites, which never turns a sign", () => {
    near(
      w({ cutoff: 0.25 })[0],
      2 * 0.5 * (k.a2 - 0.25),
      "0.2425 is below 0.25",
    );
    near(w({ cutoff: 0.25 })[1], 2 * -2 * 0.5 * 0.75);
  });
  it("are no connections beyond the range", () => {
    const { count, distance, weight } = new Network(
      read([2, 1], { pairs: [arbor({ cutoff: 0.5 })] }),
    ).pairs[0];
    assert.deepEqual([count, distance[0], weight[0]], [1, Infinity, 0]);
  });
  it("count charges that are not there as 1", () =>
    near(
      w({ axon_charge: null, dendrite_charge: null })[1],
      2 * (k.b1 + k.b2),
    ));
  it("are 0 where a connection is pruned, the first bit being the lowest", () => {
    const pruned = new Network(
      read([2, 1], { pairs: [arbor({ kept: array("u8", [1], [0b10]) })] }),
    ).pairs[0];
    assert.deepEqual(
      [pruned.weight[0], pruned.count, pruned.distance[0]],
      [0, 1, Infinity],
    );
    near(pruned.weight[1], -4 * (k.b1 + 0.5 * k.b2));
  });
  it("know the distance of the nearest two sites, and the two that carry most", () => {
    const { payload: data, pairs } = new Network(
      read([2, 1], { pairs: [arbor()] }),
    );
    near(pairs[0].distance[0], Math.sqrt(10));
    assert.deepEqual(
      strongestSites(data.pairs[0], 0, 0),
      [0, 0],
      "charge 1 at 4.1 beats charge 1/2 at 3.2",
    );
    assert.deepEqual(strongestSites(data.pairs[0], 1, 0), [1, 1]);
  });
});

describe("laws", () => {
  const law = (name, more = {}) =>
    new Network(read([2, 1], { pairs: [arbor({ law: name, ...more })] }))
      .pairs[0];
  const first = (f) => 2 * (f(Math.sqrt(17)) + 0.5 * f(Math.sqrt(10)));
  const laws = {
    inverse: (r) => 1 / r,
    "inverse-square": (r) => 1 / r ** 2,
    exponential: (r) => Math.exp(-r / 2.5),
    gaussian: (r) => Math.exp(-(r ** 2) / 12.5),
  };

  for (const [name, f] of Object.entries(laws))
    it(`are followed, within a range too: ${name}`, () => {
      const { weight } = law(name, { length: 2.5, inverse_range: 0, gap: 0 });
      near(weight[0], first(f));
      const cutoff = f(4);
      const { weight: cut, count } = law(name, {
        length: 2.5,
        inverse_range: 1 / 4,
        cutoff,
      });
      near(cut[0], f(Math.sqrt(10)) - cutoff, "the other two are 4.1 apart");
      assert.equal(count, 2);
    });
  it("have a range where what is left of them is no number any more", () => {
    const far = { length: 0.1, inverse_range: 1 / 3, cutoff: 0 };
    assert.deepEqual(
      [...law("gaussian", far).distance],
      [Infinity, 1],
      "one is 3.2 apart",
    );
  });
  it("choose the two sites that carry most of a connection", () => {
    const sites = (name) =>
      strongestSites(read([2, 1], { pairs: [arbor(name)] }).pairs[0], 0, 0);
    assert.deepEqual(sites({ law: "inverse", length: null }), [0, 0]);
    assert.deepEqual(sites({ law: "gaussian", length: 1 }), [0, 1]);
  });
  it("that are not known are said to be so", () =>
    assert.throws(() => law("cubic"), /law cubic/));
  it("change with their length over the training", () => {
    const tensors = [
      { name: "pair0.length", data: array("f32", [2, 1], [1.25, 2.5]) },
      {
        name: "pair0.cutoff",
        data: array("f32", [2, 1], [Math.exp(-4 / 1.25), Math.exp(-1.6)]),
      },
    ];
    const network = new Network(
      read([2, 1], {
        pairs: [
          arbor({
            law: "exponential",
            length: 2.5,
            inverse_range: 1 / 4,
            cutoff: Math.fround(Math.exp(-1.6)),
          }),
        ],
        frames: { epochs: [0, 4], whole: true, tensors },
      }),
    );
    network.show(0);
    near(
      network.pairs[0].weight[0],
      Math.exp(-Math.sqrt(10) / 1.25) - Math.exp(-4 / 1.25),
    );
  });
});

describe("a conventional network", () => {
  const dense = (weight, bias, n, m, more = {}) =>
    pair(n, m, {
      coordinates: 0,
      axon_position: null,
      dendrite_position: null,
      axon_charge: null,
      weight: array("f32", [n, m], weight),
      bias: array("f32", [m], bias),
      ...more,
    });
  const sizes = [3, 2, 2];
  const pairs = [
    dense([1, -1, 2, 0, 0, 3], [0.5, -1], 3, 2),
    dense([1, 2, -1, 1], [0, 1], 2, 2),
  ];

  it("runs forward: ReLU within, the logit scale at the end", () => {
    const network = new Network(read(sizes, { pairs, logit_scale: 0.5 }));
    const { layers, logits } = network.forward([1, 0.5, 0]);
    assert.deepEqual([...layers[1]], [2.5, 0]);
    assert.deepEqual([...logits], [1.25, 3]);
  });
  it("takes only the pixels that are its inputs", () => {
    const network = new Network(
      read(sizes, { pairs, width: 5, inputs: array("u16", [3], [4, 0, 2]) }),
    );
    assert.deepEqual([...network.inputsOf([1, 2, 3, 4, 5])], [5, 1, 3]);
  });
  it("loses its weakest weights when cut, the others stay", () => {
    const network = new Network(read(sizes, { pairs }));
    network.cut(0.5);
    assert.deepEqual(
      [...network.pairs[0].live],
      [0, -0, 2, 0, 0, 3].map((x) => x + 0),
    );
    network.cut(0);
    assert.deepEqual([...network.pairs[0].live], [1, -1, 2, 0, 0, 3]);
  });
  it("tells what drives a deep neuron through positive connections only", () => {
    const network = new Network(read(sizes, { pairs }));
    assert.deepEqual([...network.receptiveField(1, 1)], [-1, 0, 3]);
    // output 0 has weight 1 from neuron 0 and -1 from neuron 1
    assert.deepEqual([...network.receptiveField(2, 0)], [1, 2, 0]);
  });
});

describe("activations", () => {
  it("have an erf that is right to the last digits", () => {
    const known = [
      [0, 0],
      [1e-9, 1.1283791670955126e-9],
      [0.5, 0.5204998778130465],
      [1, 0.8427007929497149],
      [2, 0.9953222650189527],
      [3.5, 0.9999992569016276],
      [5.9, 1],
      [7, 1],
      [Infinity, 1],
    ];
    for (const [x, value] of known)
      for (const sign of [1, -1])
        assert.ok(
          Math.abs(erf(sign * x) - sign * value) <= 2e-15 * (value || 1),
          `${sign * x}: ${erf(sign * x)}`,
        );
  });
  it("are what the library has", () => {
    const at = (activation, u) => activationOf({ activation })(u);
    near(at("leaky-relu", -2), -0.02);
    near(at("leaky-relu", 2), 2);
    near(at("tanh", -0.5), -0.46211715726);
    near(at("gelu", 1), 0.84134474607);
    near(at("gelu", -1), -0.15865525393);
    near(at("sine", 2), 0.90929742683);
    assert.equal(activationOf({})(-1), 0, "a page of 0.1 has relu");
    assert.throws(() => at("cubic", 1), /activation cubic/);
  });
  it("run within a network, not at its end", () => {
    const net = (activation) =>
      new Network(read([6, 5, 4], { spec: { tied: "no", activation } }));
    const run = (activation) =>
      net(activation).forward([1, 0, 0.5, 0, 0, 0]).layers;
    const [sums, sine] = [run("leaky-relu")[1], run("sine")];
    const undone = sums.map((h) => (h < 0 ? 100 * h : h));
    assert.ok(undone.some((u) => u < -0.1) && undone.some((u) => u > 0.1));
    sine[1].forEach((h, j) => near(h, Math.sin(undone[j])));
    const { pairs, parts } = net("sine");
    sine[2].forEach((logit, k) =>
      near(
        logit,
        sine[1].reduce((sum, h, j) => sum + h * pairs[1].weight[4 * j + k], 0) +
          parts[1].bias[k],
      ),
    );
  });
});

describe("spatial pruning", () => {
  it("cuts the longest connections of each pair", () => {
    const network = new Network(read([6, 5, 4]));
    network.cut(0.4);
    for (const { distance, live, weight } of network.pairs) {
      const cut = [...live.keys()].filter((ij) => live[ij] === 0),
        left = [...live.keys()].filter((ij) => live[ij] !== 0);
      assert.ok(Math.abs(cut.length - 0.4 * weight.length) <= 1);
      assert.ok(
        Math.min(...cut.map((ij) => distance[ij])) >=
          Math.max(...left.map((ij) => distance[ij])),
      );
    }
  });
});

describe("leaky integrate-and-fire", () => {
  // beta 1/2, threshold 1, current 1: by hand
  const run = (reset, steps = 5) => {
    const u = new Float32Array(1),
      s = new Uint8Array(1),
      seen = [];
    for (let t = 0; t < steps; t++) {
      lifStep(
        u,
        s,
        Float32Array.of(1),
        Float32Array.of(0.5),
        Float32Array.of(1),
        reset,
      );
      seen.push([u[0], s[0]]);
    }
    return seen;
  };
  it("resets by subtraction one step after the spike", () =>
    assert.deepEqual(run("subtract"), [
      [1, 0],
      [1.5, 1],
      [0.75, 0],
      [1.375, 1],
      [0.6875, 0],
    ]));
  it("resets to zero", () =>
    assert.deepEqual(run("zero"), [
      [1, 0],
      [1.5, 1],
      [1, 0],
      [1.5, 1],
      [1, 0],
    ]));
  it("without reset goes on", () =>
    assert.deepEqual(run("none"), [
      [1, 0],
      [1.5, 1],
      [1.75, 1],
      [1.875, 1],
      [1.9375, 1],
    ]));
  it("only integrates without a threshold", () => {
    const u = Float32Array.of(8),
      s = Uint8Array.of(0);
    lifStep(u, s, Float32Array.of(1), Float32Array.of(0.5), null, "subtract");
    assert.deepEqual([u[0], s[0]], [5, 0]);
  });
  it("codes latency: the brighter the earlier, nothing for nothing", () => {
    const steps = code(Float32Array.of(0, 0.1, 0.5, 1, 2), {
      coding: "latency",
      time_steps: 5,
    });
    assert.deepEqual(
      steps.map((now) => [...now]),
      [
        [0, 0, 0, 1, 1],
        [0, 0, 0, 0, 0],
        [0, 0, 1, 0, 0],
        [0, 0, 0, 0, 0],
        [0, 1, 0, 0, 0],
      ],
    );
  });
  const poisson = (time_steps) => ({ coding: "poisson", time_steps });
  it("codes Poisson spikes with the given probability, the same each time", () => {
    const draw = () =>
      code(new Float32Array(1000).fill(0.3), poisson(10)).map((now) =>
        now.reduce((a, b) => a + b, 0),
      );
    const sum = draw().reduce((a, b) => a + b, 0);
    assert.ok(sum > 2800 && sum < 3200, `${sum} of 10000`);
    assert.deepEqual(draw(), draw());
    assert.equal(
      code(Float32Array.of(0), poisson(4)).reduce(
        (sum, now) => sum + now[0],
        0,
      ),
      0,
    );
  });
  it("reads out counts and membranes", () => {
    const lif = (m) => ({
      beta: array("f32", [m], Array(m).fill(0.5)),
      threshold: array("f32", [m], Array(m).fill(1)),
    });
    const one = (readout) => {
      const weights = pair(1, 1, {
        axon_position: null,
        dendrite_position: null,
        axon_charge: null,
        weight: array("f32", [1, 1], [1]),
        bias: array("f32", [1], [0]),
        ...lif(1),
      });
      const spiking = {
        time_steps: 4,
        coding: "constant",
        readout,
        reset: "subtract",
      };
      return new Network(
        read([1, 1], { pairs: [weights], spiking, logit_scale: 2 }),
      ).forward([1]).logits[0];
    };
    // spiking: see above. Integrating: 1, 1.5, 1.75, 1.875
    assert.deepEqual(
      [
        one("count"),
        one("membrane-mean"),
        one("membrane-max"),
        one("membrane-last"),
      ],
      [4, 3.0625, 3.75, 3.75],
    );
  });
});

describe("activity", () => {
  it("is 0 to 1 for every neuron", () => {
    const network = new Network(read([6, 5, 4]));
    const activity = activityOf(
      network,
      network.forward(new Float32Array(6).fill(0.7)),
      null,
    );
    assert.equal(activity.length, 15);
    assert.ok(activity.every((a) => a >= 0 && a <= 1));
    near(activity[0], 0.7);
    near(
      activity.slice(11).reduce((a, b) => a + b, 0),
      1,
      "outputs share 1",
    );
    assert.equal(activityOf(network, null, null), null);
  });
  it("lights up below 0 as above", () => {
    const network = new Network(
      read([6, 5, 4], { spec: { tied: "no", activation: "tanh" } }),
    );
    const result = network.forward(new Float32Array(6).fill(0.7));
    const most = Math.max(...result.layers[1].map(Math.abs));
    assert.ok(result.layers[1].some((h) => h < -0.1));
    const hidden = activityOf(network, result, null).subarray(6, 11);
    hidden.forEach((a, j) => near(a, Math.abs(result.layers[1][j]) / most));
  });
});

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

describe("a payload", () => {
  it("of another format, or none, is refused in words", () => {
    assert.throws(() => readPayload("__LOCI_" + "DATA__"), /holds no network/);
    assert.throws(() => readPayload('{"format": 3}'), /format 3/);
  });
  it("of either format is read", () => {
    for (const format of [1, 2])
      assert.equal(read([2, 1], { format }).format, format);
  });
  it("whose array does not fit its shape is refused", () => {
    const data = payload([2, 1]);
    data.pairs[0].bias.shape = [3];
    assert.throws(
      () => readPayload(JSON.stringify(data)),
      /array of 3 numbers has 1/,
    );
  });
});

describe("a regressor", () => {
  const units = {
    mean: array("f32", [2], [100, -1]),
    deviation: array("f32", [2], [10, 0.5]),
  };
  const data = read([2, 2], { format: 2, task: "regress", units });

  it("answers in units of the data", () => {
    const raw = new Network(read([2, 2])).forward([0.5, 1]).logits;
    const { logits } = new Network(data).forward([0.5, 1]);
    near(logits[0], 100 + 10 * raw[0]);
    near(logits[1], -1 + 0.5 * raw[1]);
    near(fromUnits(data, logits[1], 1), raw[1]);
    assert.ok(regresses(data) && !regresses(read([2, 1])));
  });
  it("answers with its outputs where it has no units", () => {
    const none = read([2, 2], { format: 2, task: "regress", units: null });
    const raw = new Network(read([2, 2])).forward([0.5, 1]).logits;
    assert.deepEqual(new Network(none).forward([0.5, 1]).logits, raw);
  });
  it("is as active as what it predicts is far from the mean", () => {
    const network = new Network(data);
    const result = network.forward([0.5, 1]);
    const shown = activityOf(network, result, null).slice(2);
    [0, 1].forEach((k) =>
      near(
        shown[k],
        Math.min(1, Math.abs(fromUnits(data, result.logits[k], k)) / 2),
      ),
    );
  });
  it("misses what it is off by more than a deviation", () => {
    const { rmse, missed } = errorsOf(
      data,
      [
        [103, -1],
        [96, -1.6],
      ],
      [
        [100, -1],
        [100, -1],
      ],
    );
    assert.deepEqual(missed, [false, true]);
    near(rmse[0], Math.sqrt((9 + 16) / 2));
    near(rmse[1], 0.6 / Math.sqrt(2));
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

describe("the answer", () => {
  it("is the largest logit, the first of equal ones", () =>
    assert.equal(argmax([1, 5, 2, 5]), 1));
  it("has shares that sum to 1, however large the logits", () => {
    const shares = softmax([1000, 1000, 1000 + Math.log(2)]);
    near(shares[0], 0.25);
    near(shares[2], 0.5);
  });
});
