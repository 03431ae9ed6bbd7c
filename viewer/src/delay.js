// Spikes that travel. A connection of length r acts d = min(max(r/v, first), longest) steps later; with k = floor(d) and
// phi = d - k, what two sites are worth goes to two taps:
//
//     I[t] += (1 - phi) w S[t-k] + phi w S[t-k-1]
//
// A layer that is wired to itself without delays has d = 1.
import { siteVisitor } from "./wiring.js";

// Numbers of taps that are kept of one projection; those of further senders are made anew for each spike.
const MOST = 1 << 24;

// Steps that a way of length r takes. Projections without delays name none of this: 0.
export function delayOf({ speed = null, first_delay: first = 0, longest_delay: longest = 0 }, r) {
  return Math.min(Math.max(speed === null ? 0 : r / speed, first), longest);
}

export const isDelayed = ({ longest_delay: longest = 0 }) => longest > 0;

// What a spike of sender i adds to currents: {first, values}, values [steps, m] from `first` steps later on.
function tapsOf(part, { n, m, live }, i) {
  const { first_delay: low, longest_delay: longest } = part;
  // positions are not needed where all take as long
  if (part.axon_position === null) return { first: low, values: live.subarray(i * m, (i + 1) * m) };
  const eachPair = siteVisitor(part);
  const values = new Float32Array((longest - low + 2) * m);
  let first = longest,
    end = low;
  for (let j = 0; j < m; j++) {
    if (live[i * m + j] === 0) continue;
    eachPair(i, j, (worth, r) => {
      const d = delayOf(part, r),
        k = Math.floor(d),
        phi = d - k;
      values[(k - low) * m + j] += (1 - phi) * worth;
      values[(k - low + 1) * m + j] += phi * worth;
      first = Math.min(first, k);
      end = Math.max(end, phi > 0 ? k + 2 : k + 1);
    });
  }
  return { first, values: values.slice((first - low) * m, (Math.max(first, end) - low) * m) };
}

// Taps of a projection, each sender's made when it first speaks.
export class Taps {
  constructor(part, pair) {
    Object.assign(this, { part, pair, live: pair.live, kept: new Array(pair.n), room: MOST });
  }

  // Of the projection as it is now: cutting connections changes what spikes add.
  static of(part, pair) {
    if (pair.taps?.live !== pair.live) pair.taps = new Taps(part, pair);
    return pair.taps;
  }

  from(i) {
    if (this.kept[i] !== undefined) return this.kept[i];
    const taps = tapsOf(this.part, this.pair, i);
    if (taps.values.length <= this.room) {
      this.room -= taps.values.length;
      this.kept[i] = taps;
    }
    return taps;
  }

  // Adds what senders of one step, x [n], bring to the steps from t on. currents: [T, m], one step after the other, so
  // that taps are added in one go.
  send(currents, t, x) {
    for (let i = 0; i < x.length; i++) {
      if (x[i] === 0) continue;
      const { first, values } = this.from(i);
      addScaled(currents, (t + first) * this.pair.m, values, x[i]);
    }
  }
}

function addScaled(to, start, values, by) {
  const count = Math.min(values.length, to.length - start);
  for (let k = 0; k < count; k++) to[start + k] += by * values[k];
}
