// What the page computes of networks in time, against numbers worked out by hand. Needs node alone.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { activityOf } from "../../viewer/src/activity.js";
import { code } from "../../viewer/src/coding.js";
import { delayOf, Taps } from "../../viewer/src/delay.js";
import { readEvents } from "../../viewer/src/events.js";
import { timesOf, underway } from "../../viewer/src/flights.js";
import { Frames } from "../../viewer/src/frames.js";
import { Geometry } from "../../viewer/src/geometry.js";
import { lifStep } from "../../viewer/src/lif.js";
import { Network, softmax } from "../../viewer/src/network.js";
import { readPayload } from "../../viewer/src/payload.js";
import { slices } from "../../viewer/src/slices.js";
import { rank, strongestOf } from "../../viewer/src/strongest.js";
import { wire } from "../../viewer/src/wiring.js";
import { array, pair, read } from "./fixture.mjs";

const lists = (rows) => rows.map((row) => [...row]);

// A conventional projection of these weights; neurons keep half of their membranes and spike above 1.
const stored = (n, m, weights, changes = {}) =>
  pair(n, m, {
    axon_position: null,
    dendrite_position: null,
    axon_charge: null,
    weight: array("f32", [n, m], weights),
    bias: array("f32", [m], Array(m).fill(0)),
    beta: array("f32", [m], Array(m).fill(0.5)),
    threshold: array("f32", [m], Array(m).fill(1)),
    ...changes,
  });
const loop = (n, weights) => {
  const { bias, beta, threshold, ...rest } = stored(n, n, weights, {
    speed: null,
    first_delay: 1,
    longest_delay: 1,
  });
  return rest;
};
const spiking = (changes) => ({
  time_steps: 4,
  coding: "events",
  readout: "membrane-last",
  reset: "subtract",
  ...changes,
});

describe("coding", () => {
  it("takes temporal data as they are", () =>
    assert.deepEqual(
      lists(
        code(Float32Array.of(0, 1, 2, 3, 0, 5), {
          coding: "events",
          time_steps: 3,
        }),
      ),
      [
        [0, 1],
        [2, 3],
        [0, 5],
      ],
    ));
  it("spans a part of the steps, if it is told to", () => {
    const steps = code(Float32Array.of(0.1, 0.5, 1), {
      coding: "latency",
      time_steps: 5,
      latency_span: 0.5,
    });
    assert.deepEqual(lists(steps), [
      [0, 0, 1],
      [0, 1, 0],
      [1, 0, 0],
      [0, 0, 0],
      [0, 0, 0],
    ]);
  });
});

describe("events", () => {
  const given = {
    each: [2, 0, 1],
    channel: Uint16Array.of(0, 2, 1),
    step: Uint16Array.of(1, 1, 3),
    count: Uint8Array.of(1, 3, 2),
  };
  const events = readEvents(given, 4, 3);
  it("become counts of steps and channels", () => {
    assert.equal(events.count, 3);
    assert.deepEqual([...events.at(0)], [0, 0, 0, 1, 0, 3, 0, 0, 0, 0, 0, 0]);
    assert.deepEqual([...events.at(1)], Array(12).fill(0));
    assert.deepEqual([...events.at(2)].indexOf(2), 10);
  });
  it("are added up in a small picture, steps from left to right", () =>
    assert.deepEqual([...events.sums(0, 1, 2)], [4, 0]));
  it("that do not fit are refused", () => {
    const refused = (changes, steps = 4, channels = 3) =>
      assert.throws(
        () => readEvents({ ...given, ...changes }, steps, channels),
        /do not fit/,
      );
    refused({ each: [2, 0, 2] });
    refused({ each: [4, -2, 1] });
    refused({ each: ["2", 0, 1] });
    refused({ count: Uint8Array.of(1, 3) });
    refused({}, 3);
    refused({}, 4, 2);
  });
  it("enter the inputs that pruning left", () => {
    const network = new Network(
      read([2, 1], {
        inputs: array("u16", [2], [0, 2]),
        width: 3,
        spiking: spiking({ time_steps: 2 }),
        pairs: [stored(2, 1, [1, 1])],
      }),
    );
    assert.deepEqual([...network.inputsOf([1, 2, 3, 4, 5, 6])], [1, 3, 4, 6]);
  });
});

