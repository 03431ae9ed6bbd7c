// Where things are drawn. Layers stand one behind the other along x; the coordinates of the plane are y (downwards, as
// in a picture) and z. Layers are drawn further apart than they are, or nothing could be seen between them: true gaps
// are often a twentieth of a layer's width. Where planes are relaxed, every site's own last coordinate adds to x; so does
// that in which the channels of a sheet have places.
//
// Neurons in maps stand on sheets. A map has one arbor, which is drawn at one place of its sheet at a time.
import { isTemporal } from "./coding.js";
import { mapLayers } from "./maps.js";
import { channelsHavePlaces, channelsOf, placeOf } from "./picture.js";
import { sheetsOf } from "./sheets.js";

// How far from the plane of its layer an arbor's sites are drawn, as a share of the distance between two layers.
const REACH = 0.2;
// The same of the sites by which a layer is wired to itself.
const OWN_REACH = 0.1;
// The sheet's half side in drawing units, and the length of the whole network at spacing 1.
const HALF = 1,
  LENGTH = 4.4;
// Sheets hide what is behind them, so between layers of maps there is more room: for each layer of maps.
const MORE_LENGTH = 0.6;
// How far apart the channels of a conventional net's pixels are drawn.
const APART = 0.12;

export class Geometry {
  constructor(payload, network) {
    this.payload = payload;
    this.network = network;
    this.relaxed = payload.pairs.some((pair) => pair.axon_position !== null && pair.gap === null);
    this.conventional = network.conventional;
    this.channels = channelsHavePlaces(payload);
    // coordinates within a plane, which come first, and which two of them are drawn
    const further = (this.relaxed ? 1 : 0) + (this.channels ? 1 : 0);
    // pairs that lead to maps come first, and have a grid of their own each
    this.first = mapLayers(payload);
    this.coordinates = this.conventional ? 2 : payload.pairs[this.first].coordinates - further;
    this.sheets = sheetsOf(payload, HALF);
    // where the arbors of each layer of maps are drawn
    this.places = this.sheets.map((sheets) => sheets && sheets.middle);
    this.axes = [0, Math.min(1, this.coordinates - 1)];
    this.frames = network.frames;
    this.step = Math.min(2.4, (LENGTH + MORE_LENGTH * this.first) / (network.sizes.length - 1));
    this.unit = this.conventional ? 1 : HALF / this.extent();
    this.groups = this.siteGroups();
    this.siteCount = this.groups.reduce((sum, group) => sum + group.count, 0);
    this.neuronPosition = new Float32Array(3 * network.neurons);
    this.sitePosition = new Float32Array(3 * this.siteCount);
    this.place(null, 1);
  }

  // Has the drawing follow a network that grows as it learns: a little each time, so that nothing jumps.
  follow() {
    if (!this.conventional) this.unit *= (HALF / this.extent() / this.unit) ** 0.1;
  }

  // Half the width that holds the inputs and most other sites; a few strays may lie outside.
  extent() {
    const inPlane = (pair, positions) =>
      Array.from(positions).filter((_, i) => i % pair.coordinates < this.coordinates);
    const pairs = this.network.trained.slice(this.first, this.payload.pairs.length);
    const [inputs, ...others] = pairs.flatMap((pair) => [
      inPlane(pair, pair.axon_position),
      inPlane(pair, pair.dendrite_position),
    ]);
    return Math.max(quantile(inputs, 0.98), quantile(others.flat(), 0.85)) || 1;
  }

  // Sites by layer and side: {layer, pair (its projection's number), axon, per (sites a neuron), first (site number),
  // count, alone, reach}, and from place() on shares. alone: the site is its neuron, so nothing is drawn for it. shared:
  // the sites are those of maps, and stand where these are drawn.
  siteGroups() {
    if (this.conventional) return [];
    const groups = [];
    let first = 0;
    const { pairs, spec } = this.payload;
    const tied = spec.tied === "yes" && this.network.trained.length === pairs.length;
    const single = (layer, per) => per === 1 && (layer === 0 || layer === pairs.length || tied);
    this.network.trained.forEach((part, p) => {
      const { from, to } = this.network.wired[p];
      for (const [layer, axon, per] of [
        [from, true, part.axons],
        [to, false, part.dendrites],
      ]) {
        const shared = !axon && part.stencil !== undefined,
          onSheet = axon && this.sheets[layer] !== null;
        const count = onSheet ? 0 : (shared ? part.stencil.out : this.network.sizes[layer]) * per;
        groups.push({
          layer,
          pair: p,
          axon,
          per,
          first,
          count,
          alone: onSheet || (!shared && single(layer, per)),
          shared,
          reach: (axon ? 1 : -1) * (from === to ? OWN_REACH : REACH),
        });
        first += count;
      }
    });
    return groups;
  }

