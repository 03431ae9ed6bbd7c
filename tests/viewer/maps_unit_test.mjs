// Layers of maps in the page's own arithmetic, against numbers worked out by hand and against the sum written out. Needs
// node alone.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Frames } from "../../viewer/src/frames.js";
import { Moment } from "../../viewer/src/live_wire.js";
import { gridPlaces, placeOfNeuron } from "../../viewer/src/maps.js";
import { Network } from "../../viewer/src/network.js";
import { readPayload } from "../../viewer/src/payload.js";
import { Sheets } from "../../viewer/src/sheets.js";
import { Stencil } from "../../viewer/src/stencil.js";
import { placeLinks, rank, strongestOf } from "../../viewer/src/strongest.js";
import { array, noise, pair, payload } from "./fixture.mjs";

// The sum as docs state it: every sender, every receiver, every place of a square.
function written(s, x, weight) {
  const out = [];
  const half = (s.window - 1) / 2;
  const at = (row, column, map) =>
    row < 0 || row >= s.height || column < 0 || column >= s.width
      ? 0
      : x[(row * s.width + column) * s.in + map];
  const sum = (y, z, m) => {
    let total = 0;
    for (let dy = 0; dy < s.window; dy++)
      for (let dx = 0; dx < s.window; dx++)
        for (let n = 0; n < s.in; n++)
          total +=
            weight[((dy * s.window + dx) * s.in + n) * s.out + m] *
            at(y * s.stride + dy - half, z * s.stride + dx - half, n);
    return total;
  };
  const [rows, columns] = [s.height, s.width].map((side) =>
    Math.floor(Math.ceil(side / s.stride) / s.pool),
  );
  for (let y = 0; y < rows; y++)
    for (let z = 0; z < columns; z++)
      for (let m = 0; m < s.out; m++) {
        const square = [];
        for (let k = 0; k < s.pool * s.pool; k++)
          square.push(
            sum(
              y * s.pool + Math.floor(k / s.pool),
              z * s.pool + (k % s.pool),
              m,
            ),
          );
        out.push(Math.max(...square));
      }
  return out;
}

const shapes = [
  { height: 7, width: 6, in: 1, out: 3, window: 3, stride: 1, pool: 2 },
  { height: 7, width: 9, in: 2, out: 3, window: 5, stride: 2, pool: 1 },
  { height: 8, width: 5, in: 3, out: 2, window: 1, stride: 2, pool: 2 },
  { height: 3, width: 3, in: 2, out: 2, window: 7, stride: 1, pool: 3 },
];
const made = (s) => {
  const stencil = new Stencil(s);
  const x = noise(s.height * s.width * s.in, 3),
    weight = noise(s.window * s.window * s.in * s.out, 4);
  return { stencil, x, weight };
};

