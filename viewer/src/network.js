// The network, run by the page itself: weights from positions, then forward. Spiking neurons are in lif.js.
//
// A projection is a bundle of connections: from each layer to the next, a pair, and then from hidden layers to themselves,
// where they are wired so. All but what runs the network goes by projections.
import { activationOf } from "./activation.js";
import { isTemporal } from "./coding.js";
import { isDelayed } from "./delay.js";
import { Frames } from "./frames.js";
import { runSpiking } from "./lif.js";
import { sharedBy } from "./maps.js";
import { Stencil } from "./stencil.js";
import { isVast, passage, unwired } from "./vast.js";
import { wire } from "./wiring.js";
import { regresses, toUnits } from "./regression.js";

// out[j] += sum_i x_i w_ij, skipping silent i: most pixels are black, most neurons do not spike.
export function addProduct(out, x, weight, m) {
  for (let i = 0; i < x.length; i++) {
    const value = x[i];
    if (value === 0) continue;
    for (let j = 0, ij = i * m; j < m; j++, ij++) out[j] += value * weight[ij];
  }
}

export class Network {
  // vast: whether there are too many connections to hold them; missing: as their number says.
  constructor(payload, { vast } = {}) {
    this.payload = payload;
    this.sizes = payload.layers.map((layer) => layer.size);
    this.offsets = [0];
    for (const size of this.sizes) this.offsets.push(this.offsets.at(-1) + size);
    this.neurons = this.offsets.at(-1);
    this.frames = new Frames(payload);
    this.activate = activationOf(payload.spec);
    this.trained = [...payload.pairs, ...(payload.recurrent ?? [])];
    this.vast = vast ?? isVast(this.trained);
    this.stencils = this.trained.map(({ stencil }) => (stencil === undefined ? null : new Stencil(stencil)));
    // which places of pooled squares count, of each pair: as the sample that is shown has it, else null
    this.winners = null;
    this.wired = this.trained.map((part, p) => this.wire(part, p));
    this.conventional = this.wired.every((pair) => pair.distance === null);
    // whether spikes can be seen on their way
    this.travels = this.trained.some(isDelayed);
    this.show(null);
    this.cut(0);
  }

  // A projection as wiring.js has it, and the layers it joins.
  wire(part, p) {
    const pairs = this.payload.pairs.length,
      loop = p >= pairs;
    const [from, to] = loop ? [p - pairs + 1, p - pairs + 1] : [p, p + 1];
    return Object.assign(this.vast ? unwired(part, loop) : wire(part, loop), { from, to, stencil: this.stencils[p] });
  }

  // What wires a layer to itself: {part, pair}, or null.
  loopOf(layer) {
    const p = this.pairs.length + layer - 1;
    return p < this.projections.length ? { part: this.parts[p], pair: this.projections[p] } : null;
  }

  // Becomes the network of an epoch (null: of the end), as far as that is known. parts: what the payload has of each
  // projection, of that moment; projections: their weights, of which pairs come first. cut() is to be called anew.
  show(epoch) {
    const known = epoch !== null && this.frames.whole;
    this.parts = known ? this.trained.map((part, p) => this.frames.partAt(part, p, epoch)) : this.trained;
    this.projections = known ? this.parts.map((part, p) => this.wire(part, p)) : this.wired;
    this.pairs = this.projections.slice(0, this.payload.pairs.length);
    for (const loop of this.projections.slice(this.pairs.length)) loop.live = loop.weight;
  }

  // Becomes another network of the same shape for good: parts are what the payload would have of each projection.
  become(parts) {
    this.trained = parts;
    this.wired = parts.map((part, p) => this.wire(part, p));
    this.show(null);
    this.cut(this.cutShare);
  }

  // Connections there are: kept by pruning, and within range.
  get connections() {
    if (this.vast) return this.payload.connections_kept;
    return this.projections.reduce((sum, { count }) => sum + count, 0);
  }

