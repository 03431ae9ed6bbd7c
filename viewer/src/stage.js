// What is drawn in space, from what the page's state says. Everything is drawn anew at each change; that is cheap enough
// (tens of thousands of lines take some milliseconds) and leaves nothing to fall out of step. Only where things stand,
// and which connections are the strongest, is found when the network or its places change.
import { Color, Group } from "three";
import { mix } from "./colors.js";
import { dots, segments, ThickLines } from "./lines.js";
import { Neurons } from "./neurons.js";
import { delayOf } from "./delay.js";
import { choose, MOST_CONNECTIONS, rank, strongestOf } from "./strongest.js";
import { Travel } from "./travel.js";
import { squaredDistance, strongestSites } from "./wiring.js";

// Connections of a selected neuron that are drawn, to each side.
const SELECTED_LINES = 40;

export class Stage {
  constructor(payload, network, geometry) {
    Object.assign(this, { payload, network, geometry });
    this.shown = choose(network);
    this.signs = network.signs();
    this.ranked = rank(network, this.shown);
    this.drawable = this.ranked.length;
    this.ofTheEnd = { projections: network.projections, ranked: this.ranked };
    this.rankedFor = { projections: network.projections, most: MOST_CONNECTIONS };
    this.neurons = new Neurons(network, geometry, this.signs, this.shown);
    this.connections = segments(
      Math.min(
        MOST_CONNECTIONS,
        network.projections.reduce((sum, { n, m }) => sum + n * m, 0),
      ),
    );
    this.twigs = segments(geometry.siteCount);
    this.sites = dots(geometry.siteCount, 0.058);
    this.planes = segments(4 * network.sizes.length);
    this.thick = new ThickLines(1.6);
    this.travel = network.travels ? new Travel() : null;
    this.group = new Group();
    this.group.add(
      this.planes.object,
      this.twigs.object,
      this.sites.object,
      this.connections.object,
      this.thick.object,
      this.neurons.group,
    );
    if (this.travel !== null) this.group.add(this.travel.object);
  }

  // view: {epoch, spacing, axes, connections, cut, sites, selected, activity, colors}
  draw(view) {
    const where = [view.epoch, view.spacing, view.axes, view.live].join();
    if (where !== this.where) this.geometry.place(view.epoch, view.spacing);
    this.where = where;
    this.view = view;
    this.travel?.take(this.network, view.result);
    this.findStrongest();
    this.circle = view.selected < 0 ? null : this.circleOf(view.selected);
    this.drawPlanes();
    this.drawSites();
    this.drawConnections();
    this.drawSelected();
    this.neurons.draw({
      positions: this.geometry.neuronPosition,
      activity: view.activity,
      selected: view.selected,
      aside: (i) => this.circle !== null && !this.circle.members.has(i),
      colors: view.colors,
    });
  }

  // Ranks the connections of the network that is shown: of another moment than the end no more than are asked for, since
  // there may be many moments a second. Those that are cut are passed over, so then more of them may be needed.
  findStrongest() {
    const { network, ofTheEnd, rankedFor, view } = this;
    const most = view.cut > 0 ? MOST_CONNECTIONS : view.connections;
    if (rankedFor.projections === network.projections && rankedFor.most >= most) return;
    const end = network.projections === ofTheEnd.projections;
    this.ranked = end ? ofTheEnd.ranked : rank(network, this.shown, most);
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
    planes.begin();
    this.network.sizes.forEach((_, layer) => {
      const x = geometry.planeOf(layer),
        h = 1.08;
      const corners = Float32Array.of(x, -h, -h, x, h, -h, x, h, h, x, -h, h);
      for (let c = 0; c < 4; c++) {
        planes.vertex(corners, c, view.colors.faint, 0.5);
        planes.vertex(corners, (c + 1) % 4, view.colors.faint, 0.5);
      }
    });
    planes.end();
  }

  drawSites() {
    const { sites, twigs, geometry, network, view, circle } = this;
    // where spikes are on their way, what stands still steps back
    const back = this.travel !== null && view.step !== null ? 0.3 : 1;
    const faintness = back * Math.min(0.5, 0.08 + 4 / Math.sqrt(geometry.siteCount));
    sites.begin();
    twigs.begin();
    for (const group of view.sites ? geometry.groups : []) {
      if (group.alone) continue;
      const charges = geometry.chargesOf(group);
      for (let s = 0; s < group.count; s++) {
        const neuron = network.offsets[group.layer] + Math.floor(s / group.per);
        if (!this.shown[neuron]) continue;
        const aside = circle !== null && neuron !== view.selected;
        const color = charges !== null && charges[s] < 0 ? view.colors.inhibitory : view.colors.excitatory;
        const share = 0.15 + 0.85 * group.shares[s];
        sites.vertex(geometry.sitePosition, group.first + s, color, (aside ? 0.12 : 0.95 * back) * share);
        const line = (neuron === view.selected ? 0.9 : aside ? 0.03 : faintness) * share;
        // fading towards the neuron, where many meet
        twigs.vertex(geometry.neuronPosition, neuron, view.colors.ink, neuron === view.selected ? line : 0.25 * line);
        twigs.vertex(geometry.sitePosition, group.first + s, view.colors.ink, line);
      }
    }
    sites.end();
    twigs.end();
  }

  // The two sites that carry most of a connection.
  sitesOf(link) {
    return (link.sites ??= strongestSites(this.network.parts[link.pair], link.i, link.j));
  }

  // Where the line of a connection begins and ends: at these sites, or at the neurons.
  endsOf(link) {
    const { geometry } = this;
    const ends = [
      [geometry.neuronPosition, link.sender],
      [geometry.neuronPosition, link.receiver],
    ];
    if (!this.view.sites || geometry.conventional) return ends;
    const sites = this.sitesOf(link);
    return geometry
      .sides(link.pair)
      .map((group, end) => (group.alone ? ends[end] : [geometry.sitePosition, group.first + sites[end]]));
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
      if (network.isCut(network.projections[link.pair], link.ij)) continue;
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
      sites: this.sites.count,
      connections: this.connections.count,
      travelling: this.travel?.count ?? 0,
      selectedLines: this.thick.count,
      drawable: this.drawable,
    };
  }
}
