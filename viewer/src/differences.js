// How two networks differ, in words and numbers. Each is the payload of one, with a name.
import { percent, quantity, whole } from "./dom.js";
import { layerSize } from "./maps.js";
import { argmax } from "./network.js";
import { regresses } from "./regression.js";

// Whether what the one is shown can be shown to the other.
export function sameInputs(a, b) {
  const shape = ({ height, width, channels = 1, spiking, spec }) =>
    [height, width, channels, spec.coding === "events" ? spiking?.time_steps : 1].join();
  return shape(a) === shape(b);
}

const same = (a, b) => a.length === b.length && a.every((value, i) => value === b[i]);

// Whether both pages hold the same test samples, in the same order.
export function sameSamples(a, b) {
  if (!sameInputs(a, b) || a.samples === null || b.samples === null || regresses(a) || regresses(b)) return false;
  if (a.samples.images === undefined || b.samples.images === undefined) return false;
  return (
    same(a.classes, b.classes) && same(a.samples.labels, b.samples.labels) && same(a.samples.images, b.samples.images)
  );
}

// "3.2 times", "1.5 %": how much more the larger of two is.
function ratio(larger, smaller) {
  const by = larger / smaller;
  return by < 2 ? `${percent(by - 1, by < 1.1 ? 1 : 0)} more` : `${by.toFixed(by < 10 ? 1 : 0)} times as many`;
}

function ofCounts(key, what, [a, b]) {
  if (a[key] === b[key]) return `Both have ${whole(a[key])} ${what}.`;
  const [more, less] = a[key] > b[key] ? [a, b] : [b, a];
  if (less[key] === 0) return `${more.name} has ${whole(more[key])} ${what}, ${less.name} none.`;
  return `${more.name} has ${ratio(more[key], less[key])} ${what}: ${whole(more[key])} against ${whole(less[key])}.`;
}

function ofScores([a, b]) {
  if (regresses(a) !== regresses(b))
    return "One of them predicts classes, the other numbers, so they have no measure in common.";
  const scores = [a, b].map((one) => (regresses(a) ? (one.test?.r2 ?? null) : one.test_accuracy));
  if (scores.includes(null)) return "How well they do was not measured of both, for want of test data.";
  const show = (score) => (regresses(a) ? `R\u00b2 ${score.toFixed(3)}` : percent(score, 2));
  if (a.dataset !== b.dataset)
    return `They were measured on different data: ${a.name} has ${show(scores[0])} on ${a.dataset}, ${b.name} ${show(scores[1])} on ${b.dataset}.`;
  if (show(scores[0]) === show(scores[1])) return `Both have ${show(scores[0])} on the test part.`;
  const first = scores[0] > scores[1];
  const [better, high, low] = first ? [a, scores[0], scores[1]] : [b, scores[1], scores[0]];
  if (regresses(a))
    return `${better.name} is closer to the targets: ${show(high)} against ${show(low)} on the test part.`;
  return `${better.name} reads more of the test part right: ${show(high)} against ${show(low)}, ${(100 * (high - low)).toFixed(2)} percentage points.`;
}

// Of the samples that both pages hold: [{sample, seen: [class, class], label}] which they answer differently; null where
// they hold other ones.
export function disagreements([a, b]) {
  if (!sameSamples(a, b)) return null;
  const many = a.classes.length;
  const answers = [a, b].map(({ samples }) =>
    samples.labels.map((_, i) => argmax(samples.logits.subarray(i * many, (i + 1) * many))),
  );
  return a.samples.labels
    .map((label, sample) => ({ sample, label, seen: answers.map((answer) => answer[sample]) }))
    .filter(({ seen }) => seen[0] !== seen[1]);
}

function ofSamples(entries) {
  const differ = disagreements(entries);
  if (differ === null) return null;
  const [a, b] = entries;
  const count = a.samples.labels.length;
  if (differ.length === 0) return `Of ${count} test samples they answer all alike.`;
  const [onlyA, onlyB] = [0, 1].map((k) => differ.filter(({ seen, label }) => seen[k] === label).length);
  const right = [
    [a, onlyA],
    [b, onlyB],
  ].filter(([, only]) => only > 0);
  const who = right.map(([{ name }, only], k) => `${name} alone${k === 0 ? " is right" : ""} on ${only}`).join(", ");
  return `Of ${count} test samples they answer ${differ.length} differently: ${who || "neither is right on them"}.`;
}

// A few sentences.
export function inWords(entries) {
  return [
    ofScores(entries),
    ofCounts("parameters", "parameters", entries),
    ofCounts("connections_kept", "connections", entries),
    ofSamples(entries),
  ].filter((text) => text !== null);
}

// Rows of a table: [name, of the first, of the second], where they differ or it says what they are.
export function inNumbers(entries) {
  const row = (name, of) => [name, ...entries.map(of)];
  const scores = ({ test, test_accuracy: accuracy }) =>
    test
      ? `R\u00b2 ${test.r2.toFixed(3)}, RMSE ${quantity(test.rmse)}`
      : accuracy === null
        ? "\u2013"
        : percent(accuracy, 2);
  const rows = [
    row("Layers", ({ layers }) => layers.map(layerSize).join(" \u2013 ")),
    row("Parameters", ({ parameters }) => whole(parameters)),
    row("Connections", ({ connections_kept: kept }) => whole(kept)),
    row("Data", ({ dataset }) => dataset || "\u2013"),
    row("Test part", scores),
    row("Epochs", ({ metrics }) => (metrics.length > 0 ? whole(metrics.at(-1).epoch) : "\u2013")),
  ];
  const names = [...new Set(entries.flatMap(({ spec }) => Object.keys(spec)))];
  const told = new Set(["height", "width", "classes", "hidden"]);
  for (const name of names) {
    const [, first, second] = row(name, ({ spec }) => spec[name] ?? "\u2013");
    if (first !== second && !told.has(name)) rows.push([name, first, second]);
  }
  return rows;
}
