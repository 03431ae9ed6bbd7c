// From what the outputs of a spiking net did in each step to its logits.
import { softmax } from "./network.js";

// outputs: [T][m], spikes where these are counted, else membranes.
export function readOut(outputs, readout, scale) {
  const seen = readout === "softmax-sum" ? outputs.map(softmax) : outputs;
  return Float32Array.from(outputs[0], (_, j) => {
    const trace = seen.map((now) => now[j]);
    const sum = trace.reduce((a, b) => a + b, 0);
    const value = {
      count: sum,
      "softmax-sum": sum,
      "membrane-mean": sum / trace.length,
      "membrane-max": Math.max(...trace),
      "membrane-last": trace.at(-1),
    };
    return scale * value[readout];
  });
}
