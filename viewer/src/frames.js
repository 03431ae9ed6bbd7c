// The network over the training: 16-bit frames of some epochs, and straight lines between them.
import { gridCharges, gridPlaces } from "./maps.js";

// What of a pair may change beside its positions: lists of numbers, and single ones.
const LISTS = [
  "axon_charge",
  "dendrite_charge",
  "bias",
  "beta",
  "threshold",
  "adaptation_decay",
  "adaptation_membrane",
  "adaptation_spike",
];
const NUMBERS = ["base", "scale", "length", "inverse_range", "cutoff", "speed"];

export class Frames {
  constructor({ frames, spec, pruned_by, pairs, inputs, channels = 1 }) {
    // the places and charges of a sheet's inputs are those of their channels
    this.sheet = { pair: pairs?.[0], channelOf: (i) => (inputs === null ? i : inputs[i]) % channels };
    this.pairs = pairs?.length ?? Infinity;
    this.epochs = frames?.epochs ?? [];
    // whether they hold all that a network follows from, or, as those of older runs, positions alone
    this.whole = frames?.whole ?? false;
    // which connections are kept is known of the end only
    this.pruned = (pruned_by ?? null) !== null;
    this.tied = spec.tied === "yes";
    this.tensors = new Map((frames?.tensors ?? []).map((tensor) => [tensor.name, tensor]));
  }

  get first() {
    return this.epochs[0];
  }

  get last() {
    return this.epochs.at(-1);
  }

  // What tensors of a projection are called after. Layers to themselves follow pairs.
  ownerOf(p) {
    return p < this.pairs ? `pair${p}` : `recurrent${p - this.pairs + 1}`;
  }

  // Tied networks keep one position per neuron, others one array per side of a layer pair; a layer has sites of its own
  // for itself.
  nameOf({ layer, pair, axon }) {
    return this.tied && pair < this.pairs
      ? `layer${layer}.position`
      : `${this.ownerOf(pair)}.${axon ? "axon" : "dendrite"}.position`;
  }

  // Positions of a group of sites at an epoch; undefined where they never moved, or are not known. Of senders on a grid
  // part, what the payload has of the pair, says which.
  at(group, epoch) {
    const { grid, across } = (group.axon && group.part) || {};
    if (grid !== undefined) return gridPlaces(grid, this.values(this.nameOf(group), epoch) ?? across);
    if (group.pair === 0 && group.axon && this.tensors.has("pair0.channel.position")) return this.sheetAt(epoch);
    return this.values(this.nameOf(group), epoch);
  }

  // Of a sheet whose channels have places: the last coordinate of each input is its channel's.
  sheetAt(epoch) {
    const places = this.values("pair0.channel.position", epoch);
    const { axon_position: end, coordinates: C } = this.sheet.pair;
    return end.map((x, i) => (i % C === C - 1 ? places[this.sheet.channelOf(Math.floor(i / C))] : x));
  }

  // What a payload has of projection p as it was at an epoch. Only of frames that are whole.
  partAt(part, p, epoch) {
    const now = { ...part },
      owner = this.ownerOf(p);
    const put = (key, values) => values !== undefined && (now[key] = values);
    put("axon_position", this.at({ layer: p, pair: p, axon: true, part }, epoch));
    put("dendrite_position", this.at({ layer: p + 1, pair: p, axon: false }, epoch));
    const charges = p === 0 ? this.values("pair0.channel_charge", epoch) : undefined;
    if (charges !== undefined) now.axon_charge = part.axon_charge.map((_, i) => charges[this.sheet.channelOf(i)]);
    for (const key of LISTS) put(key, this.values(`${owner}.${key}`, epoch));
    if (part.grid !== undefined && now.axon_charge !== part.axon_charge)
      now.axon_charge = gridCharges(part.grid, now.axon_charge);
    for (const key of NUMBERS) put(key, this.values(`${owner}.${key}`, epoch)?.[0]);
    return now;
  }

  values(name, epoch) {
    const tensor = this.tensors.get(name);
    if (tensor === undefined || this.epochs.length === 0) return undefined;
    let f = this.epochs.findLastIndex((e) => e <= epoch);
    f = Math.max(0, f);
    const next = Math.min(f + 1, this.epochs.length - 1);
    const span = this.epochs[next] - this.epochs[f];
    const share = span > 0 ? Math.max(0, epoch - this.epochs[f]) / span : 0;
    const count = tensor.data.length / this.epochs.length;
    const out = new Float32Array(count);
    for (let i = 0; i < count; i++)
      out[i] = tensor.data[f * count + i] * (1 - share) + tensor.data[next * count + i] * share;
    return tensor.low === undefined ? out : spread(out, tensor);
  }
}

// Levels of 16 bits -> what lies so far between the lowest and the highest of their coordinate.
function spread(levels, { low, high }) {
  const C = low.length;
  return levels.map((level, i) => low[i % C] + (level / 65535) * (high[i % C] - low[i % C]));
}
