// What this is: how to read the picture, the network's numbers, its specification, what was left out.
import { goesBelowZero } from "../activation.js";
import { isTemporal } from "../coding.js";
import { el, percent, quantity, short, whole } from "../dom.js";
import { lawOf } from "../law.js";
import { layerSize } from "../maps.js";
import { channelsOf } from "../picture.js";
import { isAnswerable, isKnown } from "../vast.js";

// Points from which on a slow machine may draw fewer.
const MANY = 20000;

export function buildAbout({ payload, network, stage, geometry }) {
  const rows = [];
  const row = (name, value) => rows.push(el("dt", {}, name), el("dd", {}, value));
  if (payload.preset) row("Preset", payload.preset);
  if (payload.dataset !== null) row("Data", payload.dataset);
  row("Layers", payload.layers.map(layerSize).join(" \u2013 "));
  row("Parameters", whole(payload.parameters));
  row("Connections", whole(payload.connections));
  if (geometry.first > 0) row("Unrolled", whole(network.unrolled));
  const { pruned, far } = network.gone;
  if (pruned > 0)
    row("Left by pruning", `${whole(payload.connections - pruned)}, ${percent(1 - pruned / payload.connections)}`);
  if (far > 0) row("Out of range", `${whole(far)}, ${percent(far / payload.connections)}`);
  if (payload.test_accuracy !== null) row("Test accuracy", percent(payload.test_accuracy, 2));
  if (payload.test) {
    const { r2, mae, rmse } = payload.test;
    row("Test part", `R\u00b2 ${r2.toFixed(3)}; MAE ${quantity(mae)}; RMSE ${quantity(rmse)}`);
  }
  const loops = network.trained.slice(payload.pairs.length);
  if (loops.length > 0) row("Within layers", whole(loops.reduce((sum, { n }) => sum + n * (n - 1), 0)));
  network.trained.forEach((pair, p) => {
    if (pair.axon_position !== null)
      row(
        p < payload.pairs.length ? `Pair ${p + 1}` : `Layer ${p - payload.pairs.length + 1} to itself`,
        `${laid(pair)}${pair.axons} axon, ${pair.dendrites} dendrite sites; ${numbersOf(pair)
          .map(([name, value]) => `${name} ${short(value)}`)
          .join("; ")}${slowest(pair)}`,
      );
  });
  const spec = Object.entries(payload.spec).flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, value)]);
  const left = [...payload.left_out.map(sentence), ...leftOut(network, stage)];
  return el(
    "div",
    { class: "about" },
    el("h2", {}, "How to read this"),
    ...[
      ...explanation(payload, geometry),
      ...ofMaps(payload, geometry),
      ...ofTime(network),
      ...ofMany(network, stage),
    ].map((text) => el("p", {}, text)),
    left.length > 0
      ? el("div", { id: "left-out" }, el("h3", {}, "Left out"), el("ul", {}, ...left.map((text) => el("li", {}, text))))
      : null,
    el("h3", {}, "This network"),
    el("dl", { class: "numbers" }, ...rows),
    el("details", {}, el("summary", {}, "Specification"), el("dl", { class: "numbers" }, ...spec)),
  );
}

// What of a pair is one number, as it acts: [name, value] each.
function numbersOf({ scale, gap, length, cutoff, inverse_range = cutoff, speed }) {
  const numbers = [["scale", scale]];
  if (gap !== null) numbers.push(["gap", Math.abs(gap)]);
  if (length) numbers.push(["length", length]);
  if (inverse_range > 0) numbers.push(["range", 1 / inverse_range]);
  if (speed) numbers.push(["speed", speed]);
  return numbers;
}

// Of a pair that leads to maps, how its stencil lies.
function laid({ stencil }) {
  if (stencil === undefined) return "";
  const { window, stride, pool } = stencil;
  const parts = [`window ${window} \u00d7 ${window}`];
  if (stride > 1) parts.push(`stride ${stride}`);
  if (pool > 1) parts.push(`pooled ${pool} \u00d7 ${pool}`);
  return `${parts.join(", ")}; `;
}

// How long ways may take, where they take time.
function slowest({ speed, longest_delay: longest }) {
  return speed ? `; ${longest} steps at most` : "";
}

// A text of the payload begins small and has no end.
export const sentence = (text) => `${text[0].toUpperCase()}${text.slice(1)}${text.endsWith(".") ? "" : "."}`;

// What of this network the page does not show, or shows otherwise, because there is so much of it.
export function leftOut(network, stage) {
  const texts = [];
  if (network.vast) {
    const known = network.trained.every(isKnown);
    texts.push(
      `Of ${whole(network.connections)} connections those of the neuron you select are drawn, the strongest${known ? "" : ", where it is known which are left"}; all together are more than a page can hold.`,
    );
    texts.push(
      isAnswerable(network)
        ? "Their weights are made as they are needed, so an answer takes a while; cutting and other test figures are left to the program."
        : "The page does not run a network of this size: answers to test samples are those of the program.",
    );
  } else if (stage.drawable < network.connections)
    texts.push(
      `At most ${whole(stage.drawable)} of ${whole(network.connections)} connections can be drawn, the strongest of each layer pair.`,
    );
  return texts;
}

