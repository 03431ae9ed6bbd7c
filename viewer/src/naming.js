// What neurons and layers are called.
import { isTemporal } from "./coding.js";
import { mapsOf, placeOfNeuron } from "./maps.js";
import { channelName, channelsOf, isPicture, placeOf } from "./picture.js";

export function namer(payload, network) {
  const last = network.sizes.length - 1;
  const pixelOf = (i) => (payload.inputs === null ? i : payload.inputs[i]);

  function layer(l) {
    if (l === 0) return "Input";
    if (l === last) return "Output";
    if (mapsOf(payload, l) !== null) return l === 1 && mapsOf(payload, 2) === null ? "Maps" : `Maps ${l}`;
    return last === 2 ? "Hidden" : `Hidden ${l}`;
  }

  // brief: for lists.
  function neuron(index, brief = false) {
    const l = network.layerOf(index),
      i = index - network.offsets[l];
    if (l === 0) {
      const pixel = pixelOf(i);
      if (isTemporal(payload)) return `Channel ${pixel + 1}`;
      if (!isPicture(payload)) return payload.columns?.[pixel] || `Input ${pixel + 1}`;
      const { row, column, channel } = placeOf(payload, pixel);
      const part = channelsOf(payload) > 1 ? `, ${channelName(payload, channel)}` : "";
      return brief ? `Pixel ${row + 1}, ${column + 1}${part}` : `Pixel row ${row + 1}, column ${column + 1}${part}`;
    }
    if (l === last) return `Output ${payload.classes[i]}`;
    const maps = mapsOf(payload, l);
    if (maps !== null) {
      const { map, row, column } = placeOfNeuron(maps, i);
      return brief
        ? `Map ${map + 1} \u00b7 ${row + 1}, ${column + 1}`
        : `${layer(l)}: map ${map + 1}, row ${row + 1}, column ${column + 1}`;
    }
    return brief ? `${layer(l)} \u00b7 ${i + 1}` : `${layer(l)}, neuron ${i + 1}`;
  }

  function kind(index, signs) {
    return { 1: "excitatory", "-1": "inhibitory", 0: "output" }[signs[index]];
  }

  return { layer, neuron, kind, pixelOf };
}
