// Pictures and films of what is seen: drawing and names on one sheet, saved by the browser.
import { el } from "./dom.js";

// What recorders may write, the best first.
const FILMS = ["video/webm;codecs=vp9", "video/webm;codecs=vp8", "video/webm"];
// Pictures a second, bits a second of a film, and how long it stays on its end.
const RATE = 30,
  BITS = 6e6,
  HOLD_MS = 1200;

// Height of what stands above the picture, in pixels.
const HEADING = 56;

// What this browser records, or null.
export function filmType() {
  if (typeof MediaRecorder === "undefined" || HTMLCanvasElement.prototype.captureStream === undefined) return null;
  return FILMS.find((type) => MediaRecorder.isTypeSupported(type)) ?? null;
}

function save(blob, name) {
  const link = el("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

export class Studio {
  // caption(): what is to be said of the moment; labels(): names in the picture.
  constructor({ space, geometry, naming, network, payload, caption, labels }) {
    Object.assign(this, { space, geometry, naming, network, payload, caption, labels });
    this.sheet = el("canvas");
  }

  // "arbor-mlp-2k-on-mnist.png"
  nameOf(ending) {
    const plain = this.payload.title.replace(/[^\p{L}\p{N}.]+/gu, "-").replace(/^[-.]+|-+$/g, "");
    return `${plain.slice(0, 80) || "network"}.${ending}`;
  }

  // Draws what is seen on the sheet, in pixels of the screen: a heading, then the network and its names. Sides are even,
  // as films need them.
  paint() {
    const { space, sheet, network, naming, geometry, payload } = this;
    space.render();
    const { width, height } = space.canvas;
    const scale = width / space.canvas.clientWidth,
      top = Math.round(HEADING * scale);
    const [w, h] = [width, height + top].map((side) => side & ~1);
    if (sheet.width !== w || sheet.height !== h) Object.assign(sheet, { width: w, height: h });
    const context = sheet.getContext("2d"),
      style = getComputedStyle(document.documentElement);
    const color = (name) => style.getPropertyValue(`--${name}`).trim();
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.fillStyle = color("background");
    context.fillRect(0, 0, w, h);
    context.drawImage(space.canvas, 0, top);
    context.setTransform(scale, 0, 0, scale, 0, 0);
    const write = (text, x, y, { size = 13, weight = 400, ink = "soft", align = "left" } = {}) => {
      context.font = `${weight} ${size}px ${style.fontFamily}`;
      context.fillStyle = color(ink);
      context.textAlign = align;
      context.fillText(text, x, y);
    };
    write(payload.title, 16, 26, { size: 16, weight: 650, ink: "ink" });
    write(this.caption(), 16, 46);
    context.translate(0, HEADING);
    network.sizes.forEach((_, l) => {
      const at = space.project(Float32Array.of(geometry.planeOf(l), -1.16, 0), 0);
      if (at !== null) write(naming.layer(l), at.x, at.y + 12, { weight: 600, ink: "ink", align: "center" });
    });
    for (const { text, x, y, from, best } of this.labels()?.written ?? []) {
      context.strokeStyle = color(best ? "ink" : "faint");
      context.beginPath();
      context.moveTo(from.x + 6, from.y);
      context.lineTo(x - 4, y);
      context.stroke();
      write(text, x, y + 4, best ? { size: 15, weight: 700, ink: "ink" } : {});
    }
  }

  // Resolves once the picture is handed to the browser.
  savePicture() {
    this.paint();
    return new Promise((done, failed) =>
      this.sheet.toBlob((blob) => {
        if (blob === null) return failed(new Error("the browser made no picture"));
        save(blob, this.nameOf("png"));
        done();
      }, "image/png"),
    );
  }

  // Records `seconds` in which go(share) is called with 0 to 1; then done(true), or, where stop() was called first,
  // done(false). Returns stop().
  film({ seconds, go, done }) {
    this.paint();
    const recorder = new MediaRecorder(this.sheet.captureStream(RATE), {
      mimeType: filmType(),
      videoBitsPerSecond: BITS,
    });
    const pieces = [];
    let kept = true,
      share = 0,
      before = performance.now(),
      held = 0;
    recorder.ondataavailable = ({ data }) => pieces.push(data);
    recorder.onstop = () => {
      kept &&= pieces.some(({ size }) => size > 0);
      if (kept) save(new Blob(pieces, { type: "video/webm" }), this.nameOf("webm"));
      done(kept);
    };
    const end = () => recorder.state !== "inactive" && recorder.stop();
    const tick = (now) => {
      if (recorder.state === "inactive") return;
      const passed = Math.min(100, now - before);
      before = now;
      if (share < 1) share = Math.min(1, share + passed / (1000 * seconds));
      else held += passed;
      go(share);
      this.paint();
      if (held > HOLD_MS) end();
      else requestAnimationFrame(tick);
    };
    recorder.start();
    requestAnimationFrame(tick);
    return () => {
      kept = false;
      end();
    };
  }
}
