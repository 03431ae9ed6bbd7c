// How maps are laid out in the plane of their layer: each a sheet of its grid, the sheets of a layer side by side. Maps
// that lie near each other across maps have sheets near each other; an order that stays, so that no sheet jumps while the
// network learns.
import { mapsOf } from "./maps.js";

// The part of its cell that a sheet takes where there are several.
const FILL = 0.86;

// Order of maps: by their second place across maps into rows of `columns`, each by the first; without places as they are.
function orderOf(across, maps, columns) {
  const order = Array.from({ length: maps }, (_, k) => k);
  const further = across === null ? 0 : across.length / maps;
  const by = (x) => (a, b) => across[a * further + x] - across[b * further + x];
  if (further === 0) return order;
  if (further === 1) return order.sort(by(0));
  order.sort(by(1));
  for (let from = 0; from < maps; from += columns)
    order.splice(from, columns, ...order.slice(from, from + columns).sort(by(0)));
  return order;
}

export class Sheets {
  // half: half a plane's side in drawing units. across: places of its maps, or null.
  constructor(shape, half, across) {
    Object.assign(this, shape);
    const { maps, height, width } = shape;
    const columns = Math.ceil(Math.sqrt(maps)),
      rows = Math.ceil(maps / columns);
    this.cell = (2 * half) / columns;
    const side = this.cell * (maps > 1 ? FILL : 1);
    this.pitch = side / Math.max(height, width);
    this.middles = new Array(maps);
    orderOf(across, maps, columns).forEach((map, at) => {
      const inRow = Math.min(columns, maps - Math.floor(at / columns) * columns);
      this.middles[map] = {
        // sideways, and upwards
        z: ((at % columns) - (inRow - 1) / 2) * this.cell,
        y: ((rows - 1) / 2 - Math.floor(at / columns)) * this.cell,
      };
    });
  }

  // [y, z] of a place, which need not be a whole one.
  at(map, row, column) {
    const { y, z } = this.middles[map];
    return [y - (row - (this.height - 1) / 2) * this.pitch, z + (column - (this.width - 1) / 2) * this.pitch];
  }

  // Corners [y, z] of the rectangle around some places.
  around(map, top, left, bottom, right) {
    const [y0, z0] = this.at(map, top - 0.5, left - 0.5),
      [y1, z1] = this.at(map, bottom + 0.5, right + 0.5);
    return [
      [y0, z0],
      [y0, z1],
      [y1, z1],
      [y1, z0],
    ];
  }

  // The place in the middle of the grid.
  get middle() {
    return Math.floor(this.height / 2) * this.width + Math.floor(this.width / 2);
  }
}

// Those of each layer, null where it has no maps.
export function sheetsOf(payload, half) {
  return payload.layers.map((_, layer) => {
    const shape = mapsOf(payload, layer);
    return shape && new Sheets(shape, half, payload.pairs[layer]?.across ?? null);
  });
}
