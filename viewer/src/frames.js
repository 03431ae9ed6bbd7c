// Positions over the training: 16-bit frames of some epochs, and straight lines between them.

export class Frames {
  constructor({ frames, spec }) {
    this.epochs = frames?.epochs ?? [];
    this.tied = spec.tied === "yes";
    this.tensors = new Map((frames?.tensors ?? []).map((tensor) => [tensor.name, tensor]));
  }

  get first() {
    return this.epochs[0];
  }

  get last() {
    return this.epochs.at(-1);
  }

  // Tied networks keep one position per neuron, others one array per side of a layer pair.
  nameOf(group) {
    return this.tied
      ? `layer${group.layer}.position`
      : `pair${group.pair}.${group.axon ? "axon" : "dendrite"}.position`;
  }

  // Positions of a group of sites at an epoch; undefined where they never moved, or are not known.
  at(group, epoch) {
    const tensor = this.tensors.get(this.nameOf(group));
    if (tensor === undefined || this.epochs.length === 0) return undefined;
    let f = this.epochs.findLastIndex((e) => e <= epoch);
    f = Math.max(0, f);
    const next = Math.min(f + 1, this.epochs.length - 1);
    const span = this.epochs[next] - this.epochs[f];
    const share = span > 0 ? Math.max(0, epoch - this.epochs[f]) / span : 0;
    const count = tensor.data.length / this.epochs.length;
    const C = tensor.low.length;
    const out = new Float32Array(count);
    for (let i = 0; i < count; i++) {
      const x = i % C;
      const level = tensor.data[f * count + i] * (1 - share) + tensor.data[next * count + i] * share;
      out[i] = tensor.low[x] + (level / 65535) * (tensor.high[x] - tensor.low[x]);
    }
    return out;
  }
}