describe("a stencil", () => {
  it("carries what the sum says, pooled", () => {
    for (const s of shapes) {
      const { stencil, x, weight } = made(s);
      const wanted = written(s, x, weight);
      const got = stencil.carry(x, weight);
      assert.equal(got.length, wanted.length);
      got.forEach((value, j) => assert.ok(Math.abs(value - wanted[j]) < 1e-12));
    }
  });

  it("is not turned round, and stands on the first of equal places", () => {
    const s = { height: 3, width: 4, in: 1, out: 1, window: 3, stride: 1 };
    const stencil = new Stencil({ ...s, pool: 2 });
    const weight = new Float32Array(9);
    weight[3] = 1; // what stands to the left
    const x = Float32Array.from([0, 5, 0, 0, 0, 0, 0, 5, 9, 9, 9, 9]);
    const winner = new Uint8Array(2);
    assert.deepEqual(Array.from(stencil.carry(x, weight, winner)), [0, 5]);
    assert.deepEqual(Array.from(winner), [0, 0]);
  });

  it("knows whom it joins, either way round, where it counts", () => {
    for (const s of shapes) {
      const { stencil, x, weight } = made(s);
      const winner = new Uint8Array(stencil.receivers);
      const currents = stencil.carry(x, weight, winner);
      const winnerOf = (receiver) => winner[receiver];
      const back = new Float64Array(stencil.receivers);
      let joined = 0;
      for (let receiver = 0; receiver < stencil.receivers; receiver++) {
        let sum = 0;
        stencil.inputsOf(receiver, winnerOf, (entry, map, sender, to) => {
          assert.ok(to === receiver && map === receiver % s.out);
          sum += x[sender] * weight[entry * s.out + map];
          joined++;
        });
        assert.ok(Math.abs(sum - currents[receiver]) < 1e-6);
      }
      for (let sender = 0; sender < x.length; sender++)
        stencil.outputsOf(sender, winnerOf, (entry, map, from, receiver) => {
          assert.equal(from, sender);
          back[receiver] += x[sender] * weight[entry * s.out + map];
          joined--;
        });
      assert.equal(joined, 0);
      back.forEach((sum, j) => assert.ok(Math.abs(sum - currents[j]) < 1e-6));
    }
  });

  it("counts what it unrolls to", () => {
    for (const s of shapes.slice(0, 3)) {
      const { stencil } = made(s);
      let met = 0;
      for (let receiver = 0; receiver < stencil.receivers; receiver++)
        for (let k = 0; k < s.pool * s.pool; k++)
          stencil.inputsOf(
            receiver,
            () => k,
            () => met++,
          );
      assert.equal(stencil.unrolled, met);
    }
  });
});

const u8 = (values) => array("f32", [values.length], values);

// 4 x 4 pixels, two maps of 2 x 2 of windows of 3, an output of two dendrites in four coordinates.
function small(changes = {}) {
  const first = pair(9, 2, {
    grid: { rows: 3, columns: 3, maps: 1 },
    stencil: {
      height: 4,
      width: 4,
      in: 1,
      out: 2,
      window: 3,
      stride: 1,
      pool: 2,
    },
    axon_position: null,
    axon_charge: null,
    dendrite_position: array("f32", [2, 1, 2], [1, 0, 0, -1]),
    dendrite_charge: array("f32", [2, 1], [1, -2]),
    bias: u8([0.5, 0]),
    ...changes,
  });
  const second = pair(8, 3, {
    coordinates: 4,
    dendrites: 2,
    grid: { rows: 2, columns: 2, maps: 2 },
    axon_position: array("f32", [2, 1, 2], [0.5, 1, -0.5, -1]),
    axon_charge: array("f32", [2, 1], [1, -0.25]),
    dendrite_position: array("f32", [3, 2, 4], noise(24, 8)),
  });
  return readPayload(
    JSON.stringify({
      ...payload([16, 8, 3], { pairs: [first, second], height: 4, width: 4 }),
      layers: [
        { size: 16, maps: 1, height: 4, width: 4 },
        { size: 8, maps: 2, height: 2, width: 2 },
        { size: 3 },
      ],
    }),
  );
}

