// A folder of small pictures in colour: discs, squares and crosses in red, green and blue on a dark ground.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { deflateSync } from "node:zlib";

const COLOURS = {
  red: [220, 45, 40],
  green: [45, 190, 70],
  blue: [60, 90, 235],
};
const SHAPES = {
  disc: (x, y, r) => Math.hypot(x, y) < r,
  square: (x, y, r) => Math.max(Math.abs(x), Math.abs(y)) < 0.85 * r,
  cross: (x, y, r) =>
    Math.min(Math.abs(x), Math.abs(y)) < 0.34 * r &&
    Math.max(Math.abs(x), Math.abs(y)) < 1.1 * r,
};

// Numbers from 0 to 1 that look random and are always the same.
function uniform(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let x = Math.imul(state ^ (state >>> 15), 1 | state);
    x = (x + Math.imul(x ^ (x >>> 7), 61 | x)) ^ x;
    return ((x ^ (x >>> 14)) >>> 0) / 4294967296;
  };
}

export function crc32(bytes) {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let k = 0; k < 8; k++)
      crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return ~crc >>> 0;
}

// pixels [side, side, 3] -> the bytes of a PNG.
function png(pixels, side) {
  const chunk = (kind, data) => {
    const body = Buffer.concat([Buffer.from(kind), data]),
      ends = Buffer.alloc(8);
    ends.writeUInt32BE(data.length, 0);
    ends.writeUInt32BE(crc32(body), 4);
    return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const rows = Array.from({ length: side }, (_, y) =>
    Buffer.from([0, ...pixels.subarray(3 * side * y, 3 * side * (y + 1))]),
  );
  return Buffer.concat([
    Buffer.from("\x89PNG\r\n\x1a\n", "latin1"),
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(Buffer.concat(rows))),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function draw(next, inside, colour, side) {
  const r = side * (0.22 + 0.1 * next());
  const [x0, y0] = [next(), next()].map((at) => r + at * (side - 2 * r));
  const ground = Array.from({ length: 3 }, () => 50 * next());
  return Uint8Array.from({ length: 3 * side * side }, (_, i) => {
    const pixel = Math.floor(i / 3),
      part = i % 3;
    const [x, y] = [(pixel % side) + 0.5, Math.floor(pixel / side) + 0.5];
    const level = inside(x - x0, y - y0, r) ? colour[part] : ground[part];
    return Math.max(0, Math.min(255, level + 24 * (next() - 0.5)));
  });
}

// folder/train and folder/test, each with a sub-folder a class: "red disc" and so on.
export function drawShapes(folder, { train, test, side = 16 }) {
  const next = uniform(1);
  for (const [part, count] of Object.entries({ train, test }))
    for (const [name, inside] of Object.entries(SHAPES))
      for (const [shade, colour] of Object.entries(COLOURS)) {
        const to = join(folder, part, `${shade} ${name}`);
        mkdirSync(to, { recursive: true });
        for (let i = 0; i < count; i++)
          writeFileSync(
            join(to, `${String(i).padStart(4, "0")}.png`),
            png(draw(next, inside, colour, side), side),
          );
      }
}
