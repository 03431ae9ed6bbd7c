// Names of layers and classes, and the ring around the selected neuron: HTML over the canvas, where text is crisp.
import { el, svg } from "./dom.js";
import { layerSize } from "./maps.js";

// Room a class name takes, in pixels.
const LINE = 16;
// How much wider the name of the best class is than others.
const BEST = 1.45;

export class Labels {
  constructor(host, space, geometry, network, naming, classes) {
    Object.assign(this, { host, space, geometry, network });
    this.ring = el("span", { class: "ring", hidden: true });
    this.tip = el("span", { class: "tip", hidden: true });
    const sizeOf = (l) => {
      if (network.payload.layers[l].maps > 1) return layerSize(network.payload.layers[l]);
      return network.sizes[l] === 1 ? "1 neuron" : `${network.sizes[l]} neurons`;
    };
    this.layers = network.sizes.map((_, l) =>
      el("span", { class: "layer-label" }, el("b", {}, naming.layer(l)), el("span", {}, sizeOf(l))),
    );
    this.leaders = svg("svg", { class: "leaders" });
    // beyond this many, names would cover the network
    this.classes = classes.length <= 30 ? classes.map((name) => el("span", { class: "class-label" }, name)) : [];
    this.written = [];
    host.append(this.leaders, ...this.layers, ...this.classes, this.ring, this.tip);
  }

  put(node, x, y) {
    node.style.transform = `translate(${x.toFixed(1)}px, ${y.toFixed(1)}px)`;
  }

  // After each rendering: everything to its place.
  follow(selected, best) {
    const { geometry, network, space } = this;
    const feet = this.layers.map((_, l) => space.project(Float32Array.of(geometry.planeOf(l), -1.16, 0), 0));
    this.layers.forEach((label, l) => {
      label.hidden = feet[l] === null;
      if (feet[l] !== null) this.put(label, feet[l].x, feet[l].y);
    });
    this.host.classList.toggle("tight", this.overlap(feet.filter((at) => at !== null)));
    this.followClasses(best);
    const at = selected < 0 ? null : space.project(geometry.neuronPosition, selected);
    this.ring.hidden = at === null;
    if (at !== null) this.put(this.ring, at.x, at.y);
  }

  // Whether names of layers, with their sizes below, would lie over each other. In the text's size.
  overlap(feet) {
    this.letter ??= parseFloat(getComputedStyle(this.host).fontSize);
    const [wide, tall] = [6 * this.letter, 2.4 * this.letter];
    return feet.some((a, k) => feet.slice(0, k).some((b) => Math.hypot((a.x - b.x) / wide, (a.y - b.y) / tall) < 1));
  }

  // Room that the longest class name takes.
  widest() {
    this.width ??= 6 + BEST * Math.max(0, ...this.classes.map((label) => label.offsetWidth));
    return this.width;
  }

  // In a column beside the outputs, in the order in which these stand from top to bottom, each joined to its neuron.
  followClasses(best) {
    const first = this.network.offsets.at(-2);
    const seen = this.classes
      .map((label, c) => ({ label, c, at: this.space.project(this.geometry.neuronPosition, first + c) }))
      .filter(({ at }) => at !== null)
      .sort((a, b) => a.at.y - b.at.y);
    const x = Math.min(Math.max(...seen.map(({ at }) => at.x)) + 28, this.host.clientWidth - this.widest());
    // each at its neuron's height where there is room, else below the one before, and the whole in the middle
    const ys = [];
    for (const { at } of seen) ys.push(Math.max(at.y, (ys.at(-1) ?? -Infinity) + LINE));
    const shift = seen.reduce((sum, { at }, k) => sum + ys[k] - at.y, 0) / Math.max(1, seen.length);
    seen.forEach(({ label, c }, k) => {
      label.classList.toggle("best", c === best);
      this.put(label, x, ys[k] - shift - LINE / 2);
    });
    // for who draws them elsewhere
    this.written = seen.map(({ label, at, c }, k) => {
      return { text: label.textContent, x, y: ys[k] - shift, from: at, best: c === best };
    });
    this.leaders.replaceChildren(
      ...seen.map(({ at, c }, k) =>
        svg("line", { x1: at.x + 6, y1: at.y, x2: x - 4, y2: ys[k] - shift, class: c === best ? "best" : "" }),
      ),
    );
  }

  // What is under the pointer.
  hint(text, neuron) {
    const at = neuron < 0 ? null : this.space.project(this.geometry.neuronPosition, neuron);
    this.tip.hidden = at === null;
    if (at === null) return;
    this.tip.textContent = text;
    this.put(this.tip, at.x + 14, at.y - 30);
  }
}
