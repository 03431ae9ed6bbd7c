// The test samples of a page: pictures or rows in 255ths, or temporal data as a list of events.
import { isTemporal } from "./coding.js";
import { drawGrey } from "./colors.js";
import { readEvents } from "./events.js";
import { channelsOf, drawPicture } from "./picture.js";

// Most steps and channels of the small picture of a temporal sample.
const SMALL = 64;

// {count, at(i) -> what the network takes, draw(canvas, i, colors)}.
export function samplesOf(payload) {
  return isTemporal(payload) ? temporal(payload) : pictures(payload);
}

function pictures(payload) {
  const { images } = payload.samples;
  const [count, size] = images.shape;
  const at = (i) => Float32Array.from(images.subarray(i * size, (i + 1) * size), (value) => value / 255);
  return { count, at, draw: (canvas, i, colors) => drawPicture(canvas, at(i), payload, colors) };
}

function temporal(payload) {
  const { time_steps: steps } = payload.spiking;
  const channels = payload.height * payload.width * channelsOf(payload);
  const { count, at, sums } = readEvents(payload.samples.events, steps, channels);
  const width = Math.min(SMALL, steps),
    height = Math.min(SMALL, channels);

  function draw(canvas, i, colors) {
    const picture = sums(i, height, width),
      most = Math.max(1, ...picture);
    // one event among many is to be seen, too
    const levels = picture.map((sum) => Math.sqrt(sum / most));
    drawGrey(canvas, levels, height, width, colors);
  }
  return { count, at, draw };
}
