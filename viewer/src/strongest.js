// Which connections are drawn: the strongest of each projection. What leads to maps has a stencil, the entries of which
// are drawn where the arbors of these maps are.
import { isKnown } from "./vast.js";

// Most that can be drawn, whatever the slider says.
export const MOST_CONNECTIONS = 50000;

// The `count` entries of largest size, strongest first, as indices.
function largest(weight, count) {
  const sizes = weight.map(Math.abs);
  // a connection whose weight is 0 is as good as none
  const bar = Math.max(nthLargest(sizes, count), Number.MIN_VALUE);
  const found = [];
  for (let ij = 0; ij < sizes.length; ij++) if (sizes[ij] >= bar) found.push(ij);
  return found.sort((a, b) => sizes[b] - sizes[a]).slice(0, count);
}

// Sorting millions of numbers takes seconds. A sample tells about where the bar is; only what is above is sorted.
function nthLargest(numbers, n) {
  if (n >= numbers.length) return 0;
  const every = Math.max(1, Math.floor(numbers.length / 50000));
  const sample = numbers.filter((_, i) => i % every === 0).sort();
  const guess = sample[Math.max(0, sample.length - 1 - Math.ceil((1.3 * n) / every))];
  const above = numbers.filter((value) => value >= guess);
  const sorted = (above.length >= n ? above : numbers.slice()).sort();
  return sorted[sorted.length - n];
}

// Per projection, drawable connections in order of strength, and how they are merged into one order: of one with more
// connections more are shown, but by the square root, or the first pair would leave none for the others. The first
// `most` of that order: {pair (the projection's number), i, j, sender, receiver (neurons), ...}.
export function rank(network, most = MOST_CONNECTIONS) {
  if (network.vast) return [];
  const shares = network.projections.map((pair) => Math.sqrt(pair.count));
  const all = shares.reduce((a, b) => a + b, 0);
  const ranked = [];
  network.projections.forEach((pair, l) => {
    const [from, to] = [network.offsets[pair.from], network.offsets[pair.to]];
    const order = largest(pair.weight, most);
    const top = order.length > 0 ? Math.abs(pair.weight[order[0]]) : 1;
    order.forEach((ij, k) => {
      const [i, j] = [Math.floor(ij / pair.m), ij % pair.m];
      ranked.push({
        pair: l,
        i,
        j,
        ij,
        // of a stencil they follow from where it is: placeLinks()
        sender: pair.stencil === null ? from + i : -1,
        receiver: pair.stencil === null ? to + j : -1,
        weight: pair.weight[ij],
        strength: Math.abs(pair.weight[ij]) / top,
        place: (k * all) / shares[l],
      });
    });
  });
  ranked.sort((a, b) => a.place - b.place);
  return ranked.slice(0, most);
}

// Says which neurons the entries of stencils join where arbors are drawn; -1: beyond the edge.
export function placeLinks(links, network, geometry) {
  for (const link of links) {
    const { stencil, from, to } = network.projections[link.pair];
    if (stencil === null) continue;
    link.receiver = geometry.standsAt(to, link.j);
    const at = link.receiver - network.offsets[to];
    const sender = stencil.senderOf(link.i, stencil.middleOf(at, network.winnerOf(link.pair)(at)));
    link.sender = sender < 0 ? -1 : network.offsets[from] + sender;
  }
}

// The strongest inputs or outputs of a neuron that are there, strongest first: {pair, i, j, sender, receiver, partner,
// weight, distance, strength (1 = its strongest)}.
export function strongestOf(network, neuron, side, most) {
  const layer = network.layerOf(neuron),
    at = neuron - network.offsets[layer];
  const links = network.projections.flatMap((pair, l) =>
    (side === "inputs" ? pair.to : pair.from) === layer ? linksOf(network, pair, l, at, side) : [],
  );
  links.sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight));
  for (const link of links) link.strength = Math.abs(link.weight / links[0].weight);
  return Object.assign(links.slice(0, most), { total: links.length });
}

// {weight, distance (of a conventional net undefined)}; weight 0: there is none.
function connection(pair, i, j) {
  if (pair.at !== undefined) return pair.at(i, j);
  const ij = i * pair.m + j;
  return { weight: pair.live[ij], distance: pair.distance?.[ij] };
}

// Those of one projection, in order. at: the neuron's place in its layer.
function linksOf(network, pair, l, at, side) {
  const links = [];
  if (!isKnown(network.trained[l])) return links;
  // k, h: the neurons' places in their layers
  function add(i, j, k, h) {
    const { weight, distance } = connection(pair, i, j);
    if (weight === 0) return;
    const sender = network.offsets[pair.from] + k,
      receiver = network.offsets[pair.to] + h;
    const partner = side === "inputs" ? sender : receiver;
    links.push({ pair: l, i, j, sender, receiver, partner, weight, distance });
  }
  if (pair.stencil !== null) {
    if (side === "inputs") pair.stencil.inputsOf(at, network.winnerOf(l), add);
    else pair.stencil.outputsOf(at, network.winnerOf(l), add);
    return links;
  }
  const others = side === "inputs" ? pair.n : pair.m;
  for (let k = 0; k < others; k++) {
    const [i, j] = side === "inputs" ? [k, at] : [at, k];
    add(i, j, i, j);
  }
  return links;
}
