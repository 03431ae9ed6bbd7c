// Colours live in theme.css; what is drawn in WebGL or on a canvas reads them from there.
import { Color } from "three";

const NAMES = ["background", "ink", "faint", "excitatory", "inhibitory", "output"];

export function readColors() {
  const style = getComputedStyle(document.documentElement);
  return Object.fromEntries(NAMES.map((name) => [name, new Color().setStyle(style.getPropertyValue(`--${name}`).trim())]));
}

// A picture of signed numbers: 0 is the background, up is the excitatory colour, down the inhibitory one.
export function drawSigned(canvas, values, height, width, colors) {
  const most = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
  paint(canvas, height, width, (i) => mix(colors.background, values[i] < 0 ? colors.inhibitory : colors.excitatory, Math.abs(values[i]) / most));
}

// A picture of 0..1, background to ink.
export function drawGrey(canvas, values, height, width, colors) {
  paint(canvas, height, width, (i) => mix(colors.background, colors.ink, values[i]));
}

// Mixed in sRGB, where equal steps look about equal.
function mix(from, to, share) {
  const [a, b] = [from, to].map((color) => color.getRGB({ r: 0, g: 0, b: 0 }, "srgb"));
  return ["r", "g", "b"].map((part) => 255 * (a[part] + (b[part] - a[part]) * share));
}

function paint(canvas, height, width, colorOf) {
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d");
  const image = context.createImageData(width, height);
  for (let i = 0; i < height * width; i++) image.data.set([...colorOf(i), 255], 4 * i);
  context.putImageData(image, 0, 0);
}
