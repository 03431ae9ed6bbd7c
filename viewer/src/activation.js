// What a hidden neuron that does not spike makes of its sum. Pages of 0.1 name no activation; theirs is relu.

// erf to the last digits of a double: a series without a minus in it, 2/sqrt(pi) exp(-x^2) sum 2^n x^(2n+1) / (2n+1)!!
export function erf(x) {
  const size = Math.abs(x);
  if (size > 6) return Math.sign(x);
  let term = size,
    sum = size;
  for (let n = 1; term > 1e-17 * sum; n++) sum += term *= (2 * size * size) / (2 * n + 1);
  return ((Math.sign(x) * 2) / Math.sqrt(Math.PI)) * Math.exp(-size * size) * sum;
}

const ACTIVATIONS = {
  relu: (u) => Math.max(0, u),
  "leaky-relu": (u) => (u < 0 ? 0.01 * u : u),
  tanh: Math.tanh,
  gelu: (u) => (u * (1 + erf(u / Math.SQRT2))) / 2,
  sine: Math.sin,
};

// Whether a hidden neuron can be below 0.
export const goesBelowZero = ({ activation = "relu" }) => activation !== "relu";

export function activationOf({ activation = "relu" }) {
  const known = ACTIVATIONS[activation];
  if (known === undefined)
    throw new Error(`This page's network has the activation ${activation}, which the page does not know.`);
  return known;
}