describe("delays", () => {
  const range = { speed: 0.4, first_delay: 1, longest_delay: 5 };
  it("are ways over a speed, within bounds", () => {
    assert.equal(delayOf(range, 1), 2.5);
    assert.equal(delayOf(range, 0.1), 1);
    assert.equal(delayOf(range, 9), 5);
    assert.equal(delayOf({ speed: null, first_delay: 1, longest_delay: 1 }), 1);
    assert.equal(delayOf({}, 3), 0);
  });

  // one neuron to two: the ways are 1 and 2, the weights 2 and 1
  const part = (changes) =>
    readPayload(
      JSON.stringify({
        format: 1,
        part: pair(1, 2, {
          base: 0,
          scale: 2,
          axon_position: array("f32", [1, 1, 2], [0, 0]),
          axon_charge: array("f32", [1, 1], [1]),
          dendrite_position: array("f32", [2, 1, 2], [1, 0, 2, 0]),
          ...changes,
        }),
      }),
    ).part;
  function sent(changes, live) {
    const p = part(changes);
    const connections = wire(p);
    connections.live = live ?? connections.weight;
    const currents = new Float64Array(6 * 2);
    Taps.of(p, connections).send(currents, 1, [3]);
    return [1, 2, 3, 4, 5].map((t) => [...currents.slice(2 * t, 2 * t + 2)]);
  }
  it("have weights that are rounded where the library's are", () => {
    const rounded = (most) => [
      ...wire(part({ weight_unit: 0.75, weight_most: most })).weight,
    ];
    assert.deepEqual(rounded(7), [2.25, 0.75]);
    assert.deepEqual(rounded(1), [0.75, 0.75]);
  });
  it("share a spike out between the steps before and after", () =>
    assert.deepEqual(
      sent({ speed: 0.5, first_delay: 0, longest_delay: 4 }).concat(
        sent({ speed: 0.4, first_delay: 0, longest_delay: 4 }),
      ),
      [
        [0, 0],
        [0, 0],
        [6, 0],
        [0, 0],
        [0, 3],
        [0, 0],
        [0, 0],
        [3, 0],
        [3, 0],
        [0, 3],
      ],
    ));
  it("end at the longest, and begin at the first", () => {
    assert.deepEqual(
      sent({ speed: 0.1, first_delay: 0, longest_delay: 2 })[2],
      [6, 3],
    );
    assert.deepEqual(
      sent({ speed: 9, first_delay: 1, longest_delay: 2 })[1],
      [6, 3],
    );
  });
  it("of several sites make a filter in time", () =>
    assert.deepEqual(
      sent({
        speed: 1,
        first_delay: 0,
        longest_delay: 4,
        dendrites: 2,
        dendrite_position: array("f32", [2, 2, 2], [1, 0, 2, 0, 2, 0, 3, 0]),
        dendrite_charge: array("f32", [2, 2], [1, -1, 1, 3]),
      }),
      [
        [0, 0],
        [6, 0],
        [-3, 3],
        [0, 6],
        [0, 0],
      ],
    ));
  it("carry nothing on connections that are cut", () =>
    assert.deepEqual(
      sent(
        { speed: 0.5, first_delay: 0, longest_delay: 4 },
        Float32Array.of(0, 1),
      ).map(([a]) => a),
      [0, 0, 0, 0, 0],
    ));
  it("let a constant input act from its arrival on", () => {
    const one = part({ speed: 0.5, first_delay: 0, longest_delay: 4 });
    const network = new Network({
      ...read([1, 2], {}),
      pairs: [
        {
          ...one,
          bias: Float32Array.of(0, 1),
          beta: Float32Array.of(0, 0),
        },
      ],
      spiking: spiking({ coding: "constant", time_steps: 6 }),
    });
    const { membranes } = network.forward([1]).spiking;
    assert.deepEqual(lists(membranes[1]), [
      [0, 1],
      [0, 1],
      [2, 1],
      [2, 1],
      [2, 2],
      [2, 2],
    ]);
  });
});

