// The page's own arithmetic against numbers worked out by hand. Needs node alone.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { activationOf, erf } from "../../viewer/src/activation.js";
import { activityOf } from "../../viewer/src/activity.js";
import { code } from "../../viewer/src/coding.js";
import { lifStep } from "../../viewer/src/lif.js";
import { argmax, Network, softmax } from "../../viewer/src/network.js";
import { readPayload } from "../../viewer/src/payload.js";
import { errorsOf, fromUnits, regresses } from "../../viewer/src/regression.js";
import { strongestSites } from "../../viewer/src/wiring.js";
import { arbor, array, near, pair, payload, read } from "./fixture.mjs";

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

describe("the answer", () => {
  it("is the largest logit, the first of equal ones", () =>
    assert.equal(argmax([1, 5, 2, 5]), 1));
  it("has shares that sum to 1, however large the logits", () => {
    const shares = softmax([1000, 1000, 1000 + Math.log(2)]);
    near(shares[0], 0.25);
    near(shares[2], 0.5);
  });
});
