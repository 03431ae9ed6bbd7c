// Spikes on their way, drawn: points on the lines of connections, from the sender's site to the receiver's.
import { Color } from "three";
import { mix } from "./colors.js";
import { timesOf, underway } from "./flights.js";
import { dots } from "./lines.js";

// Points that are drawn at most, those on the strongest connections.
const MOST = 20000;
const SIZE = 0.115;

export class Travel {
  constructor() {
    this.points = dots(MOST, SIZE);
    this.object = this.points.object;
    // over the lines that they move along
    this.object.renderOrder = 1;
    this.result = this.times = null;
  }

  // What ran: as lif.js returns it, or null.
  take(network, result) {
    if (result === this.result) return;
    this.result = result;
    this.times = result === null ? null : timesOf(network.offsets, result.spiking);
  }

  get count() {
    return this.points.count;
  }

  // links: those whose lines are drawn, with their ends; delayOf(link): steps; now: a time in steps, or null.
  draw({ links, delayOf, now, colors }) {
    const { points } = this;
    points.begin();
    if (this.times !== null && now !== null) {
      const shades = [colors.inhibitory, colors.excitatory].map((full) => mix(new Color(), full, colors.ink, 0.35));
      const place = new Float32Array(3);
      for (const link of links)
        for (const share of underway(this.times[link.sender], delayOf(link), now)) {
          if (points.count >= MOST) break;
          between(place, link.ends, share);
          points.vertex(place, 0, shades[link.weight < 0 ? 0 : 1], 0.5 + 0.5 * link.strength);
        }
    }
    points.end();
  }

  // Whether a connection carries a spike in a step.
  isBusy(link, d, step) {
    return this.times !== null && !underway(this.times[link.sender], d, step).next().done;
  }
}

function between(place, [[from, a], [to, b]], share) {
  for (let x = 0; x < 3; x++) place[x] = from[3 * a + x] + share * (to[3 * b + x] - from[3 * a + x]);
}
