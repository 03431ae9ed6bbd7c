// Positions -> weights: the rule that Loci is about, once more, for the page.
//
//     w_ij = scale * sum_ab c_ia e_jb max(f(r_iajb) - cutoff, 0)        r_iajb = sqrt(|p_ia - q_jb|^2 + base)
//
// with f the law of distance, base = gap^2 + softening^2, and cutoff = f(R) of a finite range R. Sums are in double, the
// result is rounded to the library's float32.
import { lawOf } from "./law.js";

function siteCharge(charges, site) {
  return charges === null ? 1 : charges[site];
}

// The squared distance of axon site s and dendrite site t of a pair, base included.
export function squaredDistance(pair, s, t) {
  const { coordinates: C, axon_position: p, dendrite_position: q } = pair;
  let sum = pair.base;
  for (let x = 0; x < C; x++) {
    const d = p[s * C + x] - q[t * C + x];
    sum += d * d;
  }
  return sum;
}

function kept(pair, ij) {
  return pair.kept === null || (pair.kept[ij >> 3] >> (ij & 7)) & 1;
}

// What two sites are worth, their charges apart, by their squared distance.
function worthOf(pair) {
  const { value } = lawOf(pair);
  const { length, cutoff } = pair;
  return (squared) => Math.max(value(squared, length) - cutoff, 0);
}

// As the library rounds weights where it does; others have no unit.
function rounded({ weight_unit: unit, weight_most: most }, weight) {
  if (unit === undefined) return weight;
  return unit * Math.round(Math.min(Math.max(Math.fround(weight) / unit, -most), most));
}

// The weight of a connection; the distance of its nearest two sites goes to distance[ij].
function connect(pair, worth, i, j, distance, ij) {
  const { axons: A, dendrites: D } = pair;
  let sum = 0,
    nearest = Infinity;
  for (let s = i * A; s < (i + 1) * A; s++)
    for (let t = j * D; t < (j + 1) * D; t++) {
      const squared = squaredDistance(pair, s, t);
      if (squared < nearest) nearest = squared;
      sum += siteCharge(pair.axon_charge, s) * siteCharge(pair.dendrite_charge, t) * worth(squared);
    }
  distance[ij] = Math.sqrt(nearest);
  return pair.scale * sum;
}

// each(i, j, visit): calls visit(weight, distance) for all pairs of sites of a connection.
export function siteVisitor(pair) {
  const worth = worthOf(pair),
    { axons: A, dendrites: D, scale } = pair;
  return (i, j, visit) => {
    for (let s = i * A; s < (i + 1) * A; s++)
      for (let t = j * D; t < (j + 1) * D; t++) {
        const squared = squaredDistance(pair, s, t);
        const charges = siteCharge(pair.axon_charge, s) * siteCharge(pair.dendrite_charge, t);
        visit(scale * charges * worth(squared), Math.sqrt(squared));
      }
  };
}

// Beyond the range at which weights have fallen to 0 there is no connection. Pages of 0.1 have 1/R as the cutoff alone.
function inRange({ cutoff, inverse_range = cutoff }, distance) {
  return inverse_range === 0 || 1 / distance > inverse_range;
}

// The same of single connections, made when they are asked for: at(i, j) -> {weight, distance}, weight 0 where there is
// none. Nothing is kept.
export function connectionOf(pair, own = false) {
  const worth = worthOf(pair);
  const distance = [0],
    none = { weight: 0, distance: Infinity };
  return (i, j) => {
    if (!kept(pair, i * pair.m + j) || (own && i === j)) return none;
    const weight = connect(pair, worth, i, j, distance, 0);
    return inRange(pair, distance[0]) ? { weight: Math.fround(rounded(pair, weight)), distance: Math.fround(distance[0]) } : none;
  };
}

// {n, m, weight [n, m], distance [n, m] or null (a conventional net has none), kept, count}: connections that pruning
// left, and how many of them are in range. One that was pruned, or is out of range, has weight 0 and distance infinity;
// so has, in a layer that is wired to itself, what would be a neuron's connection to itself (own: there are none).
export function wire(pair, own = false) {
  const { n, m } = pair;
  const weight = new Float32Array(n * m);
  const distance = pair.axon_position === null ? null : new Float32Array(n * m);
  const worth = distance === null ? null : worthOf(pair);
  let left = 0,
    count = 0;
  for (let i = 0, ij = 0; i < n; i++)
    for (let j = 0; j < m; j++, ij++) {
      if (kept(pair, ij) && !(own && i === j)) {
        left++;
        const made = distance === null ? pair.weight[ij] : connect(pair, worth, i, j, distance, ij);
        weight[ij] = rounded(pair, made);
        if (distance === null || inRange(pair, distance[ij])) {
          count++;
          continue;
        }
      }
      if (distance !== null) distance[ij] = Infinity;
    }
  return { n, m, weight, distance, kept: left, count };
}

// The two sites [axon, dendrite] that carry most of the connection i, j: where its line is drawn.
export function strongestSites(pair, i, j) {
  const { axons: A, dendrites: D } = pair;
  const worth = worthOf(pair);
  let best = [i * A, j * D],
    most = -1;
  for (let s = i * A; s < (i + 1) * A; s++)
    for (let t = j * D; t < (j + 1) * D; t++) {
      const part =
        Math.abs(siteCharge(pair.axon_charge, s) * siteCharge(pair.dendrite_charge, t)) *
        worth(squaredDistance(pair, s, t));
      if (part > most) [best, most] = [[s, t], part];
    }
  return best;
}
