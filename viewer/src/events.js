// Temporal samples, which a page holds as a list of events: on which channel, in which step, how often.

// {count, at(i) -> counts [steps x channels], sums(i, height, width) -> a small picture of them: steps from left to right,
// channels from top to bottom, neighbours added up}. A list that does not fit is an error fit to be shown.
export function readEvents({ each, channel, step, count }, steps, channels) {
  const starts = [0];
  for (const events of each) starts.push(starts.at(-1) + events);
  const fits =
    each.every((events) => Number.isInteger(events) && events >= 0) &&
    [channel, step, count].every(({ length }) => length === starts.at(-1));
  if (!fits || channel.some((c) => c >= channels) || step.some((t) => t >= steps))
    throw new Error("The temporal samples of this page do not fit its network.");

  function sums(i, height, width) {
    const picture = new Float32Array(height * width);
    for (let e = starts[i]; e < starts[i + 1]; e++) {
      const x = Math.floor((step[e] * width) / steps),
        y = Math.floor((channel[e] * height) / channels);
      picture[y * width + x] += count[e];
    }
    return picture;
  }

  function at(i) {
    const sample = new Float32Array(steps * channels);
    for (let e = starts[i]; e < starts[i + 1]; e++) sample[step[e] * channels + channel[e]] += count[e];
    return sample;
  }

  return { count: each.length, at, sums };
}
