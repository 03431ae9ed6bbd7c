// Where spikes are at a time in steps. A spike of step t is, on a connection that takes d steps, at the share (now - t) / d
// of its way.

// The steps in which each neuron spiked, latest first: [neurons]. What enters without spikes has none.
export function timesOf(offsets, { spikes, fires, steps }) {
  const times = Array.from({ length: offsets.at(-1) }, () => []);
  spikes.forEach((layer, l) => {
    for (let t = steps - 1; fires[l] && t >= 0; t--)
      layer[t].forEach((count, i) => {
        if (count !== 0) times[offsets[l] + i].push(t);
      });
  });
  return times;
}

// The shares of a way of d steps that a neuron's spikes have come, those that have left and are not there yet.
export function* underway(times, d, now) {
  for (const t of times) {
    if (t > now) continue;
    if (now - t >= d) return;
    yield (now - t) / d;
  }
}
