// The data inside the page: JSON, with arrays of numbers in base64. `loci view` writes it (src/view).
import { damaged } from "./damaged.js";
import { expandGrids } from "./maps.js";

const KINDS = { f32: Float32Array, u16: Uint16Array, u8: Uint8Array };

// 2: the network has an option that 0.1 did not have, such as another law of distance.
const FORMATS = [1, 2];

const isObject = (value) => value !== null && typeof value === "object";

const isArray = (value) => isObject(value) && Object.hasOwn(KINDS, value.type) && typeof value.data === "string";

// Base64 -> one letter a byte.
function textOf(data) {
  try {
    return atob(data);
  } catch {
    throw damaged("an array is not in base64");
  }
}

// {type, shape, data} -> a typed array with its shape as a property. Numbers are little-endian, as every machine with a
// browser is today.
export function decodeArray({ type, shape, data }) {
  if (!Array.isArray(shape) || !shape.every((size) => Number.isInteger(size) && size >= 0))
    throw damaged("an array has no shape");
  const text = textOf(data);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  const numbers = new KINDS[type](bytes.buffer, 0, Math.floor(bytes.length / KINDS[type].BYTES_PER_ELEMENT));
  const count = shape.reduce((a, b) => a * b, 1);
  if (numbers.length !== count) throw damaged(`an array of ${shape.join(" x ")} numbers has ${numbers.length}`);
  numbers.shape = shape;
  return numbers;
}

function decodeAll(value) {
  if (isArray(value)) return decodeArray(value);
  if (Array.isArray(value)) return typeof value[0] === "object" ? value.map(decodeAll) : value;
  if (isObject(value))
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, decodeAll(inner)]));
  return value;
}

// Text of the page's data block -> payload with typed arrays. A page that was not filled in, or that a newer Loci wrote,
// is an error whose message is fit to be shown.
export function readPayload(text) {
  let raw;
  try {
    raw = JSON.parse(text);
  } catch {
    throw new Error("This page holds no network. Make one with: loci view RUN -o FILE.html");
  }
  if (!isObject(raw)) throw damaged("they are no network");
  for (const { format } of raw.other ? [raw, raw.other] : [raw])
    if (!FORMATS.includes(format))
      throw new Error(`This page's data has format ${format}; the page reads format ${FORMATS.join(" and ")}.`);
  const payload = expandGrids(decodeAll(raw));
  if (isObject(payload.other)) expandGrids(payload.other);
  return payload;
}