describe("a layer that is wired to itself", () => {
  // an event of the first channel makes neuron 1 spike; that sends 1.25 to neuron 2; what would go to oneself is 9
  const data = {
    pairs: [stored(1, 2, [2, 0]), stored(2, 1, [1, 1])],
    recurrent: [loop(2, [9, 1.25, 0, 9])],
    spiking: spiking(),
  };
  const network = new Network(read([1, 2, 1], data));
  it("hears itself one step later, and no neuron itself", () => {
    const { spikes, membranes } = network.forward([1, 0, 0, 0]).spiking;
    assert.deepEqual(lists(membranes[1]), [
      [2, 0],
      [0, 1.25],
      [0, -0.375],
      [0, -0.1875],
    ]);
    assert.deepEqual(lists(spikes[1]), [
      [1, 0],
      [0, 1],
      [0, 0],
      [0, 0],
    ]);
  });
  it("has connections of its own, which pruning leaves", () => {
    assert.equal(network.connections, 2 + 2 + 2);
    assert.deepEqual(network.gone, { pruned: 0, far: 0 });
    network.cut(0.5);
    assert.ok(network.loopOf(1).pair.live.includes(1.25));
    network.cut(0);
  });
  it("is drawn, within itself", () => {
    const ranked = rank(network);
    const within = ranked.filter(({ pair }) => pair === 2);
    assert.deepEqual(
      within.map(({ sender, receiver, weight }) => [sender, receiver, weight]),
      [[1, 2, 1.25]],
    );
    const [first, second] = strongestOf(network, 2, "inputs", 9);
    assert.deepEqual([first.partner, first.weight], [1, 1.25]);
    assert.equal(second, undefined);
    assert.equal(strongestOf(network, 1, "outputs", 9).total, 2);
  });
  it("has sites of its own, apart from its others", () => {
    const spatial = new Network(
      read([3, 4, 2], {
        recurrent: [
          pair(4, 4, { first_delay: 1, longest_delay: 1, speed: null }),
        ],
        spiking: spiking(),
      }),
    );
    const geometry = new Geometry(spatial.payload, spatial);
    const [axon, dendrite] = geometry.sides(2);
    assert.deepEqual([axon.layer, dendrite.layer], [1, 1]);
    assert.ok(axon.reach > 0 && dendrite.reach < 0);
    assert.equal(geometry.siteCount, 3 + 4 + 4 + 2 + 4 + 4);
  });
});

describe("neurons that adapt", () => {
  it("do so by their membranes and their spikes", () => {
    const u = new Float32Array(1),
      s = new Uint8Array(1),
      adapted = new Float32Array(1);
    const adaptation = { rho: [0.5], a: [0.25], b: [1] };
    const seen = Array.from({ length: 4 }, () => {
      lifStep(u, s, [2], [0.5], [1], "subtract", adaptation, adapted);
      return [adapted[0], u[0], s[0]];
    });
    // U[2] = 0.5 * 2 + 2 - 1.5 - 1, U[3] = 0.5 * 0.5 + 2 - 0.875
    assert.deepEqual(seen, [
      [0, 2, 1],
      [1.5, 0.5, 0],
      [0.875, 1.375, 1],
      [1.78125, -0.09375, 0],
    ]);
  });
  it("run in a network", () => {
    const numbers = (value) => array("f32", [1], [value]);
    const network = new Network(
      read([1, 1, 1], {
        pairs: [
          stored(1, 1, [2], {
            adaptation_decay: numbers(0.5),
            adaptation_membrane: numbers(0.25),
            adaptation_spike: numbers(1),
          }),
          stored(1, 1, [1]),
        ],
        spiking: spiking(),
      }),
    );
    const { membranes } = network.forward([1, 1, 1, 1]).spiking;
    assert.deepEqual(lists(membranes[1]), [[2], [0.5], [1.375], [-0.09375]]);
  });
});

