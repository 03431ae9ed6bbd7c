// Networks with more connections than a page can hold: their weights are made when somebody asks for them, a neuron's at
// a time, and none are kept.
import { connectionOf } from "./wiring.js";

// Connections that are held, and pairs of sites that are gone through to find their weights.
const MOST_HELD = 8e6,
  MOST_SITE_PAIRS = 6e7;
// Pairs of sites that one answer may take: a minute's work.
const MOST_ANSWER = 2e9;
// Connections of each projection that its statistics are taken from.
const SAMPLED = 40000;

const sitePairs = (part) => part.n * part.m * part.axons * part.dendrites;
const sum = (parts, of) => parts.reduce((all, part) => all + of(part), 0);

// parts: projections as the payload has them. What is stored is held already, and never too much.
export function isVast(parts) {
  if (parts.some((part) => part.weight !== null)) return false;
  return sum(parts, ({ n, m }) => n * m) > MOST_HELD || sum(parts, sitePairs) > MOST_SITE_PAIRS;
}

// Which connections pruning left is known, or the page was not told: they are too many.
export const isKnown = (part) => !part.kept_left_out;

export const isAnswerable = ({ trained, payload }) =>
  payload.spiking === null &&
  payload.pairs.every(({ stencil }) => stencil === undefined) &&
  trained.every(isKnown) &&
  sum(trained, sitePairs) <= MOST_ANSWER;

// A projection as wiring.js has it, but without its connections: at(i, j) makes one.
export function unwired(part, own) {
  return { n: part.n, m: part.m, weight: null, distance: {}, kept: 0, count: 0, at: connectionOf(part, own) };
}

// Weights and distances of some connections that are there, evenly spread over all.
export function sampled(projection, count = SAMPLED) {
  const { n, m, at } = projection;
  const weight = [],
    distance = [];
  const every = Math.max(1, (n * m) / count);
  for (let k = 0; k * every < n * m; k++) {
    // one of each stretch, not always at its beginning: that might be the same few receivers again and again
    const ij = Math.min(n * m - 1, Math.floor((k + ((0.618034 * k) % 1)) * every));
    const found = at(Math.floor(ij / m), ij % m);
    if (found.distance === Infinity) continue;
    weight.push(found.weight);
    distance.push(found.distance);
  }
  return { weight: Float32Array.from(weight), distance: Float32Array.from(distance) };
}

// One image through such a network, neuron by neuron: {count, each(i), result()}, for slices.js.
export function passage(network, levels, x) {
  const { projections, parts, payload, activate } = network;
  const layers = [levels];
  let p = 0,
    i = 0,
    sums = Float64Array.from(parts[0].bias);

  function each() {
    const value = p === 0 ? x[i] : layers[p][i];
    const { n, m, at } = projections[p];
    if (value !== 0) for (let j = 0; j < m; j++) sums[j] += value * at(i, j).weight;
    if (++i < n) return;
    const last = p === payload.pairs.length - 1;
    layers.push(Float32Array.from(sums, (sum) => (last ? payload.logit_scale * sum : activate(sum))));
    p++;
    i = 0;
    if (!last) sums = Float64Array.from(parts[p].bias);
  }
  const count = payload.pairs.reduce((all, { n }) => all + n, 0);
  return { count, each, result: () => ({ layers, logits: layers.at(-1), spiking: null, winners: null }) };
}
