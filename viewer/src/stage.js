// What is drawn in space, from what the page's state says. Connections are drawn anew at each change; that is cheap enough
// (tens of thousands of lines take some milliseconds) and leaves nothing to fall out of step. Where sites and neurons
// stand, and which connections are the strongest, is found when the network or its places change.
import { Color, Group } from "three";
import { mix } from "./colors.js";
import { Cloud } from "./cloud.js";
import { segments, ThickLines } from "./lines.js";
import { Neurons } from "./neurons.js";
import { NeuronPoints } from "./neuron_points.js";
import { delayOf } from "./delay.js";
import { placeOfNeuron } from "./maps.js";
import { MOST_CONNECTIONS, placeLinks, rank, strongestOf } from "./strongest.js";
import { Travel } from "./travel.js";
import { squaredDistance, strongestSites } from "./wiring.js";

// Connections of a selected neuron that are drawn, to each side.
const SELECTED_LINES = 40;
// The frame of a plane: corners, upwards and sideways.
const PLANE = [
  [-1.08, -1.08],
  [1.08, -1.08],
  [1.08, 1.08],
  [-1.08, 1.08],
];
// Neurons that are drawn as bodies; of more, each is a point.
const MOST_BODIES = 5000;

export class Stage {
  constructor(payload, network, geometry) {
    Object.assign(this, { payload, network, geometry });
    this.signs = network.signs();
    this.ranked = rank(network);
    this.drawable = this.ranked.length;
    this.ofTheEnd = { projections: network.projections, ranked: this.ranked };
    this.rankedFor = { projections: network.projections, most: MOST_CONNECTIONS };
    this.neurons =
      network.neurons > MOST_BODIES
        ? new NeuronPoints(network, geometry, this.signs)
        : new Neurons(network, geometry, this.signs);
    this.cloud = new Cloud(network, geometry);
    this.connections = segments(
      Math.min(
        MOST_CONNECTIONS,
        network.projections.reduce((sum, { n, m }) => sum + n * m, 0),
      ),
    );
    // frames of planes and sheets, and of what a selected neuron looks at
    const sheets = geometry.sheets.map((one) => one?.maps ?? 0);
    this.planes = segments(4 * (network.sizes.length + sheets.reduce((a, b) => a + b, 0) + Math.max(...sheets)));
    this.thick = new ThickLines(1.6);
    this.travel = network.travels ? new Travel() : null;
    this.group = new Group();
    this.group.add(
      this.planes.object,
      this.cloud.twigs,
      this.cloud.sites,
      this.connections.object,
      this.thick.object,
      this.neurons.group,
    );
    if (this.travel !== null) this.group.add(this.travel.object);
  }

  // view: {epoch, spacing, axes, connections, cut, sites, selected, hovered, activity, colors}
  draw(view) {
    this.view = view;
    this.focus = this.focusOf(view);
    this.place();
    this.travel?.take(this.network, view.result);
    this.findStrongest();
    placeLinks(this.ranked, this.network, this.geometry);
    this.circle = this.focus < 0 ? null : this.circleOf(this.focus);
    this.drawPlanes();
    this.cloud.draw({
      visible: view.sites,
      selected: this.focus,
      colors: view.colors,
      // where spikes are on their way, what stands still steps back
      back: this.travel !== null && view.step !== null ? 0.3 : 1,
    });
    this.drawConnections();
    this.drawSelected();
    this.neurons.draw({
      positions: this.geometry.neuronPosition,
      activity: view.activity,
      selected: this.focus,
      members: this.circle?.members ?? null,
      colors: view.colors,
    });
  }

  // The neuron whose connections are shown: the selected one; while another place of its layer of maps is pointed at,
  // that of its map there. Arbors of maps are drawn at such a place.
  focusOf({ selected, hovered = -1 }) {
    const { network, geometry } = this;
    const [chosen, pointed] = [selected, hovered].map((neuron) => this.standing(neuron));
    for (const one of [chosen, pointed])
      if (one !== null && geometry.standAt(one.layer, one.place)) this.movedArbors = true;
    if (chosen === null || pointed?.layer !== chosen.layer) return selected;
    return network.offsets[chosen.layer] + pointed.place * geometry.sheets[chosen.layer].maps + chosen.map;
  }

