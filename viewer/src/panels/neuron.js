// One neuron: what it is, whom it listens to and speaks to, what it looks for.
import { signedBar } from "../charts.js";
import { isTemporal } from "../coding.js";
import { delayOf } from "../delay.js";
import { el, short, whole } from "../dom.js";
import { mapsOf, placeOfNeuron, sharedBy } from "../maps.js";
import { channelsOf, drawField, drawPicture, isColour, isPicture } from "../picture.js";
import { stencilPictures } from "./stencil.js";
import { strongestOf } from "../strongest.js";
import { isKnown } from "../vast.js";

const LISTED = 8;

export function buildNeuronPanel({ payload, network, stage, naming, state, geometry }) {
  const host = el("div", { class: "neuron-panel" });

  state.watch(["selected", "epoch", "cut", "result", "colors"], () => {
    const neuron = state.get("selected");
    host.replaceChildren(...(neuron < 0 ? [nothing()] : describe(neuron)));
  });
  return host;

  function nothing() {
    return el(
      "p",
      { class: "hint" },
      "Select a neuron: click one, or give the network the focus and press the arrow keys. Left and right follow its strongest connections.",
    );
  }

  function describe(neuron) {
    const layer = network.layerOf(neuron),
      kind = naming.kind(neuron, stage.signs);
    const icon = el("span", { class: `icon ${kind}`, "aria-hidden": "true" });
    const head = el("h2", { id: "neuron-name" }, naming.neuron(neuron));
    const parts = [head, el("p", { class: "kind" }, icon, kind)];
    if (isPicture(payload) && known(layer)) parts.push(picture(neuron, layer));
    const stencil = network.projections[layer - 1]?.stencil ?? null;
    if (layer > 0 && stencil !== null)
      parts.push(stencilPictures(network, layer, (neuron - network.offsets[layer]) % stencil.out, state.get("colors")));
    parts.push(numbers(neuron, layer));
    if (layer > 0) parts.push(links(neuron, "inputs", "Strongest inputs"));
    if (layer < network.sizes.length - 1) parts.push(links(neuron, "outputs", "Strongest outputs"));
    return parts;
  }

  // Whether the page was told which connections lead to a layer.
  function known(layer) {
    return layer === 0 || isKnown(network.trained[layer - 1]);
  }

  function picture(neuron, layer) {
    const at = neuron - network.offsets[layer];
    const values = new Float32Array(payload.height * payload.width * channelsOf(payload));
    const canvas = el("canvas", { class: "field", id: "field", role: "img" });
    let caption;
    if (layer === 0) {
      values[naming.pixelOf(at)] = 1;
      caption = "Its place in the picture.";
      drawPicture(canvas, values, payload, state.get("colors"));
    } else if (network.vast && layer > 1) {
      return el("p", { class: "hint" }, "What drives it is not worked out: there are too many ways to it.");
    } else {
      network.receptiveField(layer, at).forEach((value, i) => (values[naming.pixelOf(i)] = value));
      caption =
        layer === 1
          ? isColour(payload)
            ? "Receptive field: its weights from the pixels. Red, green and blue are grey where a weight is 0, bright where light of that colour excites it, dark where it inhibits it."
            : "Receptive field: its weights from the pixels. Ink in the blue excites it, ink in the orange inhibits it."
          : "What drives it: the receptive fields of the neurons before, summed over the connections that excite.";
      caption += whereItLies(layer);
      drawField(canvas, values, payload, state.get("colors"));
    }
    canvas.setAttribute("aria-label", caption);
    return el("figure", {}, canvas, el("figcaption", {}, caption));
  }

  // Which of the places that are pooled counts.
  function whereItLies(layer) {
    const pooled = network.stencils.slice(0, layer).some((stencil) => stencil !== null && stencil.pool > 1);
    if (!pooled) return "";
    return network.winners === null
      ? " Of pooled places the first is shown; of a sample at work, the one that counts."
      : " Of pooled places the one that counts for this sample.";
  }

  function numbers(neuron, layer) {
    const at = neuron - network.offsets[layer];
    const rows = [];
    const row = (name, value) => rows.push(el("dt", {}, name), el("dd", {}, value));
    const before = layer > 0 ? network.parts[layer - 1] : null,
      after = layer < network.pairs.length ? network.parts[layer] : undefined;
    if (state.get("result") !== null)
      row(
        payload.spiking !== null && layer > 0 && state.get("result").spiking.fires[layer]
          ? "Spikes per step"
          : layer === 0 && isTemporal(payload)
            ? "Events per step"
            : "Activation",
        short(state.get("result").layers[layer][at]),
      );
    if (before !== null) row("Bias", short(sharedBy(before.bias, at)));
    if (before?.beta) row("Membrane kept, \u03b2", short(sharedBy(before.beta, at)));
    if (before?.adaptation_decay) {
      row("Adaptation kept, \u03c1", short(sharedBy(before.adaptation_decay, at)));
      row(
        "Adaptation by U, by S",
        [before.adaptation_membrane, before.adaptation_spike].map((one) => short(sharedBy(one, at))).join(", "),
      );
    }
    if (before?.threshold && state.get("result")?.spiking.fires[layer] !== false)
      row("Threshold, \u03b8", short(sharedBy(before.threshold, at)));
    if (!geometry.conventional) {
      if (before !== null && before.dendrites > 1) row("Dendrite sites", `${before.dendrites}`);
      if (after !== undefined && after.axons > 1) row("Axon sites", `${after.axons}`);
      row(mapsOf(payload, layer) === null ? "Position" : "Place", placeOf(neuron, layer));
      if (after !== undefined && after.axons === 1)
        row("Charge", after.axon_charge === null ? "1" : short(chargeOf(after, at)));
    }
    // a layer that is wired to itself has all its other neurons on either side, too
    const own = layer > 0 && network.loopOf(layer) !== null ? network.sizes[layer] - 1 : 0;
    const linked = (side, others) => {
      const count = whole(strongestOf(network, neuron, side, 0).total);
      const stencil = network.stencils[side === "inputs" ? others : others - 1];
      // one that leads to maps reaches a few of many
      return stencil === null ? `${count} of ${whole(network.sizes[others] + own)}` : count;
    };
    if (before !== null && known(layer)) row("Inputs", linked("inputs", layer - 1));
    if (after !== undefined && known(layer + 1)) row("Outputs", linked("outputs", layer + 1));
    return el("dl", { class: "numbers" }, ...rows);
  }

  // What a neuron in maps sends by is its map's.
  function chargeOf({ grid, axon_charge: charges }, at) {
    return charges[grid === undefined ? at : at % grid.maps];
  }

  // In maps its place on the grid, and where its map lies across maps.
  function placeOf(neuron, layer) {
    const maps = mapsOf(payload, layer);
    if (maps === null) return middle(neuron, layer);
    const { map, row, column } = placeOfNeuron(maps, neuron - network.offsets[layer]);
    const { across, coordinates: C } = network.parts[layer],
      further =
        across === null ? [] : Array.from(network.parts[layer].axon_position.subarray(map * C + 2, (map + 1) * C));
    const lies = further.length > 0 ? `; its map at ${vector(further)}` : "";
    return `row ${row + 1}, column ${column + 1}${lies}`;
  }

  function vector(numbers) {
    const texts = numbers.slice(0, 4).map((x) => x.toFixed(2).replace("-", "\u2212"));
    return `(${texts.join(", ")}${numbers.length > 4 ? ", \u2026" : ""})`;
  }

  // The mean of its sites, in the units of the model; in the coordinates that all of them have.
  function middle(neuron, layer) {
    const own = geometry.groups.filter((group) => group.layer === layer);
    const C = Math.min(...own.map((group) => network.trained[group.pair].coordinates));
    const mean = new Float64Array(C),
      at = neuron - network.offsets[layer];
    const count = own.reduce((sum, group) => sum + group.per, 0);
    for (const group of own) {
      const raw = geometry.positions(group, state.get("epoch"));
      const { coordinates } = network.trained[group.pair];
      for (let s = at * group.per; s < (at + 1) * group.per; s++)
        for (let x = 0; x < C; x++) mean[x] += raw[s * coordinates + x] / count;
    }
    return vector(Array.from(mean));
  }

  function links(neuron, side, title) {
    const asked = network.layerOf(neuron) + (side === "inputs" ? 0 : 1);
    const found = strongestOf(network, neuron, side, LISTED);
    const delayed = network.travels && !network.conventional;
    const rows = found.map((link) =>
      el(
        "li",
        {},
        el(
          "button",
          { type: "button", class: "link", onclick: () => state.set({ selected: link.partner }) },
          el("span", { class: "name" }, naming.neuron(link.partner, true)),
          signedBar(link.weight, Math.abs(found[0].weight)),
          el("span", { class: "value" }, short(link.weight)),
          link.distance === undefined ? null : el("span", { class: "value" }, short(link.distance)),
          delayed ? el("span", { class: "value" }, short(delayOf(network.parts[link.pair], link.distance))) : null,
        ),
      ),
    );
    const heads = el(
      "p",
      { class: "heads", "aria-hidden": "true" },
      el("span", {}),
      el("span", {}),
      el("span", {}, "weight"),
      network.conventional ? null : el("span", {}, "distance"),
      delayed ? el("span", {}, "steps") : null,
    );
    return el(
      "div",
      { class: `links ${side}${delayed ? " delayed" : ""}` },
      el("h3", {}, title),
      found.length > 0
        ? heads
        : el("p", { class: "hint" }, known(asked) ? "None is left." : "Which are left is not in this page."),
      el("ul", {}, ...rows),
    );
  }
}
