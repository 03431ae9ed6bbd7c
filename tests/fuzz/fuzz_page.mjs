// What the page reads: its own payload, and frames of a training that goes on. Whatever they say, they are refused with
// words for a person, or read; and nothing is made as large as a number asks for that nothing bears out.
//     node fuzz_page.mjs --seconds=N --found=DIR    changes what is well-formed, field by field
//     node fuzz_page.mjs --runs=N [FILE...]         the same, so often, after reading the files
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { decodeFrame } from "../../viewer/src/live_wire.js";
import { readPayload } from "../../viewer/src/payload.js";
import { array, noise, pair, payload } from "../viewer/fixture.mjs";

const given = new Map();
const files = [];
for (const word of process.argv.slice(2)) {
  const option = /^--(\w+)=(.*)$/.exec(word);
  if (option) given.set(option[1], option[2]);
  else files.push(word);
}

let state = Number(given.get("seed") ?? Date.now() % 1e9) >>> 0 || 1;
function draw(n) {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 4294967296) * n);
}
const pick = (list) => list[draw(list.length)];

const grid = { rows: 2, columns: 2, maps: 3 };
const SEEDS = [
  payload([4, 3, 2]),
  payload([3, 2], { other: payload([3, 2]) }),
  payload([12, 2], {
    pairs: [
      pair(12, 2, {
        grid,
        axon_position: array("f32", [3, 1, 1], noise(3)),
        axon_charge: array("f32", [3], noise(3, 2)),
      }),
    ],
  }),
  payload([2, 2], {
    frames: { epochs: [0, 3], whole: true, tensors: [{ name: "a", ...array("u16", [2, 2], [0, 9, 9, 0]) }] },
    samples: { images: array("u8", [1, 2], [0, 255]), labels: [1] },
    metrics: [{ epoch: 1, train_loss: 0.5 }],
  }),
].map((seed) => JSON.stringify(seed));
const VALUES = [null, true, 0, -1, 1.5, 1e9, 4294967296, 1e308, "", "f32", "AAAA", "=", "\u202e", [], {}, [null], [[]]];

// Every place of a value that has one: [holder, key]. What bytes decode to is one value, not a million places.
function placesOf(value, out = []) {
  if (value !== null && typeof value === "object" && !ArrayBuffer.isView(value))
    for (const key of Object.keys(value)) {
      out.push([value, key]);
      placesOf(value[key], out);
    }
  return out;
}

function changed(value) {
  for (let turns = 1 + draw(3); turns > 0; turns--) {
    const places = placesOf(value); // anew: what was changed has others
    if (places.length === 0) break;
    const [holder, key] = pick(places),
      [from, other] = pick(places);
    const way = draw(4);
    if (way === 0) delete holder[key];
    else if (way === 1) holder[key] = structuredClone(pick(VALUES)); // which stay what they are
    else if (way === 2) holder[key] = structuredClone(from[other]);
    else if (typeof holder[key] === "string") holder[key] = holder[key].slice(draw(4)) + pick(["", "A", "=", "\0"]);
    else holder[key] = Number(holder[key]) + pick([1, -1, 256, 65536]);
  }
  return value;
}

function changedText() {
  let text = JSON.stringify(changed(JSON.parse(pick(SEEDS))));
  if (draw(8) === 0) {
    const at = draw(text.length);
    text = text.slice(0, at) + pick(["", "{", "null", '"', "1e400"]) + text.slice(at + draw(3));
  }
  return text;
}

const PARTS = [
  ["a", 3],
  ["b", 2],
];
function changedFrame() {
  const steps = pick([0, 2]);
  const bytes = new Uint8Array(20 + (steps === 0 ? 20 : 18));
  const view = new DataView(bytes.buffer);
  [0x49434f4c, 1, 1, 5, steps].forEach((number, i) => view.setUint32(4 * i, number, true));
  for (let turns = draw(4); turns > 0; turns--) bytes[draw(bytes.length)] = draw(256);
  return draw(4) === 0 ? bytes.slice(0, draw(bytes.length + 1)).buffer : bytes.buffer;
}

// A mistake of ours, not of the data: what the language says of itself is not for a person.
const OURS = ["TypeError", "RangeError", "ReferenceError", "InvalidCharacterError", "SyntaxError"];
const MOST_NUMBERS = 1 << 22;

// What is slow by the clock is read once more and timed by the processor, which others may have had meanwhile.
const LONG = 2000;

function told(read, input) {
  try {
    read(input);
  } catch (error) {
    if (!(error instanceof Error) || OURS.includes(error.name) || !error.message) return error;
  }
  return null;
}

function tried(read, input) {
  const begun = performance.now(),
    error = told(read, input);
  if (error !== null || performance.now() - begun < LONG) return error;
  const before = process.cpuUsage();
  told(read, input);
  return process.cpuUsage(before).user / 1000 > LONG ? new Error("it took longer than two seconds") : null;
}

function readText(text) {
  const read = readPayload(text);
  for (const [holder, key] of placesOf(read.pairs ?? []))
    if (ArrayBuffer.isView(holder[key]) && holder[key].length > MOST_NUMBERS) throw new RangeError("far too large");
}
const readFrame = (buffer) => decodeFrame(buffer, PARTS, 1, new Float32Array(5));

function fail(error, input) {
  const folder = given.get("found");
  if (folder !== undefined) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(`${folder}/page-${Date.now()}`, typeof input === "string" ? input : new Uint8Array(input));
  }
  console.log(`${error.stack}\n${typeof input === "string" ? input.slice(0, 2000) : Buffer.from(input).toString("hex")}`);
  process.exitCode = 1;
}

function run() {
  for (const file of files) {
    const text = readFileSync(file, "utf8"),
      error = tried(readText, text);
    if (error) return fail(error, text), 0;
  }
  console.log("#0 INITED");
  const runs = Number(given.get("runs") ?? Infinity),
    end = performance.now() + 1000 * Number(given.get("seconds") ?? Infinity);
  let count = 0;
  for (; count < runs && performance.now() < end; count++) {
    const frame = draw(4) === 0,
      input = frame ? changedFrame() : changedText();
    const error = tried(frame ? readFrame : readText, input);
    if (error) return fail(error, input), count;
  }
  return count;
}

console.log(`number_of_executed_units: ${run()}`);
