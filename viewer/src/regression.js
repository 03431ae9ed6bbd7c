// What a regressor makes of a sample: numbers in units of the data, which it learnt as deviations from their mean.

export const regresses = (payload) => payload.task === "regress";

// Output k of the network, as it learnt it -> in units of the data.
export const toUnits = ({ units }, value, k) => (units ? units.mean[k] + units.deviation[k] * value : value);

// The other way: by how many standard deviations a number lies above the mean.
export const fromUnits = ({ units }, value, k) => (units ? (value - units.mean[k]) / units.deviation[k] : value);

// Of each output the root of the mean square error, in units, and which samples are missed. values, targets:
// [samples][outputs].
export function errorsOf(payload, values, targets) {
  const rmse = payload.classes.map((_, k) =>
    Math.sqrt(values.reduce((sum, row, i) => sum + (row[k] - targets[i][k]) ** 2, 0) / Math.max(1, values.length)),
  );
  // a sample is missed where it is off by more than a standard deviation
  const missed = values.map((row, i) =>
    row.some((value, k) => Math.abs(fromUnits(payload, value, k) - fromUnits(payload, targets[i][k], k)) > 1),
  );
  return { rmse, missed };
}
