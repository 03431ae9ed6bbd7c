// Layers whose neurons stand in maps: groups of neurons, one at every place of a grid, that share one arbor. The maps of
// a place stand side by side, so neuron i of such a layer is map i mod maps at place i / maps, row by row.
import { damaged } from "./damaged.js";
import { whole } from "./dom.js";

// Senders that a grid may stand for: no page holds more.
const MOST_SENDERS = 1 << 24;

// {maps, height, width} of a layer, or null; an image has them where the next layer has.
export function mapsOf(payload, layer) {
  const { maps, height, width } = payload.layers[layer] ?? {};
  return maps === undefined ? null : { maps, height, width };
}

// Layers of maps there are, the image apart.
export const mapLayers = (payload) => payload.pairs.filter(({ stencil }) => stencil !== undefined).length;

// Where neuron i of a layer stands.
export function placeOfNeuron({ maps, width }, i) {
  const place = Math.floor(i / maps);
  return { map: i % maps, place, row: Math.floor(place / width), column: place % width };
}

// "8 maps of 14 x 14", or "10".
export function layerSize(layer) {
  const { size, maps, height, width } = layer;
  if (maps === undefined) return whole(size);
  return `${maps > 1 ? `${maps} maps of ` : ""}${height} \u00d7 ${width}`;
}

// What of a neuron in maps is its map's: number k of n neurons has entry k mod count.
export const sharedBy = (values, k) => values[k % values.length];

// The sites of senders that stand on a grid, the pitch of which is 1: their places, then what their map shares, its
// places across maps [maps, 1, further] or null. [rows x columns x maps, 1, 2 + further]
export function gridPlaces({ rows, columns, maps }, across) {
  const further = across === null ? 0 : across.length / maps,
    C = 2 + further;
  const places = new Float32Array(rows * columns * maps * C);
  for (let i = 0; i < rows * columns * maps; i++) {
    const at = Math.floor(i / maps);
    places[i * C] = (at % columns) - (columns - 1) / 2;
    places[i * C + 1] = Math.floor(at / columns) - (rows - 1) / 2;
    for (let x = 0; x < further; x++) places[i * C + 2 + x] = across[(i % maps) * further + x];
  }
  return places;
}

// Charges of maps [maps] or null -> of their neurons.
export function gridCharges({ rows, columns, maps }, charges) {
  if (charges === null) return null;
  return Float32Array.from({ length: rows * columns * maps }, (_, i) => charges[i % maps]);
}

const isCount = (number) => Number.isInteger(number) && number > 0;
const isNumbers = (value) => value === null || ArrayBuffer.isView(value);

// A grid makes many sites of few numbers: it must be one.
function checkGrid({ grid, axon_position, axon_charge }) {
  const { rows, columns, maps } = grid ?? {};
  if (![rows, columns, maps].every(isCount) || rows * columns * maps > MOST_SENDERS)
    throw damaged("a grid is of no size that can be");
  if (!isNumbers(axon_position) || !isNumbers(axon_charge)) throw damaged("a grid has no places");
  if (!Number.isInteger((axon_position ?? []).length / maps)) throw damaged("a grid has places of no map");
}

// Pairs of a payload whose senders stand on a grid hold what maps share; from here on they have sites as all others.
export function expandGrids(payload) {
  if (!Array.isArray(payload.pairs ?? [])) throw damaged("they have no layers");
  for (const pair of payload.pairs ?? []) {
    if (pair?.grid === undefined) continue;
    checkGrid(pair);
    pair.across = pair.axon_position;
    pair.axon_position = gridPlaces(pair.grid, pair.across);
    pair.axon_charge = gridCharges(pair.grid, pair.axon_charge);
  }
  return payload;
}
