// Frames of a training that goes on (docs/live.md): a key has all numbers as they are, another one 16 bits for each, that
// it moved since the key.
import { Frames } from "./frames.js";

const HEADER = 20;
const MAGIC = 0x49434f4c; // "LOCI", the lowest byte first

// bytes of a frame -> {key, frame, isKey, values}. keyValues: those of the key that it is against; a frame against another
// key than `keyNumber` is none of use: null. parts: [[name, count]] as the page has them.
export function decodeFrame(buffer, parts, keyNumber, keyValues) {
  const view = new DataView(buffer);
  if (buffer.byteLength < HEADER || view.getUint32(0, true) !== MAGIC) throw new Error("that is no frame");
  const [key, frame, count, steps] = [4, 8, 12, 16].map((at) => view.getUint32(at, true));
  const all = parts.reduce((sum, [, size]) => sum + size, 0);
  const size = steps === 0 ? HEADER + 4 * count : HEADER + 4 * steps + 2 * count;
  if (count !== all || (steps !== 0 && steps !== parts.length) || buffer.byteLength !== size)
    throw new Error("a frame of another network");
  if (steps === 0) return { key, frame, isKey: true, values: new Float32Array(buffer, HEADER) };
  if (key !== keyNumber) return null;
  const values = Float32Array.from(keyValues);
  const step = new Float32Array(buffer, HEADER, steps);
  const levels = new Int16Array(buffer, HEADER + 4 * steps);
  for (let p = 0, i = 0; p < steps; p++) for (let n = parts[p][1]; n > 0; n--, i++) values[i] += step[p] * levels[i];
  return { key, frame, isKey: false, values };
}

// The network of a moment that was sent, asked for as the frames of a finished run are.
export class Moment extends Frames {
  constructor(payload, parts) {
    super({ ...payload, frames: null });
    this.places = new Map();
    let at = 0;
    for (const [name, count] of parts) {
      this.places.set(name, [at, at + count]);
      at += count;
    }
  }

  values(name) {
    const place = this.places.get(name);
    return place === undefined ? undefined : this.numbers.subarray(...place);
  }

  // What the payload has of each projection, as these numbers have it.
  partsOf(trained, numbers) {
    this.numbers = numbers;
    return trained.map((part, p) => {
      const now = this.partAt(part, p, null);
      const weight = this.values(`${this.ownerOf(p)}.weight`);
      return weight === undefined ? now : { ...now, weight };
    });
  }
}
