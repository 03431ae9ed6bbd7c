// Spikes over time: a player, a raster of all, and the membranes that the answer is read from.
import { lineChart } from "../charts.js";
import { el, whole } from "../dom.js";
import { argmax } from "../network.js";
import { regresses } from "../regression.js";
import { buildPlayer } from "./player.js";
import { buildRaster } from "./raster.js";

const WIDTH = 356;

export function buildSpikes({ payload, network, naming, state }) {
  const { time_steps: steps, coding, readout, reset } = payload.spiking;
  const player = buildPlayer({ payload, network, state });
  const raster = buildRaster({ payload, network, naming, state }, player.stop);
  const said = el("p", { id: "spike-count", class: "hint" });
  const traces = el("div", { id: "traces" });
  const body = el("div", {}, player.node, raster.node, said, traces);
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

  state.watch(["result", "colors"], () => {
    const result = state.get("result");
    body.hidden = result === null;
    if (result === null) return;
    said.textContent = `Spikes over all steps: ${countsOf(result.spiking).join(", ").toLowerCase()}.`;
    raster.label(`Spike raster. ${said.textContent}`);
    traces.replaceChildren(membranes(result));
  });
  return host;

  function countsOf({ spikes, fires }) {
    return spikes.flatMap((layer, l) => {
      const count = layer.reduce((sum, now) => sum + now.reduce((a, b) => a + b, 0), 0);
      return fires[l] ? [`${whole(count)} in ${naming.layer(l)}`] : [];
    });
  }

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
