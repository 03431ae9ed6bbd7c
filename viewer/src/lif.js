// Leaky integrate-and-fire neurons over T time steps, as docs/spiking.md states them:
//
//     U[t] = beta U[t-1] + I[t] - theta S[t-1]          reset subtract
//     U[t] = beta (1 - S[t-1]) U[t-1] + I[t]            reset zero
//     U[t] = beta U[t-1] + I[t]                         reset none
//     S[t] = U[t] > theta
//
// Membranes are rounded to float32 in each step, as the library's are: a spike hangs on which side of the threshold a
// membrane is.
import { addProduct } from "./network.js";

const f32 = Math.fround;

// One layer, one step. u, s: membranes and spikes of the step before, overwritten; theta null: an integrator, never fires.
export function lifStep(u, s, current, beta, theta, reset) {
  for (let j = 0; j < u.length; j++) {
    const before = reset === "zero" && s[j] ? 0 : u[j];
    const back = reset === "subtract" && s[j] ? theta[j] : 0;
    u[j] = f32(f32(beta[j] * before + current[j]) - back);
    s[j] = theta !== null && u[j] > theta[j] ? 1 : 0;
  }
}

// A small generator of its own, so that Poisson spikes of one picture are the same each time it is shown.
function uniform(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let x = Math.imul(state ^ (state >>> 15), 1 | state);
    x = (x + Math.imul(x ^ (x >>> 7), 61 | x)) ^ x;
    return ((x ^ (x >>> 14)) >>> 0) / 4294967296;
  };
}

// What enters in each step: T arrays of n numbers.
export function code(x, coding, steps) {
  if (coding === "constant") return Array(steps).fill(x);
  const entered = Array.from({ length: steps }, () => new Float32Array(x.length));
  if (coding === "latency")
    x.forEach((value, i) => {
      if (value > 0) entered[Math.floor((1 - Math.min(1, value)) * (steps - 1) + 0.5)][i] = 1;
    });
  else {
    const draw = uniform(1);
    for (const now of entered) x.forEach((value, i) => (now[i] = draw() < value ? 1 : 0));
  }
  return entered;
}

function readOut(outputs, readout, scale) {
  const steps = outputs.length;
  return Float32Array.from(outputs[0], (_, j) => {
    const trace = outputs.map((now) => now[j]);
    const sum = trace.reduce((a, b) => a + b, 0);
    const value = {
      count: sum,
      "membrane-mean": sum / steps,
      "membrane-max": Math.max(...trace),
      "membrane-last": trace[steps - 1],
    };
    return scale * value[readout];
  });
}

// What enters a pair -> its currents in each step. The same input in every step is multiplied once.
function currents(entering, { m, live }, bias) {
  const currentOf = (now) => {
    const sum = Float64Array.from(bias);
    addProduct(sum, now, live, m);
    return Float32Array.from(sum);
  };
  return entering[0] === entering.at(-1)
    ? Array(entering.length).fill(currentOf(entering[0]))
    : entering.map(currentOf);
}

// {layers: share of steps in which each neuron spiked (of integrators: the logits), logits,
//  spiking: {steps, spikes: [layer][t], membranes: [layer][t] (null for the input), fires: [layer]}}
export function runSpiking(network, x) {
  const { time_steps: steps, coding, readout, reset } = network.payload.spiking;
  const entered = code(x, coding, steps);
  const spikes = [entered],
    membranes = [null],
    fires = [coding !== "constant"];
  network.pairs.forEach((pair, l) => {
    const { bias, beta, threshold } = network.parts[l];
    const theta = l < network.pairs.length - 1 || readout === "count" ? threshold : null;
    const u = new Float32Array(pair.m),
      s = new Uint8Array(pair.m);
    const layerSpikes = [],
      layerMembranes = [];
    for (const current of currents(spikes[l], pair, bias)) {
      lifStep(u, s, current, beta, theta, reset);
      layerSpikes.push(Float32Array.from(s));
      layerMembranes.push(Float32Array.from(u));
    }
    spikes.push(layerSpikes);
    membranes.push(layerMembranes);
    fires.push(theta !== null);
  });
  const logits = readOut(readout === "count" ? spikes.at(-1) : membranes.at(-1), readout, network.payload.logit_scale);
  const layers = spikes.map((layer, l) => (l === 0 ? x : fires[l] ? rate(layer) : logits));
  return { layers, logits, spiking: { steps, spikes, membranes, fires } };
}

function rate(spikes) {
  return Float32Array.from(spikes[0], (_, j) => spikes.reduce((sum, now) => sum + now[j], 0) / spikes.length);
}
