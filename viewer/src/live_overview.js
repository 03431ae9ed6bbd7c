// Several runs side by side: a row for each, their curves over each other.
import { lineChart } from "./charts.js";
import { byId, el, percent, short, whole } from "./dom.js";
import { listen } from "./live_link.js";
import { duration } from "./live_time.js";
import { buildThemeButton } from "./themes.js";

// What is shown of a run, the first that it has.
const SCORES = [
  ["test_accuracy", "test accuracy", (y) => percent(y, 1)],
  ["validation_accuracy", "validation accuracy", (y) => percent(y, 1)],
  ["test_r2", "test R\u00b2", (y) => y.toFixed(3)],
  ["validation_r2", "validation R\u00b2", (y) => y.toFixed(3)],
  ["train_accuracy", "training accuracy", (y) => percent(y, 1)],
];
// Colours and dashes, so that colour alone tells nothing.
const KINDS = 8;

// Names without the folder that all of them are in.
function shortened(names) {
  const folder = names[0].slice(0, names[0].lastIndexOf("/") + 1);
  const shared = names.every((name) => name.startsWith(folder) && name.length > folder.length);
  return shared ? names.map((name) => name.slice(folder.length)) : names;
}

export function buildOverview(live) {
  document.title = "Runs \u2013 Loci";
  document.documentElement.dataset.overview = "yes";
  byId("title").textContent = "Runs";
  byId("facts").textContent = `${whole(live.runs.length)} runs`;
  buildThemeButton(byId("theme"), () => {});
  const runs = shortened(live.runs).map((name, i) => ({ name, i, epochs: [], state: null, row: rowOf(name, i) }));
  const loss = el("div", { class: "curves" }),
    score = el("div", { class: "curves" });
  const scoreTitle = el("h2", {}, "Accuracy");
  const line = el("p", { id: "live-status", role: "status" });
  const head = ["", "Run", "State", "Epoch", "Loss", "Score", "Left"];
  const table = el(
    "table",
    { id: "runs" },
    el("thead", {}, el("tr", {}, ...head.map((text) => el("th", { scope: "col" }, text)))),
    el("tbody", {}, ...runs.map(({ row }) => row.node)),
  );
  document
    .querySelector("main")
    .replaceChildren(
      el(
        "section",
        { class: "overview", "aria-label": "All runs" },
        line,
        el("div", { class: "scroll" }, table),
        el("h2", {}, "Training loss"),
        loss,
        scoreTitle,
        score,
      ),
    );

  function fillRow({ row, state, epochs }) {
    const found = scoreOf(epochs);
    const last = found && epochs.findLast((m) => (m[found[0]] ?? null) !== null);
    row.cells[0].textContent =
      state.trouble || (state.quiet > 60 && state.status === "running" ? "quiet" : state.status);
    row.cells[1].textContent = state.epochs > 0 ? `${whole(state.epoch)} / ${whole(state.epochs)}` : whole(state.epoch);
    row.cells[2].textContent = state.loss === null ? "" : short(state.loss);
    row.cells[3].textContent = last ? `${found[2](last[found[0]])} ${found[1].split(" ")[0]}` : "";
    row.cells[4].textContent = state.left === null || state.status !== "running" ? "" : duration(state.left);
    row.node.dataset.status = state.status;
  }

  function draw() {
    chart(loss, "Training loss of all runs over the epochs", (m) => m.train_loss, { format: String });
    const found = runs.map(({ epochs }) => scoreOf(epochs)).find((one) => one !== undefined);
    scoreTitle.hidden = found === undefined;
    if (found === undefined) return score.replaceChildren();
    scoreTitle.textContent = found[1][0].toUpperCase() + found[1].slice(1);
    const values = runs.flatMap(({ epochs }) => epochs.map((m) => m[found[0]] ?? null)).filter((y) => y !== null);
    // from the lowest, rounded down to a tenth; R2 has no lower end
    const floor = Math.max(-1, Math.min(0.9, Math.floor(10 * Math.min(...values)) / 10));
    const format = found[0].endsWith("r2") ? (y) => y.toFixed(2) : (y) => percent(y, 0);
    const label = `${scoreTitle.textContent} of all runs over the epochs`;
    chart(score, label, (m) => m[found[0]] ?? null, { format, domain: [floor, 1] });
  }

  function chart(host, label, valueOf, left) {
    const width = host.clientWidth || 600;
    const lines = runs
      .map(({ i, epochs }) => ({
        points: epochs.map((m) => [m.epoch, valueOf(m)]).filter(([, y]) => y !== null),
        axis: "left",
        class: `run-${i % KINDS}`,
      }))
      .filter(({ points }) => points.length > 0);
    if (lines.length === 0)
      return host.replaceChildren(el("p", { class: "hint" }, "Nothing yet: curves begin with the first epoch."));
    const last = Math.max(...lines.map(({ points }) => points.at(-1)[0]));
    const xDomain = [1, Math.max(2, last)];
    host.replaceChildren(lineChart({ width, height: 220, label, lines, xDomain, xLabel: "epoch", left }).node);
  }

  let due = 0;
  const drawSoon = () => (due ||= setTimeout(() => ((due = 0), draw()), 250));
  new ResizeObserver(drawSoon).observe(loss);
  listen(null, "", {
    state(told) {
      runs[told.run].state = told;
      fillRow(runs[told.run]);
      drawSoon();
    },
    metrics(told) {
      const run = runs[told.run];
      if (told.anew) run.epochs.length = 0;
      run.epochs.push(...told.epochs);
      drawSoon();
    },
    line: (there) => (line.textContent = there ? "" : "no line to the server; trying again"),
  });
  window.loci = { runs };
  document.documentElement.dataset.ready = "yes";
}

const scoreOf = (epochs) => SCORES.find(([key]) => epochs.some((m) => (m[key] ?? null) !== null));

function rowOf(name, i) {
  const cells = Array.from({ length: 5 }, () => el("td", {}));
  const swatch = el("span", { class: `swatch run-${i % KINDS}` });
  swatch.setAttribute("aria-hidden", "true");
  const link = el("a", { href: `net/${i}/` }, name);
  return { cells, node: el("tr", {}, el("td", {}, swatch), el("th", { scope: "row" }, link), ...cells) };
}