describe("the sum of a softmax", () => {
  it("adds up what each step says", () => {
    const network = new Network(
      read([1, 2], {
        pairs: [stored(1, 2, [1, -1], { threshold: null })],
        spiking: spiking({ readout: "softmax-sum", time_steps: 2 }),
        logit_scale: 2,
      }),
    );
    const { logits } = network.forward([0, 1]);
    const wanted = 2 * (0.5 + softmax([1, -1])[0]);
    assert.ok(Math.abs(logits[0] - wanted) < 1e-6, `${logits[0]}, ${wanted}`);
  });
});

describe("spikes on their way", () => {
  const result = {
    steps: 4,
    fires: [true, false],
    spikes: [
      [[1], [0], [2], [0]].map((now) => Float32Array.from(now)),
      [[1], [1], [1], [1]].map((now) => Float32Array.from(now)),
    ],
  };
  const times = timesOf([0, 1, 2], result);
  const at = (d, now) => [...underway(times[0], d, now)];
  it("are those of neurons that fire, latest first", () =>
    assert.deepEqual(times, [[2, 0], []]));
  it("have come as far as their delays say", () => {
    assert.deepEqual(at(4, 0), [0]);
    assert.deepEqual(at(4, 1), [0.25]);
    assert.deepEqual(at(4, 3), [0.25, 0.75]);
    assert.deepEqual(at(2.5, 2), [0, 0.8]);
    assert.deepEqual(at(1, 1.5), []);
    assert.deepEqual(at(0, 2), []);
  });
});

describe("a moment of the training", () => {
  const frames = new Frames({
    pairs: [{}, {}],
    spec: { tied: "yes" },
    inputs: null,
    frames: {
      epochs: [0, 4],
      whole: true,
      tensors: [
        { name: "layer1.position", ...positions(0) },
        { name: "recurrent1.axon.position", ...positions(65535) },
        { name: "recurrent1.speed", data: shaped([2, 1], [1, 3]) },
        { name: "pair1.adaptation_decay", data: shaped([2, 1], [0, 1]) },
      ],
    },
  });
  function positions(level) {
    return {
      shape: [1, 1, 1],
      low: [0],
      high: [1],
      data: Uint16Array.of(level, level),
    };
  }
  function shaped(shape, numbers) {
    return Object.assign(Float32Array.from(numbers), { shape });
  }
  it("has the speeds and sites of loops, which are not tied", () => {
    const now = frames.partAt({ speed: 3, axon_position: null }, 2, 2);
    assert.equal(now.speed, 2);
    assert.deepEqual([...now.axon_position], [1]);
    assert.equal(now.dendrite_position, undefined);
  });
  it("has how neurons adapted", () => {
    const now = frames.partAt({ adaptation_decay: [1] }, 1, 1);
    assert.deepEqual([...now.adaptation_decay], [0.25]);
  });
});

describe("what lights up", () => {
  it("are channels beside the busiest one", () => {
    const network = new Network(
      read([2, 1], { pairs: [stored(2, 1, [1, 1])], spiking: spiking() }),
    );
    const result = network.forward([4, 0, 0, 0, 0, 1, 0, 1]);
    const [first, second] = activityOf(network, result, null);
    assert.deepEqual([first, second], [1, 0.5]);
    const inFirst = activityOf(network, result, 0);
    assert.deepEqual([inFirst[0], inFirst[1]], [1, 0]);
  });
});

describe("long work", () => {
  // each takes 60 ms: some are done at once, others later
  const busy = (done) => (i) => {
    const end = performance.now() + 60;
    while (performance.now() < end);
    done.push(i);
  };
  it("is done in slices, in order", async () => {
    const done = [],
      waited = [];
    await new Promise((end) =>
      slices()(12, busy(done), end, (i) => waited.push(i)),
    );
    assert.deepEqual(done, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    assert.ok(waited.length > 1 && waited[0] < 12);
  });
  it("that is short is done at once, and ends what was under way", async () => {
    const run = slices(),
      old = [];
    run(12, busy(old), assert.fail, () => {});
    let ended = false;
    run(
      3,
      () => {},
      () => (ended = true),
      assert.fail,
    );
    assert.ok(ended);
    const before = old.length;
    await new Promise((later) => setTimeout(later, 150));
    assert.equal(old.length, before);
  });
});
