// The training: a scrubber over epochs that moves the neurons, its curves right above it on the same axis.
import { lineChart } from "../charts.js";
import { el, percent, short, svg } from "../dom.js";
import { regresses } from "../regression.js";
import { filmType } from "../studio.js";

const R2 = [
  ["test_r2", "test"],
  ["validation_r2", "validation"],
];
const ACCURACIES = [
  ["test_accuracy", "test"],
  ["validation_accuracy", "validation"],
  ["train_accuracy", "training"],
];
// A whole training is played in so many seconds.
const PLAY_SECONDS = 6;

export function buildTime(host, { payload, geometry, state, studio }) {
  const { metrics } = payload,
    { frames } = geometry;
  const regressor = regresses(payload);
  const scores = regressor ? R2 : ACCURACIES,
    scoreName = regressor ? "R\u00b2" : "accuracy",
    format = regressor ? (y) => y.toFixed(2) : (y) => percent(y, 0);
  const moves = frames.epochs.length > 1;
  if (!moves && metrics.length === 0) return;
  host.hidden = false;
  const first = moves ? frames.first : metrics[0].epoch,
    last = Math.max(moves ? frames.last : 0, metrics.at(-1)?.epoch ?? 0);
  const chartHost = el("div", { class: "curves" });
  const readout = el("p", { id: "epoch-readout" });
  const input = el("input", {
    type: "range",
    id: "epoch",
    min: first,
    max: last,
    step: 1,
    value: last,
    "aria-label": "Epoch",
  });
  const play = el("button", { type: "button", id: "play-training" });
  const note = moves
    ? null
    : el("p", { class: "hint" }, geometry.conventional ? "Conventional: nothing moves." : "No frames were kept.");
  const film = moves && studio !== null ? filmButton() : null;
  const buttons = moves ? el("div", { class: "time-buttons" }, play, film) : null;
  host.append(
    el("div", { class: "time-side" }, el("h2", {}, "Training"), buttons, readout, note),
    el("div", { class: "time-main" }, chartHost, input),
  );
  let cursor = null,
    chart = null,
    running = 0;

  function tell(epoch) {
    const near = metrics.findLast((m) => m.epoch <= epoch + 1e-6);
    const [key, name] = scores.find(([key]) => near && near[key] !== null) ?? [];
    const parts = [`epoch ${Math.round(epoch)} of ${last}`];
    if (near) parts.push(`loss ${short(near.train_loss)}`);
    if (key) parts.push(`${name} ${regressor ? `R\u00b2 ${near[key].toFixed(3)}` : percent(near[key])}`);
    readout.replaceChildren(...parts.map((part) => el("span", {}, part)));
    input.setAttribute("aria-valuetext", parts.join(", "));
    if (cursor !== null) {
      cursor.setAttribute("x1", chart.x(epoch));
      cursor.setAttribute("x2", chart.x(epoch));
    }
  }

  const epochNow = () => state.get("epoch") ?? last;

  function go(epoch) {
    // the last frame is the trained network itself, to its last digit
    state.set({ epoch: epoch >= last ? null : epoch });
  }

  function stop() {
    cancelAnimationFrame(running);
    running = 0;
    play.textContent = "\u25b6 Play";
  }

  function start() {
    play.textContent = "\u2759\u2759 Pause";
    let epoch = epochNow() >= last ? first : epochNow(),
      before = performance.now();
    const tick = (now) => {
      // on a slow machine a frame may take long: then the training plays slower, but no epoch is jumped over
      epoch += ((last - first) * Math.min(60, now - before)) / (1000 * PLAY_SECONDS);
      before = now;
      go(epoch);
      if (epoch >= last) stop();
      else running = requestAnimationFrame(tick);
    };
    running = requestAnimationFrame(tick);
  }

  // Saves the training as it is played; pressed again, it gives up.
  function filmButton() {
    const button = el("button", { type: "button", id: "film" }, "Save film");
    if (filmType() === null) {
      button.disabled = true;
      button.textContent = "Cannot record here";
      button.title = "This browser does not record films (MediaRecorder with WebM).";
      return button;
    }
    let end = null;
    button.title = "Records the training as it is played, as a WebM file";
    button.addEventListener("click", () => {
      if (end !== null) return end();
      stop();
      const before = state.get("epoch");
      end = studio.film({
        seconds: PLAY_SECONDS,
        go(share) {
          button.textContent = `Stop recording (${Math.round(100 * share)} %)`;
          go(first + share * (last - first));
        },
        done() {
          end = null;
          button.textContent = "Save film";
          state.set({ epoch: before });
        },
      });
    });
    return button;
  }

  function draw() {
    const width = chartHost.clientWidth;
    if (width === 0) return;
    const lines = [{ points: metrics.map((m) => [m.epoch, m.train_loss]), axis: "left", class: "loss" }];
    for (const [key, name] of scores) {
      const points = metrics.filter((m) => m[key] !== null).map((m) => [m.epoch, m[key]]);
      if (points.length > 0) lines.push({ points, axis: "right", class: `accuracy ${name}` });
    }
    // from the lowest, rounded down to a fifth, or the curve would be a line along the top; R2 has no lower end
    const lowest = Math.min(1, ...lines.filter((l) => l.axis === "right").flatMap((l) => l.points.map((p) => p[1])));
    const floor = Math.max(regressor ? -1 : 0, Math.min(0.8, Math.floor(5 * lowest) / 5));
    chart = lineChart({
      width,
      height: 92,
      label: `Loss and ${scoreName} over the epochs`,
      lines,
      xDomain: [first, Math.max(last, first + 1)],
      left: { format: String, class: "loss" },
      right: { format, domain: [floor, 1], class: "accuracy" },
    });
    cursor = svg("line", { class: "cursor", y1: chart.plot.top, y2: chart.plot.bottom });
    chart.node.append(cursor);
    const key = el(
      "p",
      { class: "key" },
      el("span", { class: "loss" }, "training loss"),
      ...scores
        .filter(([, name]) => lines.some((l) => l.class === `accuracy ${name}`))
        .map(([, name]) => el("span", { class: `accuracy ${name}` }, `${name} ${scoreName}`)),
    );
    chartHost.replaceChildren(key, chart.node);
    // the thumb's middle stands below the cursor
    input.style.marginLeft = `${chart.plot.left - 8}px`;
    input.style.width = `${chart.plot.right - chart.plot.left + 16}px`;
    tell(epochNow());
  }

  play.addEventListener("click", () => (running === 0 ? start() : stop()));
  input.addEventListener("input", () => (stop(), go(Number(input.value))));
  stop();
  if (metrics.length > 0) new ResizeObserver(draw).observe(chartHost);
  state.watch(["epoch"], () => {
    input.value = epochNow();
    tell(epochNow());
  });
}
