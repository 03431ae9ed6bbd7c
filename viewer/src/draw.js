// A pad to draw on, with mouse, pen or finger. It shows the picture that the network gets: a grey drawing is centred and
// scaled as the digits of the training set are, once the pen is lifted; one in colour stays where it is.
import { averaged, centred } from "./centre.js";
import { drawColour, drawGrey } from "./colors.js";
import { el } from "./dom.js";
import { channelsOf, drawPicture, isColour } from "./picture.js";

// Drawing is done on a finer grid than the network's.
const FINE = 112;
const PEN = 0.085;

export class DrawingPad {
  // onImage: called with the network's picture [height x width x channels] in 0..1 while one draws. pen: "#rrggbb".
  constructor(payload, onImage) {
    const { height, width } = payload;
    Object.assign(this, { payload, height, width, onImage, pen: "#ffffff" });
    this.parts = isColour(payload) ? 3 : 1;
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
    this.ink = new Float32Array(FINE * FINE * this.parts);
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
    const colour = [1, 3, 5].map((at) => Number.parseInt(this.pen.slice(at, at + 2), 16) / 255);
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
        this.drop(y * FINE + x, Math.max(0, Math.min(1, reach - off)), colour);
      }
    this.onImage(
      this.parts === 1
        ? centred(this.ink, FINE, FINE, this.height, this.width)
        : averaged(this.ink, FINE, FINE, this.height, this.width, this.parts),
    );
  }

  // Ink covers what was there; grey ink does not make it lighter.
  drop(at, share, colour) {
    if (this.parts === 1) this.ink[at] = Math.max(this.ink[at], share);
    else
      for (let part = 0; part < 3; part++) this.ink[3 * at + part] += share * (colour[part] - this.ink[3 * at + part]);
  }

  // While drawing, the ink itself; else what the network gets.
  show(image, colors) {
    const empty = () => new Float32Array(this.height * this.width * channelsOf(this.payload));
    if (image === null) drawPicture(this.node, empty(), this.payload, colors);
    else if (this.last === null) {
      drawPicture(this.node, image, this.payload, colors);
      this.own = false;
    } else if (this.parts === 3) drawColour(this.node, this.ink, FINE, FINE, 3);
    else drawGrey(this.node, this.ink, FINE, FINE, colors);
  }
}