  // Raw coordinates of a group at an epoch; null: of the trained network.
  positions(group, epoch) {
    const pair = this.network.trained[group.pair];
    const trained = group.axon ? pair.axon_position : pair.dendrite_position;
    return epoch === null ? trained : (this.frames.at(group, epoch) ?? trained);
  }

  // Charges of a group in the network that is shown; null: all 1.
  chargesOf(group) {
    return this.network.parts[group.pair][group.axon ? "axon_charge" : "dendrite_charge"];
  }

  // Puts every site and neuron where it was at an epoch (null: at the end), layers `spacing` times as far apart as usual.
  place(epoch, spacing) {
    this.spacing = spacing;
    if (this.conventional) return this.placeConventional();
    const { neuronPosition: neurons, sitePosition: sites, unit, axes } = this;
    const sum = new Float32Array(this.network.neurons);
    neurons.fill(0);
    this.placeShared(epoch);
    for (const group of this.groups) {
      if (group.count === 0 || group.shared) continue;
      group.shares = shares(this.chargesOf(group), group.count);
      const { coordinates: C } = this.network.trained[group.pair];
      const raw = this.positions(group, epoch);
      const plane = this.planeOf(group.layer);
      const x = plane + (group.alone ? 0 : group.reach * this.step * spacing);
      for (let s = 0; s < group.count; s++) {
        const to = 3 * (group.first + s),
          neuron = this.network.offsets[group.layer] + Math.floor(s / group.per);
        const depth = this.relaxed ? (raw[s * C + this.coordinates] - group.layer - 0.5) * unit : 0;
        const channel = this.channels && group.pair === 0 ? raw[s * C + C - 1] * unit : 0;
        sites[to] = x + depth + channel;
        sites[to + 1] = this.coordinates > 1 ? -raw[s * C + axes[1]] * unit : 0;
        sites[to + 2] = raw[s * C + axes[0]] * unit;
        const share = group.shares[s];
        // an input is its site; another neuron stays in its plane
        neurons[3 * neuron] += share * (plane + depth + (group.layer === 0 ? channel : 0));
        neurons[3 * neuron + 1] += share * sites[to + 1];
        neurons[3 * neuron + 2] += share * sites[to + 2];
        sum[neuron] += share;
      }
    }
    for (let i = 0; i < sum.length; i++) if (sum[i] > 0) for (let x = 0; x < 3; x++) neurons[3 * i + x] /= sum[i];
    this.placeSheets();
  }

  // Neurons in maps.
  placeSheets() {
    this.sheets.forEach((sheets, layer) => {
      if (sheets === null) return;
      const { maps, width } = sheets,
        x = this.planeOf(layer);
      for (let i = 0; i < this.network.sizes[layer]; i++) {
        const place = Math.floor(i / maps);
        this.neuronPosition.set(
          [x, ...sheets.at(i % maps, Math.floor(place / width), place % width)],
          3 * (this.network.offsets[layer] + i),
        );
      }
    });
  }

  // The arbors of maps, where they are drawn at the moment. Offsets are in pitches of the sending grid.
  placeShared(epoch) {
    for (const group of this.groups) {
      if (!group.shared) continue;
      group.shares = shares(this.chargesOf(group), group.count);
      const { coordinates: C } = this.network.trained[group.pair];
      const raw = this.positions(group, epoch),
        sheets = this.sheets[group.layer],
        unit = this.unitOf(group.pair) / sheets.pitch;
      const x = this.planeOf(group.layer) + group.reach * this.step * this.spacing;
      const place = this.places[group.layer];
      const [row, column] = [Math.floor(place / sheets.width), place % sheets.width];
      for (let s = 0; s < group.count; s++) {
        const at = sheets.at(Math.floor(s / group.per), row + raw[s * C + 1] * unit, column + raw[s * C] * unit);
        this.sitePosition.set([x, ...at], 3 * (group.first + s));
      }
    }
  }

