// A dot for each spike, and a moving line for now: steps from left to right, neurons from top to bottom, layer under layer.
// Outputs that do not spike are shaded by their membranes. Click or drag to go to a time.
import { extent } from "d3-array";
import { el } from "../dom.js";
import { softmax } from "../network.js";
import { goTo } from "./player.js";

const WIDTH = 356;
// Height of a layer's part, by its neurons, and of its name above.
const LOWEST = 36,
  TALLEST = 150,
  ROW = 3,
  NAME = 18;

export function buildRaster({ payload, network, naming, state }, onScrub) {
  const { time_steps: steps } = payload.spiking;
  const canvas = el("canvas", { id: "raster", role: "img" });
  // a line where time runs on, the whole step where it does not
  const line = el("span", { class: network.travels ? "now" : "now step", hidden: true });
  const host = el("div", { class: "raster" }, canvas, line);

  function scrub(event) {
    const box = host.getBoundingClientRect();
    const now = Math.max(0, Math.min(steps - 1e-3, ((event.clientX - box.left) / box.width) * steps));
    onScrub();
    goTo(state, network.travels ? now : Math.floor(now));
  }
  host.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    host.setPointerCapture(event.pointerId);
    scrub(event);
  });
  host.addEventListener("pointermove", (event) => host.hasPointerCapture(event.pointerId) && scrub(event));

  state.watch(["result", "colors"], () => {
    const result = state.get("result");
    if (result !== null)
      draw(canvas, partsOf(network, naming, result, payload.spiking.readout), steps, state.get("colors"));
  });
  state.watch(["now"], () => {
    const now = state.get("now");
    line.hidden = now === null;
    line.style.left = `${(100 * now) / steps}%`;
    if (!network.travels) line.style.width = `${100 / steps}%`;
  });
  return { node: host, label: (text) => canvas.setAttribute("aria-label", text) };
}

// What is shown: {name, size, shade(t, j) 0..1} of each layer that has something to show.
function partsOf(network, naming, { spiking }, readout) {
  const { spikes, membranes, fires } = spiking;
  const last = network.sizes.length - 1;
  const parts = [];
  network.sizes.forEach((size, layer) => {
    if (fires[layer]) parts.push({ name: naming.layer(layer), size, shade: (t, j) => (spikes[layer][t][j] ? 1 : 0) });
  });
  const size = network.sizes[last];
  if (!fires[last] && readout === "softmax-sum") {
    const shares = membranes[last].map((now) => softmax(now));
    const most = Math.max(...shares.flat());
    parts.push({
      name: `${naming.layer(last)}, shares of a softmax`,
      size,
      shade: (t, j) => (shares[t][j] / most) ** 2,
    });
  } else if (!fires[last]) {
    const [low, high] = extent(membranes[last].flatMap((now) => [...now]));
    // high ones stand out
    const shade = (t, j) => ((membranes[last][t][j] - low) / (high - low || 1)) ** 3;
    parts.push({ name: `${naming.layer(last)}, membranes`, size, shade });
  }
  return parts;
}

function draw(canvas, parts, steps, colors) {
  const ratio = Math.min(3, window.devicePixelRatio || 1);
  const tall = parts.map(({ size }) => Math.max(LOWEST, Math.min(TALLEST, ROW * size)));
  const height = tall.reduce((sum, h) => sum + h + NAME, 0);
  canvas.width = WIDTH * ratio;
  canvas.height = height * ratio;
  canvas.style.aspectRatio = `${WIDTH} / ${height}`;
  const context = canvas.getContext("2d");
  context.scale(ratio, ratio);
  let top = 0;
  parts.forEach((part, k) => {
    context.globalAlpha = 1;
    context.fillStyle = colors.ink.getStyle();
    context.font = "12px system-ui, sans-serif";
    context.fillText(part.name, 0, top + 13);
    top += NAME;
    drawPart(context, part, top, tall[k], steps, colors);
    top += tall[k];
  });
}

function drawPart(context, { size, shade }, top, tall, steps, colors) {
  const column = WIDTH / steps,
    row = tall / size;
  // gaps between dots, where there is room for them
  const wide = Math.max(Math.min(1, column), column - Math.min(2, 0.3 * column));
  context.fillStyle = colors.faint.getStyle();
  context.globalAlpha = 0.35;
  context.fillRect(0, top, WIDTH, tall);
  context.fillStyle = colors.excitatory.getStyle();
  for (let t = 0; t < steps; t++)
    for (let j = 0; j < size; j++) {
      const share = shade(t, j);
      if (share === 0) continue;
      context.globalAlpha = share;
      context.fillRect(t * column, top + j * row, wide, Math.max(0.8, row * 0.8));
    }
}
