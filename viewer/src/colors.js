// Colours live in style/theme.css; what is drawn in WebGL or on a canvas reads them from there.
import { Color, SRGBColorSpace } from "three";

const NAMES = ["background", "ink", "faint", "excitatory", "inhibitory", "output", "red", "green", "blue"];

export function readColors() {
  const style = getComputedStyle(document.documentElement);
  return Object.fromEntries(
    NAMES.map((name) => [name, new Color().setStyle(style.getPropertyValue(`--${name}`).trim())]),
  );
}

// Sets `to` to a mixture, in sRGB, where equal steps look about equal; three's own lerp() mixes light, which makes all
// but the last step to a dark colour look pale.
export function mix(to, from, towards, share) {
  const [a, b] = [from, towards].map((color) => color.getRGB(to.clone(), SRGBColorSpace));
  return to.copy(a.lerp(b, share)).convertSRGBToLinear();
}

// A picture of signed numbers: 0 is the background, up is the excitatory colour, down the inhibitory one. largest: what has
// the full colour; else the largest of them.
export function drawSigned(canvas, values, height, width, colors, largest = 0) {
  const most = largest || values.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
  const [zero, up, down] = [colors.background, colors.excitatory, colors.inhibitory].map(bytes);
  paint(canvas, height, width, zero, (i) => [values[i] < 0 ? down : up, Math.abs(values[i]) / most]);
}

// A picture of 0..1, background to ink.
export function drawGrey(canvas, values, height, width, colors) {
  const ink = bytes(colors.ink);
  paint(canvas, height, width, bytes(colors.background), (i) => [ink, values[i]]);
}

// A picture of red, green and blue in 0..1, as it is; `apart` numbers a pixel.
export function drawColour(canvas, values, height, width, apart) {
  fill(canvas, height, width, (i, part) => 255 * values[apart * i + part]);
}

// Signed numbers of red, green and blue: 0 is a middle grey, up is bright, down dark, each of its own.
export function drawSignedColour(canvas, values, height, width, apart) {
  const most = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
  fill(canvas, height, width, (i, part) => 127.5 + (127.5 * values[apart * i + part]) / most);
}

// In sRGB, as above.
function bytes(color) {
  const { r, g, b } = color.getRGB({ r: 0, g: 0, b: 0 }, SRGBColorSpace);
  return [255 * r, 255 * g, 255 * b];
}

// towards(i): [colour, share 0..1] of pixel i.
function paint(canvas, height, width, from, towards) {
  fill(canvas, height, width, (i, part) => {
    const [to, share] = towards(i);
    return from[part] + (to[part] - from[part]) * share;
  });
}

// of(i, part): 0..255, of pixel i and its red, green or blue.
function fill(canvas, height, width, of) {
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d");
  const { data } = context.createImageData(width, height);
  for (let i = 0; i < height * width; i++) {
    for (let part = 0; part < 3; part++) data[4 * i + part] = of(i, part);
    data[4 * i + 3] = 255;
  }
  context.putImageData(new ImageData(data, width, height), 0, 0);
}