  // Has the arbors of a layer of maps drawn at a place. Whether they were elsewhere.
  standAt(layer, place) {
    const moves = this.places[layer] !== place;
    this.places[layer] = place;
    return moves;
  }

  // The neuron that a map's arbor is drawn at.
  standsAt(layer, map) {
    return this.network.offsets[layer] + this.places[layer] * this.sheets[layer].maps + map;
  }

  // The neuron that a site of a group is drawn at.
  ownerOf(group, s) {
    const k = Math.floor(s / group.per);
    return group.shared ? this.standsAt(group.layer, k) : this.network.offsets[group.layer] + k;
  }

  // Drawing units of a coordinate of a pair.
  unitOf(pair) {
    const stencil = this.network.stencils[pair];
    return stencil === null ? this.unit : this.sheets[pair + 1].pitch / (stencil.stride * stencil.pool);
  }

  // A conventional net has no positions: inputs stand as the picture does, those of temporal data row by row in a square,
  // hidden neurons as the seeds of a sunflower, outputs in a column.
  placeConventional() {
    const { height, width, placeOf } = this.inputsInSpace();
    const { inputs } = this.payload;
    const channels = channelsOf(this.payload);
    const last = this.network.sizes.length - 1;
    this.network.sizes.forEach((size, layer) => {
      if (this.sheets[layer] !== null) return;
      const plane = this.planeOf(layer),
        side = Math.max(height, width);
      for (let i = 0; i < size; i++) {
        // the channels of a pixel stand one behind the other
        const { row, column, channel } = placeOf(inputs === null ? i : inputs[i]);
        const behind = layer === 0 ? (channel - (channels - 1) / 2) * APART : 0;
        const angle = i * Math.PI * (3 - Math.sqrt(5)),
          radius = HALF * Math.sqrt((i + 0.5) / size);
        const at =
          layer === 0
            ? [
                HALF - (2 * HALF * (row + 0.5 + (side - height) / 2)) / side,
                (2 * HALF * (column + 0.5 + (side - width) / 2)) / side - HALF,
              ]
            : layer === last
              ? [HALF - (2 * HALF * (i + 0.5)) / size, 0]
              : [radius * Math.cos(angle), radius * Math.sin(angle)];
        this.neuronPosition.set([plane + behind, ...at], 3 * (this.network.offsets[layer] + i));
      }
    });
    this.placeSheets();
  }

  inputsInSpace() {
    const { payload } = this;
    if (!isTemporal(payload)) return { ...payload, placeOf: (input) => placeOf(payload, input) };
    const side = Math.ceil(Math.sqrt(payload.width));
    const square = (input) => ({ row: Math.floor(input / side), column: input % side, channel: 0 });
    return { height: side, width: side, placeOf: square };
  }

  planeOf(layer) {
    return (layer - (this.network.sizes.length - 1) / 2) * this.step * this.spacing;
  }

  // Half the sides of a box, around the origin, that holds the planes and nearly all neurons.
  box() {
    const planes = [Math.abs(this.planeOf(0)) + 0.1, 1.08, 1.08];
    return planes.map((half, x) =>
      Math.max(
        half,
        quantile(
          this.neuronPosition.filter((_, i) => i % 3 === x),
          0.97,
        ),
      ),
    );
  }

  // How many times further apart than they are layers are drawn.
  exaggeration() {
    const gaps = this.payload.pairs.map((pair, p) => Math.abs(pair.gap) * this.unitOf(p));
    return (this.step * this.spacing * gaps.length) / gaps.reduce((a, b) => a + b, 0);
  }

  // The groups of a projection's two sides.
  sides(pair) {
    return [this.groups.find((g) => g.pair === pair && g.axon), this.groups.find((g) => g.pair === pair && !g.axon)];
  }
}

// How much each site of a group counts, 0..1: by its charge, beside the largest. A neuron is drawn in the middle of its
// sites so weighted; a site that hardly acts should not pull it away from those that do.
function shares(charges, count) {
  if (charges === null) return new Float32Array(count).fill(1);
  const most = charges.reduce((most, charge) => Math.max(most, Math.abs(charge)), 0) || 1;
  return Float32Array.from(charges, (charge) => Math.max(1e-3, Math.abs(charge) / most));
}

// The size below which a share of the numbers lies.
function quantile(numbers, share) {
  const sizes = Float64Array.from(numbers, Math.abs).sort();
  return sizes[Math.floor(share * (sizes.length - 1))];
}