  // How many connections pruning took, and how many more lie out of range, where weights are 0.
  get gone() {
    const { connections: all, connections_kept, pruned_by } = this.payload;
    // what pruning left of a vast network is not told apart from what is within range
    if (this.vast)
      return pruned_by === null
        ? { pruned: 0, far: all - connections_kept }
        : { pruned: all - connections_kept, far: 0 };
    const kept = this.pairs.reduce((sum, pair) => sum + (pruned_by === "range" ? pair.count : pair.kept), 0);
    const near = this.pairs.reduce((sum, pair) => sum + pair.count, 0);
    return { pruned: all - kept, far: kept - near };
  }

  // Connections of single neurons that all of these stand for: stencils count wherever they lie.
  get unrolled() {
    return this.stencils.reduce(
      (sum, stencil, p) => sum + (stencil === null ? this.trained[p].n * this.trained[p].m : stencil.unrolled),
      0,
    );
  }

  layerOf(neuron) {
    let layer = 0;
    while (neuron >= this.offsets[layer + 1]) layer++;
    return layer;
  }

  // What if the longest connections of each layer pair were gone? (Of a conventional net: the weakest.) Sets the weights
  // that forward() uses; share in 0..1 of those there are. limit: per pair, what is still there. Layers stay wired to
  // themselves, as when they are pruned.
  cut(share) {
    this.cutShare = share;
    for (const pair of this.pairs) {
      pair.live = pair.weight;
      pair.limit = pair.distance === null ? 0 : Infinity;
      if (share === 0 || pair.count === 0 || this.vast) continue;
      // sorted once: a slider asks for many shares
      pair.sorted ??=
        pair.distance !== null
          ? pair.distance.filter((d) => d !== Infinity).sort()
          : pair.weight
              .filter((w) => w !== 0)
              .map(Math.abs)
              .sort();
      const rest = pair.distance !== null ? 1 - share : share;
      pair.limit = pair.sorted[Math.min(pair.sorted.length - 1, Math.floor(rest * pair.sorted.length))];
      pair.live = pair.weight.map((w, ij) => (this.isCut(pair, ij) ? 0 : w));
    }
  }

  isCut(pair, ij) {
    if (pair.limit === undefined) return false;
    return pair.distance === null
      ? Math.abs(pair.weight[ij]) < pair.limit
      : pair.distance[ij] >= pair.limit && pair.limit !== Infinity;
  }

  // Pixels [height x width x channels] in 0..1 -> what the input neurons get: all of them, unless pruning took some away.
  // Of temporal data, counts [time steps x width] -> the same of those that are left.
  inputsOf(image) {
    const { inputs, height, width, channels = 1, spiking } = this.payload;
    if (inputs === null) return Float32Array.from(image);
    const size = height * width * channels,
      steps = isTemporal(this.payload) ? spiking.time_steps : 1;
    return Float32Array.from(
      { length: steps * inputs.length },
      (_, k) => image[Math.floor(k / inputs.length) * size + inputs[k % inputs.length]],
    );
  }

  // What these stand for: of standardised inputs 0..1 is from four deviations below the mean to four above it.
  enteringOf(levels) {
    return this.payload.spec.input_scaling === "standard" ? levels.map((level) => 8 * level - 4) : levels;
  }

  // What arrives at the neurons that a pair leads to, biases included; entering: what they are sent. winner: as
  // Stencil.carry() has it.
  currents(l, entering, winner = null) {
    const { m, live, stencil } = this.pairs[l],
      { bias } = this.parts[l];
    if (stencil === null) {
      const sum = Float64Array.from(bias);
      addProduct(sum, entering, live, m);
      return sum;
    }
    return stencil.carry(entering, live, winner).map((current, j) => current + sharedBy(bias, j));
  }

  // Which place of a receiver's square counts.
  winnerOf(p) {
    const winners = this.winners?.[p] ?? null;
    return winners === null ? () => 0 : (receiver) => winners[receiver];
  }