  // {layer, map, place} of a neuron in maps that have arbors, else null.
  standing(neuron) {
    if (neuron < 0) return null;
    const layer = this.network.layerOf(neuron),
      sheets = this.geometry.sheets[layer];
    if (sheets === null || layer === 0) return null;
    return { layer, ...placeOfNeuron(sheets, neuron - this.network.offsets[layer]) };
  }

  // Where all stands, if that is not as it was.
  place() {
    const { epoch, spacing, axes } = this.view;
    const where = [epoch, spacing, axes].join();
    const arbors = this.movedArbors;
    this.movedArbors = false;
    if (where === this.where) {
      if (!arbors || this.geometry.conventional) return;
      this.geometry.placeShared(epoch);
      return void this.cloud.move();
    }
    this.where = where;
    this.placements = (this.placements ?? 0) + 1;
    this.geometry.place(epoch, spacing);
    this.neurons.move();
    this.cloud.move();
  }

  // For a network whose places or charges became others while the page shows the same moment.
  moved() {
    this.where = null;
  }

  // Draws a share of the points, evenly chosen: while it turns, on a slow machine.
  thin(share) {
    this.cloud.thin(share);
    this.neurons.thin(share);
  }

  // Whether each neuron is drawn as a body, or as a point.
  get bodies() {
    return this.neurons instanceof Neurons;
  }

  get points() {
    return this.cloud.drawn + (this.bodies ? 0 : this.neurons.count);
  }

  // Ranks the connections of the network that is shown: of another moment than the end no more than are asked for, since
  // there may be many moments a second. Those that are cut are passed over, so then more of them may be needed.
  findStrongest() {
    const { network, ofTheEnd, rankedFor, view } = this;
    const most = view.cut > 0 ? MOST_CONNECTIONS : view.connections;
    if (rankedFor.projections === network.projections && rankedFor.most >= most) return;
    const end = network.projections === ofTheEnd.projections;
    this.ranked = end ? ofTheEnd.ranked : rank(network, most);
    this.rankedFor = { projections: network.projections, most: end ? MOST_CONNECTIONS : most };
    this.signs.set(network.signs());
    this.neurons.assign(this.signs);
  }

  // The selected neuron's strongest connections, and whom they join.
  circleOf(neuron) {
    const links = [
      ...strongestOf(this.network, neuron, "inputs", SELECTED_LINES),
      ...strongestOf(this.network, neuron, "outputs", SELECTED_LINES),
    ];
    return { links, members: new Set([neuron, ...links.map((link) => link.partner)]) };
  }

  drawPlanes() {
    const { planes, geometry, view } = this;
    const frame = (layer, corners, color, opacity) => {
      const x = geometry.planeOf(layer),
        at = Float32Array.from(corners.flatMap(([y, z]) => [x, y, z]));
      for (let c = 0; c < 4; c++) for (const end of [c, (c + 1) % 4]) planes.vertex(at, end, color, opacity);
    };
    planes.begin();
    geometry.sheets.forEach((sheets, layer) => {
      frame(layer, PLANE, view.colors.faint, sheets === null ? 0.5 : 0.25);
      for (let map = 0; sheets !== null && map < sheets.maps; map++)
        frame(layer, sheets.around(map, 0, 0, sheets.height - 1, sheets.width - 1), view.colors.faint, 0.7);
    });
    this.drawWindow(frame);
    planes.end();
  }

  // What the neuron in focus looks at, on each sheet before it.
  drawWindow(frame) {
    const { network, geometry, view } = this;
    const at = this.standing(this.focus);
    if (at === null) return;
    const stencil = network.stencils[at.layer - 1],
      receiver = this.focus - network.offsets[at.layer];
    const { row, column } = stencil.middleOf(receiver, network.winnerOf(at.layer - 1)(receiver));
    const sheets = geometry.sheets[at.layer - 1],
      within = (x, side) => Math.max(0, Math.min(side - 1, x));
    const [top, bottom] = [-1, 1].map((way) => within(row + way * stencil.half, sheets.height)),
      [left, right] = [-1, 1].map((way) => within(column + way * stencil.half, sheets.width));
    for (let map = 0; map < sheets.maps; map++)
      frame(at.layer - 1, sheets.around(map, top, left, bottom, right), view.colors.ink, 0.8);
  }

