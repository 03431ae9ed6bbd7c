// Temporal data of three classes: on a number of channels events go up, go down, or go up and down again; with some that
// are in no order.
import { noise } from "./fixture.mjs";
import { crc32 } from "./shapes.mjs";

// The channel, 0 to 1, at a time from 0 to 1.
const PATHS = [(t) => t, (t) => 1 - t, (t) => 1 - Math.abs(2 * t - 1)];

// The bytes of a .npz.
export function temporal({
  steps = 20,
  channels = 8,
  train = 300,
  test = 60,
} = {}) {
  const shapes = [
    ["train", train, 3],
    ["test", test, 4],
  ];
  const files = shapes.flatMap(([of, count, seed]) => {
    const labels = Uint8Array.from(
      { length: count },
      (_, i) => i % PATHS.length,
    );
    const events = partOf(labels, steps, channels, seed);
    return [
      [`events_${of}.npy`, npy([count, steps, channels], events)],
      [`y_${of}.npy`, npy([count], labels)],
    ];
  });
  return stored(files);
}

function partOf(labels, steps, channels, seed) {
  const size = steps * channels,
    long = Math.round(0.8 * steps);
  const random = noise(labels.length * (size + 1), seed);
  const events = new Uint8Array(labels.length * size);
  labels.forEach((label, i) => {
    const late = Math.floor(((random[i] + 1) / 2) * (steps - long));
    for (let t = 0; t < long; t++) {
      const channel = Math.round(PATHS[label](t / (long - 1)) * (channels - 1));
      events[i * size + (t + late) * channels + channel] = 1 + (t % 2);
    }
    for (let k = 0; k < size; k++)
      if (random[labels.length + i * size + k] > 0.96)
        events[i * size + k] += 1;
  });
  return events;
}

// Bytes as NumPy keeps them.
function npy(shape, bytes) {
  const text = `{'descr': '|u1', 'fortran_order': False, 'shape': (${shape.join(", ")},), }`;
  const room = Math.ceil((10 + text.length + 1) / 64) * 64 - 10;
  const head = Buffer.from("\x93NUMPY\x01\x00\0\0", "latin1");
  head.writeUInt16LE(room, 8);
  return Buffer.concat([
    head,
    Buffer.from(`${text.padEnd(room - 1)}\n`),
    bytes,
  ]);
}

// [name, bytes] each -> a zip in which nothing is compressed.
function stored(files) {
  const [entries, index] = [[], []];
  let offset = 0;
  for (const [name, bytes] of files) {
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt32LE(crc32(bytes), 10);
    common.writeUInt32LE(bytes.length, 14);
    common.writeUInt32LE(bytes.length, 18);
    common.writeUInt16LE(name.length, 22);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(offset, 10);
    entries.push(Buffer.from("PK\x03\x04"), common, Buffer.from(name), bytes);
    index.push(
      Buffer.from("PK\x01\x02\x14\x00"),
      common,
      tail,
      Buffer.from(name),
    );
    offset += 30 + name.length + bytes.length;
  }
  const size = index.reduce((sum, { length }) => sum + length, 0);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", "latin1");
  end.writeUInt16LE(files.length, 8);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(size, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...entries, ...index, end]);
}