// How very many things are drawn.
function ofMany(network, stage) {
  const texts = [];
  if (!stage.bodies)
    texts.push(
      `Its ${whole(network.neurons)} neurons are points: a disc is an excitatory neuron, a diamond an inhibitory one, a square an output.`,
    );
  if (stage.cloud.few) texts.push("Sites are joined to their neuron where it is selected.");
  if (stage.points > MANY)
    texts.push("While you turn it, a slow machine draws an even choice of the points, and all of them once it stands.");
  return texts;
}

// The rule in a sentence. Under most laws a layer pair has a length L of its own.
function ruleOf({ pairs }) {
  const own = pairs[0].length ? ", L being a length of their layer pair" : "";
  const ranged = pairs.some(({ cutoff }) => cutoff > 0) ? ", less its value at the range" : "";
  return `A weight is ${lawOf(pairs[0]).of} of two neurons${own}${ranged}, so training moves neurons: near means strong.`;
}

// What there is to say of spikes that travel.
function ofTime({ travels, trained, payload }) {
  const texts = [];
  if (travels && trained.some(({ speed }) => speed))
    texts.push(
      "A spike takes as long as its way: r over a speed of its layer pair, in time steps. While a sample plays, points on the lines are spikes on their way, each as far as it has come; of a connection with many sites, the line between the two that carry most of it. What is not drawn travels, too.",
    );
  if (payload.recurrent)
    texts.push(
      "Hidden layers are wired to themselves, no neuron to itself; such connections are drawn within their layer. What a layer sends itself arrives one step later at the earliest.",
    );
  return texts;
}

// What there is to say of maps.
function ofMaps(payload, geometry) {
  if (geometry.first === 0) return [];
  const conventional = geometry.conventional;
  const pooled = payload.pairs.some(({ stencil }) => stencil?.pool > 1);
  return [
    `Neurons of the first layers stand in maps, one at every place of a grid; each map is a sheet${conventional ? "" : ", near to those that it lies near to across maps"}. ${conventional ? "All neurons of a map have the same weights, a stencil" : "All neurons of a map share one arbor, so that their weights are one stencil"}: a connection that leads to maps is an entry of it, and acts at every place. It is drawn at one place of each map at a time: that of the neuron you select, or where you point.`,
    ...(pooled
      ? [
          "Where a map is pooled, a neuron stands for a square of places, of which the one with the largest current counts. Frames on the sheets before it show what it looks at from there.",
        ]
      : []),
  ];
}

function explanation(payload, geometry) {
  if (geometry.conventional)
    return [
      `This is a conventional network: its weights are stored numbers, so its neurons have no places of their own. ${isTemporal(payload) ? "Neurons are drawn in order" : "Inputs are drawn as the picture, the others in order"}.`,
      "A line is a connection; the stronger, the more opaque. A ball is a neuron that mostly excites, an octahedron one that mostly inhibits, a cube an output; blue lines are positive weights, orange ones negative.",
    ];
  const texts = [
    `No weight of this network is stored. ${ruleOf(payload)}`,
    `Layers stand one behind the other${geometry.relaxed ? "; every site has a depth of its own" : `, drawn ${whole(Math.round(geometry.exaggeration()))} times as far apart as they are`}. A ball is a neuron whose axon has a positive charge (excitatory), an octahedron one with a negative charge (inhibitory), a cube an output.`,
    `A line is a connection; the stronger, the more opaque. Blue is a positive weight, orange a negative one. When the network runs, active neurons light up and grow${
      payload.spiking === null && goesBelowZero(payload.spec) ? ", by how far from 0 they are, below it as above," : ","
    } and lines fade with the neuron they come from.`,
  ];
  if (geometry.groups.some((group) => !group.alone))
    texts.push(
      "The small points are sites: axon sites behind the neuron's plane, dendrite sites before it, each joined to its neuron, which is drawn in their middle, weighted by their charges. A connection is the sum over all pairs of sites; its line joins the two that carry most of it.",
    );
  if (geometry.channels)
    texts.push(
      "The channels of a pixel share its place in the plane. They are told apart by a coordinate of their own, in which each has a place and a charge, both trained; it is drawn as depth.",
    );
  else if (channelsOf(payload) > 1)
    texts.push("The channels of a pixel are inputs of their own, which start at the pixel's place.");
  if (geometry.coordinates > 2)
    texts.push(`Its space has ${geometry.coordinates} coordinates in a plane; two of them are drawn.`);
  return texts;
}
