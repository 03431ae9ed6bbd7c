// What neurons and layers are called.

export function namer(payload, network) {
  const last = network.sizes.length - 1;
  const isPicture = payload.height > 1;
  const pixelOf = (i) => (payload.inputs === null ? i : payload.inputs[i]);

  function layer(l) {
    if (l === 0) return "Input";
    if (l === last) return "Output";
    return last === 2 ? "Hidden" : `Hidden ${l}`;
  }

  // brief: for lists.
  function neuron(index, brief = false) {
    const l = network.layerOf(index),
      i = index - network.offsets[l];
    if (l === 0) {
      const pixel = pixelOf(i);
      const row = Math.floor(pixel / payload.width) + 1,
        column = (pixel % payload.width) + 1;
      if (!isPicture) return payload.columns?.[pixel] || `Input ${pixel + 1}`;
      return brief ? `Pixel ${row}, ${column}` : `Pixel row ${row}, column ${column}`;
    }
    if (l === last) return `Output ${payload.classes[i]}`;
    return brief ? `${layer(l)} \u00b7 ${i + 1}` : `${layer(l)}, neuron ${i + 1}`;
  }

  function kind(index, signs) {
    return { 1: "excitatory", "-1": "inhibitory", 0: "output" }[signs[index]];
  }

  return { layer, neuron, kind, pixelOf };
}
