// Maps of the sample at work as pictures: what each map of a layer does at every place. Pointing at one moves the arbors of
// that layer there; a click selects the neuron.
import { drawGrey, drawSigned } from "../colors.js";
import { el } from "../dom.js";
import { layerSize, mapsOf } from "../maps.js";

// Pictures of a layer that are drawn at most.
const MOST = 64;

// null where there are no maps.
export function buildMaps({ payload, network, naming, state }) {
  const layers = payload.layers.map((_, l) => l).filter((l) => l > 0 && mapsOf(payload, l) !== null);
  if (layers.length === 0) return null;
  const rows = layers.map(buildLayer);
  const host = el("div", { id: "maps", hidden: true }, el("h3", {}, "Maps"), ...rows.map(({ node }) => node));

  state.watch(["result", "step", "colors"], () => {
    const result = state.get("result");
    host.hidden = result === null;
    if (result !== null) for (const row of rows) row.draw(result);
  });
  return host;

  function buildLayer(layer) {
    const maps = mapsOf(payload, layer),
      shown = Math.min(MOST, maps.maps);
    const canvases = Array.from({ length: shown }, (_, map) => buildMap(layer, map));
    const left = shown < maps.maps ? `, the first ${shown}` : "";
    const node = el(
      "div",
      { class: "maps-of-layer" },
      el("p", { class: "hint" }, `${naming.layer(layer)}: ${layerSize(payload.layers[layer])}${left}`),
      el("div", { class: "maps" }, ...canvases),
    );
    const draw = (result) => {
      const values = valuesOf(result, layer),
        largest = values.reduce((a, b) => Math.max(a, Math.abs(b)), 0) || 1;
      canvases.forEach((canvas, map) => drawMap(canvas, values, maps, map, largest, state.get("colors")));
    };
    return { node, draw };
  }

  function buildMap(layer, map) {
    const maps = mapsOf(payload, layer);
    const canvas = el("canvas", { role: "img", "aria-label": `Map ${map + 1} of ${naming.layer(layer)}` });
    const neuronAt = (event) => {
      const box = canvas.getBoundingClientRect();
      const step = (at, from, side, count) =>
        Math.max(0, Math.min(count - 1, Math.floor(((at - from) / side) * count)));
      const row = step(event.clientY, box.top, box.height, maps.height),
        column = step(event.clientX, box.left, box.width, maps.width);
      return network.offsets[layer] + (row * maps.width + column) * maps.maps + map;
    };
    canvas.addEventListener("pointermove", (event) => state.set({ hovered: neuronAt(event) }));
    canvas.addEventListener("pointerleave", () => state.set({ hovered: -1 }));
    canvas.addEventListener("click", (event) => state.set({ selected: neuronAt(event) }));
    return canvas;
  }

  // Of a spiking net the spikes of the step that is shown, else how often each neuron spiked.
  function valuesOf(result, layer) {
    const step = state.get("step");
    return result.spiking !== null && step !== null ? result.spiking.spikes[layer][step] : result.layers[layer];
  }
}

// All maps of a layer to one scale.
function drawMap(canvas, values, { maps, height, width }, map, largest, colors) {
  const own = Float32Array.from({ length: height * width }, (_, place) => values[place * maps + map] / largest);
  if (own.some((value) => value < 0)) drawSigned(canvas, own, height, width, colors, 1);
  else drawGrey(canvas, own, height, width, colors);
}
