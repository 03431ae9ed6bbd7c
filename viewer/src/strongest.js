// Which connections are drawn: the strongest of each layer pair.

// Most that can be drawn, whatever the slider says.
export const MOST_CONNECTIONS = 50000;
// Most neurons that are drawn.
export const MOST_NEURONS = 5000;

// The `count` entries of largest size among those `allowed(ij)`, strongest first, as indices.
function largest(weight, count, allowed) {
  const sizes = weight.map((w, ij) => (allowed(ij) ? Math.abs(w) : 0));
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

// Neurons that are drawn: all, or an even choice of every layer, small layers first. Returns a byte for each neuron.
export function choose(network, most = MOST_NEURONS) {
  const shown = new Uint8Array(network.neurons);
  const bySize = network.sizes.map((size, layer) => ({ size, layer })).sort((a, b) => a.size - b.size);
  let room = most;
  bySize.forEach(({ size, layer }, done) => {
    const take = Math.min(size, Math.floor(room / (bySize.length - done)));
    for (let k = 0; k < take; k++) shown[network.offsets[layer] + Math.floor((k * size) / take)] = 1;
    room -= take;
  });
  return shown;
}

// Per pair, drawable connections in order of strength, and how they are merged into one order: of a pair with more
// connections more are shown, but by the square root, or the first pair would leave none for the others. The first
// `most` of that order.
export function rank(network, shown, most = MOST_CONNECTIONS) {
  const shares = network.pairs.map((pair) => Math.sqrt(pair.count));
  const all = shares.reduce((a, b) => a + b, 0);
  const ranked = [];
  network.pairs.forEach((pair, l) => {
    const [from, to] = [network.offsets[l], network.offsets[l + 1]];
    const visible = (ij) => shown[from + Math.floor(ij / pair.m)] && shown[to + (ij % pair.m)];
    const order = largest(pair.weight, most, visible);
    const top = order.length > 0 ? Math.abs(pair.weight[order[0]]) : 1;
    order.forEach((ij, k) =>
      ranked.push({
        pair: l,
        i: Math.floor(ij / pair.m),
        j: ij % pair.m,
        ij,
        weight: pair.weight[ij],
        strength: Math.abs(pair.weight[ij]) / top,
        place: (k * all) / shares[l],
      }),
    );
  });
  ranked.sort((a, b) => a.place - b.place);
  return ranked.slice(0, most);
}
