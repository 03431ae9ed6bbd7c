// Runs exported networks in onnxruntime-web and compares with what the library makes of the same inputs:
//   node run.mjs EXCHANGE-DUMP
// The exit status is 77 where the packages of this folder (npm ci) are missing.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { sameClass } from "../same_class.mjs";

let ort;
try {
  ort = await import("onnxruntime-web");
} catch {
  console.error("skipped: no onnxruntime-web; run npm ci in tests/onnx");
  process.exit(77);
}
ort.env.wasm.numThreads = 1;

const folder = mkdtempSync(join(tmpdir(), "loci-onnx-"));
process.on("exit", () => rmSync(folder, { recursive: true }));
// built for another processor it is run through what emulates that one
const [program, ...words] = [...(process.env.MESON_EXE_WRAPPER ?? "").split(" "), process.argv[2], "onnx", folder].filter(
  (word) => word !== "",
);
const dump = spawnSync(program, words, {
  stdio: ["ignore", "ignore", "inherit"],
});
assert.equal(dump.status, 0, "exchange_dump failed");

const read = (name) => {
  const bytes = readFileSync(join(folder, name));
  return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
};

const largest = (values) =>
  values.reduce((a, b) => Math.max(a, Math.abs(b)), 0);

// How far a is from b, in units of what is allowed: 1e-4 of the number, or of a hundredth of the largest. Float32 sums
// of hundreds of terms that nearly cancel, taken in another order, differ by some 1e-7 of the terms.
function distance(a, b) {
  assert.equal(a.length, b.length);
  const floor = 1e-2 * largest(b);
  return a.reduce(
    (worst, value, i) =>
      Math.max(
        worst,
        Math.abs(value - b[i]) / (1e-4 * Math.max(Math.abs(b[i]), floor)),
      ),
    0,
  );
}

function sameClasses(a, b, classes) {
  let same = 0;
  for (let i = 0; i < a.length; i += classes)
    same += sameClass(a.subarray(i, i + classes), b.subarray(i, i + classes));
  return (same * classes) / a.length;
}

// Spikes of a neuron over all steps, from spikes in each: [count, T, m] to [count, m].
function total(spikes, steps, m) {
  const sums = new Float32Array(spikes.length / steps);
  spikes.forEach((spike, i) => {
    sums[Math.floor(i / (steps * m)) * m + (i % m)] += spike;
  });
  return sums;
}

// Of one sample.
function numbers(net) {
  return (
    net.height * net.width * net.channels * (net.events ? net.steps : 1)
  );
}

async function infer(session, net, inputs) {
  let shape = net.height > 1 ? [net.height, net.width] : [net.width];
  if (net.channels > 1) shape = [net.height, net.width, net.channels];
  if (net.events) shape = [net.steps, net.height * net.width * net.channels];
  const tensor = new ort.Tensor("float32", inputs, [
    inputs.length / numbers(net),
    ...shape,
  ]);
  return session.run({ [net.events ? "events" : "image"]: tensor });
}

// Of a net in 8 bits: the twin in the library makes the same whole numbers, but where one lies so near to the middle
// between two bytes that a rounding of a float decides. That moves a logit by a part of what one byte does.
function checkEight(net, logits, wanted, agreement) {
  const rows = wanted.length / net.classes;
  let moved = 0;
  let furthest = 0;
  for (let i = 0; i < rows; i++) {
    const row = [i * net.classes, (i + 1) * net.classes];
    const off = distance(logits.subarray(...row), wanted.subarray(...row));
    furthest = Math.max(furthest, off);
    moved += off > 1;
  }
  console.log(
    `${net.name}: ${rows} inputs, ${moved} moved by a rounding, ${(100 * agreement).toFixed(1)}% same class`,
  );
  assert.ok(largest(wanted) > 0, `${net.name}: nothing comes out`);
  assert.ok(moved <= 0.05 * rows, `${net.name}: ${moved} rows differ`);
  assert.ok(furthest <= 300, `${net.name}: off by ${furthest} times 1e-4`);
  assert.ok(agreement >= 0.995, `${net.name}: classes differ`);
}

async function check(net) {
  const session = await ort.InferenceSession.create(
    join(folder, `${net.name}.onnx`),
  );
  const inputs = read(`${net.name}.inputs`);
  const wanted = read(`${net.name}.logits`);
  const outputs = await infer(session, net, inputs);
  const output = net.regress ? "values" : "logits";
  const logits = outputs[output].data;
  assert.deepEqual(outputs[output].dims, [net.count, net.classes], net.name);
  // a batch of one is like any other
  const first = await infer(session, net, inputs.slice(0, numbers(net)));
  assert.deepEqual(first[output].dims, [1, net.classes], net.name);

  const off = distance(logits, wanted);
  const agreement = net.regress
    ? 1
    : sameClasses(logits, wanted, net.classes);
  if (net.eight) {
    checkEight(net, logits, wanted, agreement);
    await session.release();
    return;
  }
  let spikes = 0;
  let fired = 0;
  net.layers.forEach((m, l) => {
    const own = outputs[`layer${l + 1}.spikes`].data;
    const theirs = total(read(`${net.name}.spikes${l + 1}`), net.steps, m);
    assert.equal(own.length, theirs.length, net.name);
    spikes += own.filter((value, i) => value !== theirs[i]).length;
    fired += largest(theirs);
  });
  console.log(
    `${net.name}: ${net.count} inputs, ${off.toExponential(1)} of the tolerance, ` +
      `${(100 * agreement).toFixed(1)}% same class` +
      (net.layers.length > 0 ? `, ${spikes} spike counts differ` : ""),
  );
  assert.ok(largest(wanted) > 0, `${net.name}: nothing comes out`);
  if (net.layers.length > 0) assert.ok(fired > 0, `${net.name}: nothing fires`);
  // one rounding can make a spike, unless every sum is exact, or no membrane is near its threshold
  if (!net.spiking || net.exact || net.clear) {
    assert.ok(off <= 1, `${net.name}: off by ${off} times the tolerance`);
    assert.equal(spikes, 0, net.name);
  }
  assert.ok(
    agreement >= (net.exact || net.clear ? 1 : 0.995),
    `${net.name}: classes differ`,
  );
  await session.release();
}

const nets = JSON.parse(readFileSync(join(folder, "cases.json"), "utf8"));
assert.ok(nets.length > 120);
assert.ok(nets.filter((net) => net.eight).length > 35);
assert.ok(nets.filter((net) => net.name.startsWith("maps")).length > 10);
assert.ok(nets.filter((net) => net.clear && /^(late|adapting)/.test(net.name)).length > 5);
for (const net of nets) await check(net);
