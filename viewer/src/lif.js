// Leaky integrate-and-fire neurons over T time steps, as docs/spiking.md states them:
//
//     A[t] = rho A[t-1] + a U[t-1] + b S[t-1]                  neurons that adapt, else 0
//     U[t] = beta U[t-1] + I[t] - A[t] - theta S[t-1]          reset subtract
//     U[t] = beta (1 - S[t-1]) U[t-1] + I[t] - A[t]            reset zero
//     U[t] = beta U[t-1] + I[t] - A[t]                         reset none
//     S[t] = U[t] > theta
//
// Membranes are rounded to float32 in each step, as the library's are: a spike hangs on which side of the threshold a
// membrane is.
import { code } from "./coding.js";
import { isDelayed, Taps } from "./delay.js";
import { sharedBy } from "./maps.js";
import { readOut } from "./readout.js";

const f32 = Math.fround;

// One layer, one step. u, s, adapted: membranes, spikes and adaptations of the step before, overwritten; theta null: an
// integrator, never fires; adaptation: {rho, a, b}, or null, and so is adapted then.
export function lifStep(u, s, current, beta, theta, reset, adaptation = null, adapted = null) {
  for (let j = 0; j < u.length; j++) {
    if (adaptation !== null)
      adapted[j] =
        sharedBy(adaptation.rho, j) * adapted[j] + sharedBy(adaptation.a, j) * u[j] + sharedBy(adaptation.b, j) * s[j];
    const before = reset === "zero" && s[j] ? 0 : u[j];
    const back = reset === "subtract" && s[j] ? sharedBy(theta, j) : 0;
    let now = f32(sharedBy(beta, j) * before + current[j]);
    if (adaptation !== null) now = f32(now - adapted[j]);
    u[j] = f32(now - back);
    s[j] = theta !== null && u[j] > sharedBy(theta, j) ? 1 : 0;
  }
}

// What enters pair l -> its currents [T, m], at once. The same input in every step is multiplied once.
function currentsAtOnce(network, l, entering) {
  const m = network.sizes[l + 1];
  const currents = new Float64Array(entering.length * m);
  entering.forEach((now, t) => {
    const same = t > 0 && now === entering[t - 1];
    currents.set(same ? currents.subarray((t - 1) * m, t * m) : network.currents(l, now), t * m);
  });
  return currents;
}

// Likewise where spikes travel. A constant input acts in every step from the one in which it first arrives.
function currentsLater(entering, pair, part) {
  const { m } = pair;
  const taps = Taps.of(part, pair);
  const currents = new Float64Array(entering.length * m);
  if (entering[0] === entering.at(-1)) {
    taps.send(currents, 0, entering[0]);
    for (let k = m; k < currents.length; k++) currents[k] += currents[k - m];
  } else entering.forEach((now, t) => taps.send(currents, t, now));
  for (let k = 0; k < currents.length; k++) currents[k] += part.bias[k % m];
  return currents;
}

// The neurons of a layer through all steps: {spikes, membranes}, [T][m] each. loop: the taps of what they send
// themselves, which is added to currents; or null.
function runLayer(m, currents, part, theta, reset, loop) {
  const u = new Float32Array(m),
    s = new Uint8Array(m);
  const { adaptation_decay: rho, adaptation_membrane: a, adaptation_spike: b } = part;
  const adaptation = rho === undefined ? null : { rho, a, b },
    adapted = rho === undefined ? null : new Float32Array(m);
  const spikes = [],
    membranes = [];
  for (let t = 0; t * m < currents.length; t++) {
    lifStep(
      u,
      s,
      Float32Array.from(currents.subarray(t * m, (t + 1) * m)),
      part.beta,
      theta,
      reset,
      adaptation,
      adapted,
    );
    spikes.push(Float32Array.from(s));
    membranes.push(Float32Array.from(u));
    loop?.send(currents, t, s);
  }
  return { spikes, membranes };
}

// {layers: share of steps in which each neuron spiked (of integrators: the logits), logits,
//  spiking: {steps, spikes: [layer][t], membranes: [layer][t] (null for the input), fires: [layer]}}
export function runSpiking(network, x) {
  const { spiking, logit_scale: scale } = network.payload;
  const { time_steps: steps, coding, readout, reset } = spiking;
  const spikes = [code(x, spiking)],
    membranes = [null],
    fires = [coding !== "constant"];
  network.pairs.forEach((pair, l) => {
    const part = network.parts[l];
    const theta = l < network.pairs.length - 1 || readout === "count" ? part.threshold : null;
    const currents = isDelayed(part) ? currentsLater(spikes[l], pair, part) : currentsAtOnce(network, l, spikes[l]);
    const loop = network.loopOf(l + 1);
    const ran = runLayer(
      network.sizes[l + 1],
      currents,
      part,
      theta,
      reset,
      loop === null ? null : Taps.of(loop.part, loop.pair),
    );
    spikes.push(ran.spikes);
    membranes.push(ran.membranes);
    fires.push(theta !== null);
  });
  const logits = readOut(readout === "count" ? spikes.at(-1) : membranes.at(-1), readout, scale);
  const ofInput = coding === "events" ? rate(spikes[0]) : x;
  const layers = spikes.map((layer, l) => (l === 0 ? ofInput : fires[l] ? rate(layer) : logits));
  // a square may be won by another place in each step
  return { layers, logits, spiking: { steps, spikes, membranes, fires }, winners: null };
}

function rate(spikes) {
  return Float32Array.from(spikes[0], (_, j) => spikes.reduce((sum, now) => sum + now[j], 0) / spikes.length);
}