describe("a network of maps", () => {
  it("has weights that follow from places on the grid", () => {
    const { pairs } = new Network(small());
    // the dendrite of map 1 is a pitch to the right: that place is at distance 1 by the base alone, the opposite sqrt(5)
    assert.equal(pairs[0].weight[5 * 2], 1);
    assert.ok(Math.abs(pairs[0].weight[3 * 2] - 1 / Math.sqrt(5)) < 1e-7);
    // that of map 2 is above, y growing downwards
    assert.equal(pairs[0].weight[1 * 2 + 1], -2);
  });

  it("runs, and says which places counted", () => {
    const data = small();
    const network = new Network(data);
    const image = new Float32Array(16);
    image[6] = 1; // row 2, column 3
    const { layers, winners } = network.forward(image);
    const { in: maps } = data.pairs[0].stencil;
    assert.equal(maps, 1);
    const weight = (dy, dx, m) =>
      network.pairs[0].weight[(dy * 3 + dx) * 2 + m];
    // of the upper left square, row 2, column 2 has the pixel one to its right
    assert.ok(Math.abs(layers[1][0] - (weight(1, 2, 0) + 0.5)) < 1e-6);
    assert.equal(winners[0][0], 3);
    assert.equal(winners[1], null);
    assert.deepEqual(
      Array.from(network.signs().subarray(16, 24)),
      [1, -1, 1, -1, 1, -1, 1, -1],
    );
    network.winners = winners;
    const [strongest] = strongestOf(network, 16, "inputs", 1);
    assert.equal(strongest.sender, 6);
    const field = network.receptiveField(1, 0);
    assert.equal(field.indexOf(Math.max(...field)), 6);
    const outputs = strongestOf(network, 6, "outputs", 99);
    assert.ok(outputs.some(({ receiver }) => receiver === 16));
  });

  it("draws entries where arbors stand, and none beyond the edge", () => {
    const network = new Network(small());
    const links = rank(network).filter(({ pair }) => pair === 0);
    const stand = (place) =>
      placeLinks(links, network, {
        standsAt: (_, map) => 16 + 2 * place + map,
      });
    stand(0);
    assert.equal(links.length, 18);
    // over the corner pixel two sides of the window lie outside
    assert.equal(links.filter(({ sender }) => sender < 0).length, 10);
    const middle = links.find(({ i, j }) => i === 4 && j === 1);
    assert.deepEqual([middle.sender, middle.receiver], [0, 17]);
    stand(3);
    assert.deepEqual([middle.sender, middle.receiver], [10, 23]);
  });

  it("moves by what maps share, over the training", () => {
    const data = small();
    const track = (name, shape, numbers) => ({
      name,
      data: Object.assign(Float32Array.from(numbers), { shape }),
    });
    const frames = new Frames({
      ...data,
      frames: {
        epochs: [0, 1],
        whole: true,
        tensors: [
          track("pair1.axon.position", [2, 2, 1, 2], [1, 2, 3, 4, 5, 6, 7, 8]),
          track("pair1.axon_charge", [2, 2, 1], [1, 2, 3, 4]),
        ],
      },
    });
    const now = frames.partAt(data.pairs[1], 1, 1);
    const places = gridPlaces(data.pairs[1].grid, Float32Array.of(5, 6, 7, 8));
    assert.deepEqual(now.axon_position, places);
    assert.deepEqual(Array.from(now.axon_charge), [3, 4, 3, 4, 3, 4, 3, 4]);
    // so does a network that learns, by what it is sent
    const parts = [
      ["pair1.axon.position", 4],
      ["pair1.axon_charge", 2],
    ];
    const [before, sent] = new Moment(data, parts).partsOf(
      data.pairs,
      Float32Array.of(5, 6, 7, 8, 3, 4),
    );
    assert.deepEqual(sent.axon_position, places);
    assert.deepEqual(sent.axon_charge, now.axon_charge);
    assert.deepEqual(before.axon_position, data.pairs[0].axon_position);
    // the image has nothing to move
    const image = frames.partAt(data.pairs[0], 0, 1);
    assert.deepEqual(image.axon_position, data.pairs[0].axon_position);
  });
});

describe("sheets", () => {
  it("do not overlap, and have neighbours across maps side by side", () => {
    const across = Float32Array.of(3, 0, 1, 0, 2, 5, 0, 5, 9, 9);
    const sheets = new Sheets({ maps: 5, height: 4, width: 3 }, 1, across);
    const at = sheets.middles.map(({ y, z }) => [y, z]);
    // three in the upper row, by the first place: those whose second is least
    assert.ok(at[1][1] < at[0][1] && at[0][0] === at[1][0]);
    assert.ok(at[4][0] < at[0][0]);
    for (let a = 0; a < 5; a++)
      for (let b = 0; b < a; b++) {
        const [dy, dz] = [0, 1].map((x) => Math.abs(at[a][x] - at[b][x]));
        assert.ok(Math.max(dy, dz) > 3 * sheets.pitch);
      }
    const { map, row, column } = placeOfNeuron(sheets, 5 * (2 * 3 + 1) + 4);
    assert.deepEqual([map, row, column], [4, 2, 1]);
  });
});
