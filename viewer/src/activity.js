// What lights up: the activity of every neuron as 0..1, for drawing.
import { isTemporal } from "./coding.js";
import { sharedBy } from "./maps.js";
import { softmax } from "./network.js";
import { fromUnits, regresses } from "./regression.js";

// What is below 0 says as much as what is above.
const scaled = (values, most) =>
  Float32Array.from(values, (value) => (most > 0 ? Math.min(1, Math.abs(value) / most) : 0));
const most = (values) => values.reduce((a, b) => Math.max(a, Math.abs(b)), 0);

// A layer over the whole inference: the input as it is, events beside the busiest channel, hidden neurons beside the most
// active one, outputs by their share, or by how far from the mean what they predict is: two standard deviations are all.
function overall(result, layer, payload) {
  const last = layer === result.layers.length - 1;
  if (last && regresses(payload))
    return scaled(
      result.logits.map((value, k) => fromUnits(payload, value, k)),
      2,
    );
  if (last) return Float32Array.from(softmax(result.logits));
  const asItIs = layer === 0 && !isTemporal(payload);
  return scaled(result.layers[layer], asItIs ? 1 : most(result.layers[layer]));
}

// A layer of a spiking net in one step: a spike is 1, a membrane below its threshold at most 1/2.
function inStep(result, layer, step, thresholds) {
  const { spikes, membranes, fires } = result.spiking;
  if (layer === 0) return scaled(spikes[0][step], 1);
  const now = membranes[layer][step];
  if (fires[layer])
    return Float32Array.from(now, (u, j) =>
      spikes[layer][step][j] ? 1 : 0.5 * Math.max(0, Math.min(1, u / sharedBy(thresholds[layer], j))),
    );
  // integrators: between the lowest and the highest membrane of this step
  const low = Math.min(...now),
    high = Math.max(...now);
  return Float32Array.from(now, (u) => (high > low ? (u - low) / (high - low) : 0));
}

// step: of a spiking net, from 0; null = all of it.
export function activityOf(network, result, step) {
  if (result === null) return null;
  const thresholds = [null, ...network.parts.map((pair) => pair.threshold)];
  const activity = new Float32Array(network.neurons);
  network.sizes.forEach((_, layer) => {
    activity.set(
      result.spiking !== null && step !== null
        ? inStep(result, layer, step, thresholds)
        : overall(result, layer, network.payload),
      network.offsets[layer],
    );
  });
  return activity;
}
