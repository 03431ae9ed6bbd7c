// Payloads made by hand, for what no quick training gives: chosen numbers, pruned nets, very large ones.
import assert from "node:assert/strict";
import { readPayload } from "../../viewer/src/payload.js";

export function array(type, shape, numbers) {
  const Kind = { f32: Float32Array, u16: Uint16Array, u8: Uint8Array }[type];
  const values = Kind.from(numbers);
  if (values.length !== shape.reduce((a, b) => a * b, 1))
    throw new Error(`${values.length} numbers for ${shape}`);
  return { type, shape, data: Buffer.from(values.buffer).toString("base64") };
}

// Numbers between -1 and 1 that look random and are always the same.
export function noise(count, seed = 1) {
  let state = seed;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state / 4294967296) * 2 - 1;
  });
}

// A spatial pair of n and m neurons with one site each in two coordinates.
export function pair(n, m, changes = {}) {
  return {
    n,
    m,
    axons: 1,
    dendrites: 1,
    coordinates: 2,
    gap: 1,
    base: 1,
    scale: 1,
    cutoff: 0,
    axon_position: array("f32", [n, 1, 2], noise(2 * n, n)),
    axon_charge: array("f32", [n, 1], noise(n, n + 7)),
    dendrite_position: array("f32", [m, 1, 2], noise(2 * m, m + 1)),
    dendrite_charge: null,
    bias: array("f32", [m], noise(m, m + 3)),
    beta: null,
    threshold: null,
    weight: null,
    kept: null,
    ...changes,
  };
}

// A network of spatial pairs over sizes; changes go over it.
export function payload(sizes, changes = {}) {
  const pairs =
    changes.pairs ?? sizes.slice(1).map((m, l) => pair(sizes[l], m));
  const connections = pairs.reduce((sum, p) => sum + p.n * p.m, 0);
  return {
    format: 1,
    title: "made by hand",
    preset: null,
    dataset: null,
    classes: Array.from({ length: sizes.at(-1) }, (_, c) => `${c}`),
    height: 1,
    width: sizes[0],
    parameters: 3 * sizes.reduce((a, b) => a + b, 0),
    connections,
    connections_kept: connections,
    spec: { tied: "no" },
    layers: sizes.map((size) => ({ size })),
    inputs: null,
    spiking: null,
    logit_scale: 1,
    frames: null,
    metrics: [],
    summary: null,
    sparsity_curve: null,
    samples: null,
    confusion: null,
    test_accuracy: null,
    left_out: [],
    ...changes,
    pairs,
  };
}

// As `loci view` writes it: no text may end the script it stands in.
export function page(template, data) {
  const text = JSON.stringify(data).replace(
    /[<>&\u2028\u2029]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return template.replace("__LOCI_DATA__", () => text);
}

// Such a payload as the page reads it.
export const read = (sizes, changes) =>
  readPayload(JSON.stringify(payload(sizes, changes)));

export const near = (a, b, message) =>
  assert.ok(
    Math.abs(a - b) <= 1e-6 * Math.max(1, Math.abs(b)),
    `${message ?? "value"}: ${a}, not ${b}`,
  );

// Two inputs at (0, 0) and (3, 0) with charges 1 and -2; one neuron of two dendrites at (0, 4) and (3, 0), charges 1 and
// 0.5; base 0 but for the touching pair, so base 1.
export const arbor = (changes = {}) =>
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
