// Names of layers and classes, and the ring around the selected neuron: HTML over the canvas, where text is crisp.
import { el, svg } from "./dom.js";

// Room a class name takes, in pixels.
const LINE = 16;
// How much wider the name of the best class is than others.
const BEST = 1.45;

export class Labels {
  constructor(host, space, geometry, network, naming, classes) {
    Object.assign(this, { host, space, geometry, network });
    this.ring = el("span", { class: "ring", hidden: true });
    this.tip = el("span", { class: "tip", hidden: true });
    const sizeOf = (l) => (network.sizes[l] === 1 ? "1 neuron" : `${network.sizes[l]} neurons`);
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
    this.layers.forEach((label, l) => {
      const foot = Float32Array.of(geometry.planeOf(l), -1.16, 0);
      const at = space.project(foot, 0);
      label.hidden = at === null;
      if (at !== null) this.put(label, at.x, at.y);
    });
    this.followClasses(best);
    const at = selected < 0 ? null : space.project(geometry.neuronPosition, selected);
    this.ring.hidden = at === null;
    if (at !== null) this.put(this.ring, at.x, at.y);
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