  // The two sites that carry most of a connection.
  sitesOf(link) {
    return (link.sites ??= strongestSites(this.network.parts[link.pair], link.i, link.j));
  }

  // Where the line of a connection begins and ends: at these sites, or at the neurons.
  endsOf(link) {
    const { geometry, network } = this;
    const ends = [
      [geometry.neuronPosition, link.sender],
      [geometry.neuronPosition, link.receiver],
    ];
    if (!this.view.sites || geometry.conventional) return ends;
    const sites = this.sitesOf(link);
    // the arbor of a map may be drawn elsewhere
    const { stencil, to } = network.projections[link.pair];
    const stands = stencil === null || geometry.standsAt(to, link.j) === link.receiver;
    return geometry
      .sides(link.pair)
      .map((group, end) =>
        group.alone || (end === 1 && !stands) ? ends[end] : [geometry.sitePosition, group.first + sites[end]],
      );
  }

  // Steps that a spike takes along the line of a connection.
  delayOf(link) {
    const part = this.network.parts[link.pair];
    if (link.delay === undefined)
      link.delay = delayOf(
        part,
        part.axon_position === null ? 0 : Math.sqrt(squaredDistance(part, ...this.sitesOf(link))),
      );
    return link.delay;
  }

  // Spikes on their way at a time in steps, null: none. Along the lines that are drawn; of a selected neuron, along its.
  drawTravel(now, colors) {
    const links = this.circle?.links ?? this.drawn;
    this.travel.draw({ links, delayOf: (link) => this.delayOf(link), now, colors });
  }

  // How much of a line is seen, 0..1: it fades with the neuron that it comes from, but not while it carries a spike.
  signalOf(link) {
    const { activity, step } = this.view;
    if (activity === null) return 1;
    const carries = this.travel !== null && step !== null && this.travel.isBusy(link, this.delayOf(link), step);
    return 0.06 + 0.94 * Math.max(activity[link.sender], carries ? 0.7 : 0);
  }

  drawConnections() {
    const { connections, network, view, circle } = this;
    const strength = Math.min(0.85, 0.06 + 9 / Math.sqrt(view.connections + 1));
    connections.begin();
    this.drawn = [];
    for (const link of this.ranked) {
      if (connections.count >= view.connections) break;
      if (link.sender < 0 || network.isCut(network.projections[link.pair], link.ij)) continue;
      this.drawn.push(link);
      const opacity = strength * (0.15 + 0.85 * link.strength) * this.signalOf(link) * (circle === null ? 1 : 0.1);
      const color = link.weight < 0 ? view.colors.inhibitory : view.colors.excitatory;
      for (const [from, at] of (link.ends = this.endsOf(link))) connections.vertex(from, at, color, opacity);
    }
    connections.end();
  }

  drawSelected() {
    const { thick, geometry, view, circle } = this;
    const color = new Color();
    thick.begin();
    for (const link of circle?.links ?? []) {
      const [from, to] = (link.ends = this.endsOf(link));
      const start = [geometry.neuronPosition, link.sender];
      const end = [geometry.neuronPosition, link.receiver];
      const full = link.weight < 0 ? view.colors.inhibitory : view.colors.excitatory;
      mix(color, view.colors.background, full, 0.25 + 0.75 * Math.sqrt(link.strength));
      if (from[0] !== start[0]) thick.segment(start, from, color);
      thick.segment(from, to, color);
      if (to[0] !== end[0]) thick.segment(to, end, color);
    }
    thick.end();
  }

  // What there is on the stage, for the readouts and the tests.
  counts() {
    return {
      neurons: this.neurons.count,
      sites: this.cloud.drawn,
      connections: this.connections.count,
      travelling: this.travel?.count ?? 0,
      selectedLines: this.thick.count,
      drawable: this.drawable,
    };
  }
}
