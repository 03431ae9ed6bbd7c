// What leads to maps: a stencil of weights [window x window x sending maps, receiving maps], laid over every stride-th
// place of the sending grid as it is, without turning it round; what it reaches beyond the edge is 0. Of each pool x pool
// places the largest current is what arrives, the first of equal ones; places that fill no square are dropped.
export class Stencil {
  // {height, width, in, out, window, stride, pool} of a payload
  constructor(shape) {
    Object.assign(this, shape);
    const { height, width, stride, pool, out } = shape;
    this.half = (shape.window - 1) / 2;
    // the grid that is arrived at, and its neurons
    this.rows = Math.floor(Math.ceil(height / stride) / pool);
    this.columns = Math.floor(Math.ceil(width / stride) / pool);
    this.receivers = this.rows * this.columns * out;
  }

  // Connections of single neurons that it stands for: what lies beyond the edge, or is dropped, is none.
  get unrolled() {
    const { half, stride, pool, height, width, rows, columns } = this;
    const along = (places, side) => {
      let met = 0;
      for (let place = 0; place < places * pool; place++)
        met += Math.min(side, place * stride + half + 1) - Math.max(0, place * stride - half);
      return met;
    };
    return along(rows, height) * along(columns, width) * this.in * this.out;
  }

  // Activations x [height, width, in] -> currents [rows, columns, out]; winner, likewise, or null: which place of its
  // square each came from. weight: of the entries.
  carry(x, weight, winner = null) {
    const { out, pool, rows, columns } = this;
    const currents = new Float64Array(this.receivers).fill(-Infinity),
      sum = new Float64Array(out);
    for (let y = 0, at = 0; y < rows; y++)
      for (let z = 0; z < columns; z++, at += out)
        for (let k = 0; k < pool * pool; k++) {
          this.lay(sum.fill(0), x, weight, y * pool + Math.floor(k / pool), z * pool + (k % pool));
          for (let m = 0; m < out; m++)
            if (sum[m] > currents[at + m]) {
              currents[at + m] = sum[m];
              if (winner !== null) winner[at + m] = k;
            }
        }
    return currents;
  }

  // Adds to sum [out] what arrives at one place.
  lay(sum, x, weight, y, z) {
    const { window, half, stride, height, width, in: maps, out } = this;
    for (let dy = 0; dy < window; dy++) {
      const row = y * stride + dy - half;
      if (row < 0 || row >= height) continue;
      for (let dx = 0; dx < window; dx++) {
        const column = z * stride + dx - half;
        if (column < 0 || column >= width) continue;
        const from = (row * width + column) * maps,
          entry = (dy * window + dx) * maps;
        for (let k = 0; k < maps; k++) {
          const value = x[from + k];
          if (value === 0) continue;
          for (let m = 0, w = (entry + k) * out; m < out; m++, w++) sum[m] += value * weight[w];
        }
      }
    }
  }

  // Where the middle of the stencil lies on the sending grid for a receiving neuron; k: which place of its square.
  middleOf(receiver, k) {
    const place = Math.floor(receiver / this.out),
      { pool, stride, columns } = this;
    return {
      row: (Math.floor(place / columns) * pool + Math.floor(k / pool)) * stride,
      column: ((place % columns) * pool + (k % pool)) * stride,
    };
  }

  // Sender of an entry where the stencil lies with its middle there; -1: it is beyond the edge.
  senderOf(entry, { row, column }) {
    const { window, half, height, width, in: maps } = this;
    const step = Math.floor(entry / maps);
    const y = row + Math.floor(step / window) - half,
      x = column + (step % window) - half;
    return y < 0 || y >= height || x < 0 || x >= width ? -1 : (y * width + x) * maps + (entry % maps);
  }

  // The entries by which a neuron is reached, or reaches others: visit(entry, map, sender, receiver). winnerOf(receiver):
  // which place of its square counts.
  inputsOf(receiver, winnerOf, visit) {
    const middle = this.middleOf(receiver, winnerOf(receiver)),
      entries = this.window * this.window * this.in;
    for (let entry = 0; entry < entries; entry++) {
      const sender = this.senderOf(entry, middle);
      if (sender >= 0) visit(entry, receiver % this.out, sender, receiver);
    }
  }

  outputsOf(sender, winnerOf, visit) {
    const { window, half, stride, pool, width, in: maps, out, rows, columns } = this;
    const map = sender % maps,
      place = Math.floor(sender / maps);
    for (let step = 0; step < window * window; step++) {
      const y = (Math.floor(place / width) - Math.floor(step / window) + half) / stride,
        x = ((place % width) - (step % window) + half) / stride;
      if (y < 0 || x < 0 || !Number.isInteger(y) || !Number.isInteger(x)) continue;
      const [row, column] = [Math.floor(y / pool), Math.floor(x / pool)];
      if (row >= rows || column >= columns) continue;
      const k = (y % pool) * pool + (x % pool);
      for (let m = 0; m < out; m++) {
        const receiver = (row * columns + column) * out + m;
        if (winnerOf(receiver) === k) visit(step * maps + map, m, sender, receiver);
      }
    }
  }
}
