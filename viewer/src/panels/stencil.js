// The stencil of a map as pictures: what it weighs at each place of its window, a picture for each map that it listens to.
import { drawSigned } from "../colors.js";
import { el } from "../dom.js";

// Pictures that are drawn at most.
const MOST = 64;

// weight(entry): of the map.
function pictureOf(stencil, weights, from, most, colors) {
  const { window: side, in: maps } = stencil;
  const canvas = el("canvas", { class: "stencil", role: "img" });
  canvas.setAttribute("aria-label", `Weights from map ${from + 1}`);
  const values = Float32Array.from({ length: side * side }, (_, step) => weights(step * maps + from));
  // all to one scale, so that they can be compared
  drawSigned(canvas, values, side, side, colors, most);
  return canvas;
}

export function stencilPictures(network, layer, map, colors) {
  const { stencil, m, live, at } = network.projections[layer - 1];
  const weights = live ? (entry) => live[entry * m + map] : (entry) => at(entry, map).weight;
  const entries = stencil.window * stencil.window * stencil.in;
  let most = 0;
  for (let entry = 0; entry < entries; entry++) most = Math.max(most, Math.abs(weights(entry)));
  const shown = Math.min(MOST, stencil.in);
  const pictures = Array.from({ length: shown }, (_, from) => pictureOf(stencil, weights, from, most, colors));
  const text =
    stencil.in === 1
      ? "Its stencil: the weights of its map's arbor, the same at all places."
      : `Its stencil: the weights of its map's arbor from ${shown < stencil.in ? `the first ${shown} of ` : ""}the ${stencil.in} maps before, the same at all places.`;
  return el("div", { class: "stencils" }, el("p", { class: "hint" }, text), el("div", {}, ...pictures));
}
