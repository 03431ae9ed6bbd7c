// Pictures that a network takes: of one value a pixel, or of several, which share its place. An input is a value.
import { drawColour, drawGrey, drawSigned, drawSignedColour } from "./colors.js";

export const channelsOf = (payload) => payload.channels ?? 1;

// Whether a sample is a picture, not the row of a table.
export const isPicture = (payload) => payload.height > 1 || channelsOf(payload) > 1;

// Red, green and blue, perhaps with how opaque they are.
export const isColour = (payload) => [3, 4].includes(channelsOf(payload));

// On a sheet the channels of a pixel are told apart by the last coordinate of the first pair.
export const channelsHavePlaces = (payload) =>
  channelsOf(payload) > 1 && payload.spec.input === "sheet" && payload.pairs[0].axon_position !== null;

// Input value -> the pixel and the channel it is of.
export function placeOf(payload, value) {
  const channels = channelsOf(payload);
  const pixel = Math.floor(value / channels);
  return { row: Math.floor(pixel / payload.width), column: pixel % payload.width, channel: value % channels };
}

export function channelName(payload, channel) {
  if (channelsOf(payload) === 3) return ["red", "green", "blue"][channel];
  return `channel ${channel + 1}`;
}

// The mean of a pixel's channels, for what is not drawn in colour.
function merged(values, payload) {
  const channels = channelsOf(payload);
  if (channels === 1) return values;
  return Float32Array.from({ length: payload.height * payload.width }, (_, i) =>
    values.subarray(i * channels, (i + 1) * channels).reduce((a, b) => a + b / channels, 0),
  );
}

// Values [height x width x channels] in 0..1.
export function drawPicture(canvas, values, payload, colors) {
  const { height, width } = payload;
  if (isColour(payload)) drawColour(canvas, values, height, width, channelsOf(payload));
  else drawGrey(canvas, merged(values, payload), height, width, colors);
}

// Signed values, such as weights.
export function drawField(canvas, values, payload, colors) {
  const { height, width } = payload;
  if (isColour(payload)) drawSignedColour(canvas, values, height, width, channelsOf(payload));
  else drawSigned(canvas, merged(values, payload), height, width, colors);
}
