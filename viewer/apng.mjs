// Animated PNG from pictures of red, green, blue and alpha: one palette for all, and of each picture only what changed.
import { deflateSync } from "node:zlib";

// Colours of the palette; one entry more stands for "as it was".
const COLOURS = 160;
// Changes of a pixel that nobody sees, as the sum over red, green and blue.
const UNSEEN = 14;

const CRC = Uint32Array.from({ length: 256 }, (_, n) => {
  for (let k = 0; k < 8; k++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
  return n >>> 0;
});

function chunk(name, ...parts) {
  const body = Buffer.concat([Buffer.from(name, "latin1"), ...parts]);
  let crc = 0xffffffff;
  for (const byte of body) crc = CRC[(crc ^ byte) & 255] ^ (crc >>> 8);
  return Buffer.concat([u32(body.length - 4), body, u32(~crc >>> 0)]);
}

function u32(value) {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function u16(value) {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}

const keyOf = (pixels, at) => ((pixels[at] >> 3) << 10) | ((pixels[at + 1] >> 3) << 5) | (pixels[at + 2] >> 3);
const part = (key, which) => (key >> (10 - 5 * which)) & 31;

// Median cut: the box of colours that has most of them, along its longest side, until there are enough. Returns
// {palette [[r, g, b]], indexOf (of each of 32,768 colours)}.
function makePalette(frames) {
  const counts = new Float64Array(32768),
    sums = new Float64Array(3 * 32768);
  for (const pixels of frames)
    for (let at = 0; at < pixels.length; at += 4) {
      const key = keyOf(pixels, at);
      counts[key]++;
      for (let which = 0; which < 3; which++) sums[3 * key + which] += pixels[at + which];
    }
  const keys = [...counts.keys()].filter((key) => counts[key] > 0);
  const boxes = [boxOf(keys)];
  while (boxes.length < COLOURS) {
    boxes.sort((a, b) => b.worth - a.worth);
    const { keys: widest, side } = boxes[0];
    if (widest.length < 2) break;
    widest.sort((a, b) => part(a, side) - part(b, side));
    const half = widest.reduce((sum, key) => sum + weight(counts[key]), 0) / 2;
    let cut = 0;
    for (let sum = 0; sum < half && cut < widest.length - 1; cut++) sum += weight(counts[widest[cut]]);
    boxes.splice(0, 1, boxOf(widest.slice(0, cut)), boxOf(widest.slice(cut)));
  }
  const indexOf = new Uint8Array(32768);
  const palette = boxes.map(({ keys }, index) => {
    const sum = keys.reduce((all, key) => all + counts[key], 0);
    for (const key of keys) indexOf[key] = index;
    return [0, 1, 2].map((which) => Math.round(keys.reduce((all, key) => all + sums[3 * key + which], 0) / sum));
  });
  return { palette, indexOf };

  // so that a colour that is everywhere does not leave the others without an entry
  function weight(count) {
    return Math.sqrt(count);
  }

  function boxOf(keys) {
    const spans = [0, 1, 2].map((which) => {
      const values = keys.map((key) => part(key, which));
      return Math.max(...values) - Math.min(...values);
    });
    const side = spans.indexOf(Math.max(...spans));
    return { keys, side, worth: spans[side] * keys.reduce((sum, key) => sum + weight(counts[key]), 0) };
  }
}

// What changed since the picture before: {left, top, width, height, data} in entries of the palette.
function changesOf(shown, pixels, indexOf, width, height) {
  const entries = new Uint8Array(width * height).fill(COLOURS);
  let [left, top, right, bottom] = [width, height, 0, 0];
  for (let i = 0, at = 0; i < entries.length; i++, at += 4) {
    const off = [0, 1, 2].reduce((sum, which) => sum + Math.abs(shown[at + which] - pixels[at + which]), 0);
    if (off <= UNSEEN) continue;
    for (let which = 0; which < 3; which++) shown[at + which] = pixels[at + which];
    entries[i] = indexOf[keyOf(pixels, at)];
    const [x, y] = [i % width, Math.floor(i / width)];
    [left, top, right, bottom] = [Math.min(left, x), Math.min(top, y), Math.max(right, x + 1), Math.max(bottom, y + 1)];
  }
  if (right === 0) [left, top, right, bottom] = [0, 0, 1, 1];
  const rows = [];
  for (let y = top; y < bottom; y++) rows.push(entries.subarray(y * width + left, y * width + right));
  return { left, top, width: right - left, height: bottom - top, rows };
}

const compressed = (rows) => deflateSync(Buffer.concat(rows.flatMap((row) => [Buffer.of(0), row])), { level: 9 });

// frames: pixels [height, width, 4] and how long each is shown, in ms: [{pixels, ms}]; loops for ever. A program that
// shows PNG but no animation shows the last.
export function animatedPng(frames, width, height) {
  const { palette, indexOf } = makePalette(frames.map(({ pixels }) => pixels));
  const out = [Buffer.from("\x89PNG\r\n\x1a\n", "latin1")];
  out.push(chunk("IHDR", u32(width), u32(height), Buffer.of(8, 3, 0, 0, 0)));
  out.push(chunk("acTL", u32(frames.length), u32(0)));
  out.push(chunk("PLTE", Buffer.from([...palette, [0, 0, 0]].flat())));
  out.push(chunk("tRNS", Buffer.from([...palette.map(() => 255), 0])));
  const none = () => new Int16Array(width * height * 4).fill(-1000);
  out.push(chunk("IDAT", compressed(changesOf(none(), frames.at(-1).pixels, indexOf, width, height).rows)));
  let number = 0;
  const shown = none();
  for (const { pixels, ms } of frames) {
    const change = changesOf(shown, pixels, indexOf, width, height);
    const where = [change.width, change.height, change.left, change.top].map(u32);
    out.push(chunk("fcTL", u32(number++), ...where, u16(ms), u16(1000), Buffer.of(0, 1)));
    out.push(chunk("fdAT", u32(number++), compressed(change.rows)));
  }
  out.push(chunk("IEND"));
  return Buffer.concat(out);
}
