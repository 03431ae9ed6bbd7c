// Whether two computations of one row of logits say the same class. Classes can be tied, as those of a readout that
// counts spikes often are, and last digits then choose: what `a` is largest in must only be within rounding of the
// largest of `b`.
export function sameClass(a, b) {
  const first = (row) => row.indexOf(Math.max(...row));
  const rounding = 1e-5 * Math.max(...b.map(Math.abs));
  return b[first(a)] >= Math.max(...b) - rounding;
}
