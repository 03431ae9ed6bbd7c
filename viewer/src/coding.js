// What enters a spiking net: a picture or row coded over the time steps, or temporal data as they are.

const f32 = Math.fround;

// Whether a sample says what enters in each step.
export const isTemporal = ({ spiking }) => spiking !== null && spiking.coding === "events";

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

// The step of a value's one spike, rounded as the library does; none comes of 0.
function latency(value, last, span) {
  return Math.floor(f32(f32(1 - Math.min(1, value)) * f32(span * last)) + 0.5);
}

// What enters in each step: T arrays of n numbers. x: n numbers, of temporal data T x n.
export function code(x, { coding, time_steps: steps, latency_span: span = 1 }) {
  if (coding === "constant") return Array(steps).fill(x);
  const size = coding === "events" ? x.length / steps : x.length;
  const entered = Array.from({ length: steps }, (_, t) =>
    coding === "events" ? x.subarray(t * size, (t + 1) * size) : new Float32Array(size),
  );
  if (coding === "latency")
    x.forEach((value, i) => {
      if (value > 0) entered[latency(value, steps - 1, span)][i] = 1;
    });
  else if (coding === "poisson") {
    const draw = uniform(1);
    for (const now of entered) x.forEach((value, i) => (now[i] = draw() < value ? 1 : 0));
  }
  return entered;
}
