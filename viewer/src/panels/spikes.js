// Spikes over time: play them step by step, a raster of all, and the membranes that the answer is read from.
import { lineChart } from "../charts.js";
import { el, whole } from "../dom.js";
import { argmax } from "../network.js";
import { regresses } from "../regression.js";
import { slider } from "../controls.js";

const STEP_MS = 320;
const WIDTH = 356;

export function buildSpikes({ payload, network, naming, state }) {
  const { time_steps: steps, coding, readout, reset } = payload.spiking;
  const play = el("button", { type: "button", id: "play-spikes" });
  const step = slider({
    id: "step",
    label: "Time step",
    max: steps,
    value: 0,
    onInput: (value) => (stop(), state.set({ step: value === 0 ? null : value - 1 })),
    describe: (value) => (value === 0 ? `all ${steps}` : `${value} of ${steps}`),
  });
  const raster = el("canvas", { id: "raster", role: "img" });
  const said = el("p", { id: "spike-count", class: "hint" });
  const traces = el("div", { id: "traces" });
  const body = el("div", {}, el("div", { class: "player" }, play, step.node), raster, said, traces);
  const host = el(
    "div",
    { class: "spikes" },
    el("h3", {}, "Spikes"),
    el(
      "p",
      { class: "hint" },
      `${steps} steps, ${coding} input, reset ${reset}, read by ${readout.replace("-", " ")}.`,
    ),
    body,
  );
  let timer = null;

  function stop() {
    clearInterval(timer);
    timer = null;
    play.textContent = "\u25b6 Play";
  }

  function start() {
    if (state.get("result") === null) return;
    play.textContent = "\u2759\u2759 Pause";
    const now = state.get("step");
    if (now === null || now === steps - 1) state.set({ step: 0 });
    timer = setInterval(() => {
      const now = state.get("step");
      if (now === null || now >= steps - 1) stop();
      else state.set({ step: now + 1 });
    }, STEP_MS);
  }

  play.addEventListener("click", () => (timer === null ? start() : stop()));
  stop();
  state.watch(["step"], () => {
    step.input.value = state.get("step") === null ? 0 : state.get("step") + 1;
    step.tell();
  });
  state.watch(["result", "step", "colors"], () => {
    const result = state.get("result");
    body.hidden = result === null;
    if (result === null) return;
    drawRaster(raster, network, naming, result, state.get("step"), state.get("colors"));
    const total = result.spiking.spikes.map((layer, l) =>
      result.spiking.fires[l] ? layer.reduce((sum, now) => sum + now.reduce((a, b) => a + b, 0), 0) : 0,
    );
    const text = total
      .map((count, l) => (result.spiking.fires[l] ? `${whole(count)} in ${naming.layer(l)}` : null))
      .filter((part) => part !== null);
    said.textContent = `Spikes over all steps: ${text.join(", ").toLowerCase()}.`;
    raster.setAttribute("aria-label", `Spike raster. ${said.textContent}`);
    traces.replaceChildren(membranes(result));
  });
  return host;

  // Membranes of the output over time; where the output spikes, these are what its spikes come from.
  function membranes(result) {
    const best = regresses(payload) ? -1 : argmax(result.logits),
      outputs = result.spiking.membranes.at(-1);
    const lines = payload.classes.map((_, c) => ({
      points: outputs.map((now, t) => [t + 1, now[c]]),
      axis: "left",
      class: c === best || best < 0 ? "strong" : "weak",
    }));
    if (best >= 0) lines.push(lines.splice(best, 1)[0]);
    const all = outputs.flatMap((now) => [...now]);
    const chart = lineChart({
      width: WIDTH,
      height: 130,
      label: "Membranes of the outputs over the time steps",
      lines,
      xDomain: [1, Math.max(2, steps)],
      xLabel: "time step",
      left: { domain: [Math.min(0, ...all), Math.max(...all, 1e-6)] },
    });
    return el(
      "figure",
      {},
      best < 0
        ? el("figcaption", {}, "Membranes of the outputs")
        : el("figcaption", {}, "Membranes of the outputs; bold: ", el("b", {}, payload.classes[best])),
      chart.node,
    );
  }
}

// A dot for each spike: steps from left to right, neurons from top to bottom, layer under layer.
function drawRaster(canvas, network, naming, result, step, colors) {
  const { spikes, fires, steps } = result.spiking;
  const layers = network.sizes.map((size, layer) => ({ size, layer })).filter(({ layer }) => fires[layer]);
  const ratio = Math.min(3, window.devicePixelRatio || 1);
  const tall = layers.map(({ size }) => Math.max(36, Math.min(150, size)));
  const gap = 18,
    height = tall.reduce((sum, h) => sum + h + gap, 0);
  canvas.width = WIDTH * ratio;
  canvas.height = height * ratio;
  canvas.style.aspectRatio = `${WIDTH} / ${height}`;
  const context = canvas.getContext("2d");
  context.scale(ratio, ratio);
  const css = (name) => colors[name].getStyle();
  const column = WIDTH / steps;
  let top = 0;
  layers.forEach(({ size, layer }, k) => {
    context.fillStyle = css("ink");
    context.font = "12px system-ui, sans-serif";
    context.fillText(naming.layer(layer), 0, top + 13);
    top += gap;
    context.fillStyle = css("faint");
    context.globalAlpha = 0.35;
    context.fillRect(0, top, WIDTH, tall[k]);
    if (step !== null) {
      context.globalAlpha = 0.8;
      context.fillRect(step * column, top, column, tall[k]);
    }
    context.globalAlpha = 1;
    context.fillStyle = css("excitatory");
    const row = tall[k] / size;
    for (let t = 0; t < steps; t++)
      for (let j = 0; j < size; j++)
        if (spikes[layer][t][j])
          context.fillRect(t * column + 1, top + j * row, Math.max(1, column - 2), Math.max(0.8, row * 0.8));
    top += tall[k];
  });
}