  // image -> {layers: activation per layer, logits (what a regressor predicts, in units of the data), spiking: null or what lif.js returns,
  // winners: of each pair that leads to maps, which places of pooled squares counted}.
  forward(image) {
    const levels = this.inputsOf(image),
      x = this.enteringOf(levels);
    if (this.payload.spiking !== null) return this.inUnits(runSpiking(this, x));
    const layers = [levels];
    const winners = this.pairs.map(({ stencil }) => stencil && new Uint8Array(stencil.receivers));
    this.pairs.forEach((pair, l) => {
      const sum = this.currents(l, l === 0 ? x : layers[l], winners[l]);
      const last = l === this.pairs.length - 1;
      layers.push(Float32Array.from(sum, (value) => (last ? this.payload.logit_scale * value : this.activate(value))));
    });
    return this.inUnits({ layers, logits: layers.at(-1), spiking: null, winners });
  }

  // forward() of a network that is too large to do it at once, as slices.js does what is long.
  passage(image) {
    const levels = this.inputsOf(image);
    const { count, each, result } = passage(this, levels, this.enteringOf(levels));
    return { count, each, result: () => this.inUnits(result()) };
  }

  // Of a regressor the outputs are what it predicts.
  inUnits(result) {
    if (regresses(this.payload))
      result.logits = Float32Array.from(result.logits, (value, k) => toUnits(this.payload, value, k));
    return result;
  }

  // +1 excitatory, -1 inhibitory: by the sum of a neuron's axon charges (of a conventional net, of its outgoing weights);
  // 0 for outputs, which speak to nobody. Under the paper's rule this is the sign of all its outgoing weights. Where
  // dendrites have charges too, it is the sign of its weights to those dendrites that are positive.
  signs() {
    const signs = new Int8Array(this.neurons);
    this.pairs.forEach(({ n, m, weight, stencil }, l) => {
      const { axons, axon_position: positions, axon_charge: charges } = this.parts[l];
      const [values, per] = positions === null ? [weight, m] : [charges, axons];
      // of a stencil, the entries of a map
      const shared = stencil === null ? n : stencil.in;
      const sums = new Float64Array(shared);
      for (let k = 0; values !== null && k < n * per; k++) sums[Math.floor(k / per) % shared] += values[k];
      for (let i = 0; i < this.sizes[l]; i++) signs[this.offsets[l] + i] = sums[i % shared] < 0 ? -1 : 1;
    });
    return signs;
  }

  // What a neuron of layer >= 1 looks for, as a picture of weights over the input neurons. In the first layer these are
  // its weights. Deeper, the pictures of the neurons before it, summed over its positive connections: what would drive
  // it through those that excite it. Of a vast network only the first layer has one. Stencils lie where they count.
  receptiveField(layer, j) {
    if (this.vast && this.stencils[0] === null)
      return Float64Array.from({ length: this.sizes[0] }, (_, i) => this.pairs[0].at(i, j).weight);
    let mix = new Float64Array(this.sizes[layer]);
    mix[j] = 1;
    for (let l = layer - 1; l >= 0; l--) {
      const { n, m, live, stencil } = this.pairs[l];
      const before = new Float64Array(this.sizes[l]);
      if (stencil !== null) {
        mix.forEach((share, k) => {
          if (share === 0) return;
          stencil.inputsOf(k, this.winnerOf(l), (entry, map, sender) => {
            const weight =
              live === null || live === undefined ? this.pairs[l].at(entry, map).weight : live[entry * m + map];
            before[sender] += share * (l === 0 ? weight : Math.max(0, weight));
          });
        });
        mix = before;
        continue;
      }
      for (let i = 0; i < n; i++)
        for (let k = 0; k < m; k++)
          if (mix[k] !== 0) before[i] += mix[k] * (l === 0 ? live[i * m + k] : Math.max(0, live[i * m + k]));
      mix = before;
    }
    return mix;
  }
}

export function softmax(logits) {
  const most = Math.max(...logits);
  const powers = Array.from(logits, (value) => Math.exp(value - most));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((value) => value / sum);
}

export function argmax(values) {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i] > values[best]) best = i;
  return best;
}
