// A pad to draw on, with mouse, pen or finger. It shows the picture that the network gets: a drawing is centred and scaled
// as the digits of the training set are, once the pen is lifted.
import { centred } from "./centre.js";
import { drawGrey } from "./colors.js";
import { el } from "./dom.js";

// Drawing is done on a finer grid than the network's.
const FINE = 112;
const PEN = 0.085;

export class DrawingPad {
  // onImage: called with the network's picture [height x width] in 0..1 while one draws.
  constructor(height, width, onImage) {
    Object.assign(this, { height, width, onImage });
    this.node = el("canvas", {
      id: "pad",
      role: "img",
      "aria-label": "The picture shown to the network. Draw here with mouse or finger.",
    });
    this.enabled = true;
    this.clear();
    this.node.addEventListener("pointerdown", (event) => this.begin(event));
    this.node.addEventListener("pointermove", (event) => this.go(event));
    for (const name of ["pointerup", "pointercancel"]) this.node.addEventListener(name, () => this.lift());
  }

  clear() {
    this.ink = new Float32Array(FINE * FINE);
    this.last = null;
    this.own = false;
  }

  at(event) {
    const box = this.node.getBoundingClientRect();
    return { x: ((event.clientX - box.left) / box.width) * FINE, y: ((event.clientY - box.top) / box.height) * FINE };
  }

  begin(event) {
    if (!this.enabled || event.button !== 0) return;
    event.preventDefault();
    this.node.setPointerCapture(event.pointerId);
    // a picture from elsewhere, or a finished drawing that was since moved to the middle, is not drawn on
    if (!this.own) this.clear();
    this.own = true;
    clearTimeout(this.rest);
    this.last = this.at(event);
    this.stroke(this.last, this.last);
  }

  go(event) {
    if (this.last === null) return;
    const to = this.at(event);
    this.stroke(this.last, to);
    this.last = to;
  }

  lift() {
    this.last = null;
  }

  // Ink along a line: full within the pen's radius, soft at its rim.
  stroke(from, to) {
    const radius = (PEN * FINE) / 2,
      reach = radius + 1;
    const [dx, dy] = [to.x - from.x, to.y - from.y],
      length = dx * dx + dy * dy;
    for (
      let y = Math.max(0, Math.floor(Math.min(from.y, to.y) - reach));
      y < Math.min(FINE, Math.max(from.y, to.y) + reach);
      y++
    )
      for (
        let x = Math.max(0, Math.floor(Math.min(from.x, to.x) - reach));
        x < Math.min(FINE, Math.max(from.x, to.x) + reach);
        x++
      ) {
        const along = length === 0 ? 0 : Math.max(0, Math.min(1, ((x - from.x) * dx + (y - from.y) * dy) / length));
        const off = Math.hypot(x - from.x - along * dx, y - from.y - along * dy);
        this.ink[y * FINE + x] = Math.max(this.ink[y * FINE + x], Math.max(0, Math.min(1, reach - off)));
      }
    this.onImage(centred(this.ink, FINE, FINE, this.height, this.width));
  }

  // While drawing, the ink itself; else what the network gets.
  show(image, colors) {
    if (image === null)
      drawGrey(this.node, new Float32Array(this.height * this.width), this.height, this.width, colors);
    else if (this.last !== null) drawGrey(this.node, this.ink, FINE, FINE, colors);
    else {
      drawGrey(this.node, image, this.height, this.width, colors);
      this.own = false;
    }
  }
}
