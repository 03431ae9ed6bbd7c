// Two networks on one page: how they differ.
import { lineChart } from "../charts.js";
import { disagreements, inNumbers, inWords } from "../differences.js";
import { el, percent } from "../dom.js";
import { regresses } from "../regression.js";

const WIDTH = 356;

export function buildCompare({ entries, at }, { state, showSample }) {
  const host = el("div", { class: "compare" });
  const [a, b] = entries;
  host.append(
    el("h2", {}, "How they differ"),
    ...inWords(entries).map((text) => el("p", {}, text)),
    el("p", { class: "hint" }, "Change between them by the buttons at the top; both are seen from the same side."),
  );
  const differ = disagreements(entries) ?? [];
  if (differ.length > 0) host.append(listSamples(differ));
  const curves = chart();
  if (curves !== null) host.append(curves);
  host.append(table());
  return host;

  // What they answer differently, to be shown to the one that is there.
  function listSamples(differ) {
    const buttons = differ.map(({ sample, label, seen }) =>
      el(
        "li",
        {},
        el(
          "button",
          { type: "button", class: "link", onclick: () => showSample(sample) },
          el("span", { class: "name" }, `Sample ${sample + 1}, labelled ${a.classes[label]}`),
          el("span", { class: "value" }, a.classes[seen[0]]),
          el("span", { class: "value" }, a.classes[seen[1]]),
        ),
      ),
    );
    return el(
      "div",
      { class: "links differ" },
      el("h3", {}, "Answered differently"),
      el(
        "p",
        { class: "heads", "aria-hidden": "true" },
        el("span", {}),
        el("span", {}, "first"),
        el("span", {}, "second"),
      ),
      el("ul", {}, ...buttons),
    );
  }

  function table() {
    const head = (text, k) => el("th", { scope: "col", title: text, "aria-current": k === at }, text);
    return el(
      "div",
      { class: "scroll" },
      el("h3", {}, "Side by side"),
      el(
        "table",
        { id: "differences" },
        el("thead", {}, el("tr", {}, el("td", {}), head(a.name, 0), head(b.name, 1))),
        el(
          "tbody",
          {},
          ...inNumbers(entries).map(([name, ...values]) =>
            el("tr", {}, el("th", { scope: "row" }, name), ...values.map((value) => el("td", {}, value))),
          ),
        ),
      ),
    );
  }

  // What both measured, epoch by epoch.
  function chart() {
    if (entries.some(({ metrics }) => metrics.length < 2) || regresses(a) !== regresses(b)) return null;
    const keys = regresses(a)
      ? ["test_r2", "validation_r2"]
      : ["test_accuracy", "validation_accuracy", "train_accuracy"];
    const key = keys.find((key) => entries.every(({ metrics }) => metrics.some((m) => m[key] !== null)));
    if (key === undefined) return null;
    const lines = entries.map(({ metrics }, k) => ({
      points: metrics.filter((m) => m[key] !== null).map((m) => [m.epoch, m[key]]),
      axis: "left",
      class: ["strong", "second"][k],
    }));
    const values = lines.flatMap(({ points }) => points.map(([, y]) => y)),
      epochs = lines.flatMap(({ points }) => points.map(([x]) => x));
    const name = key.replace("_", " ").replace("r2", "R\u00b2").replace("train ", "training ");
    return el(
      "section",
      { class: "statistic" },
      el("h3", {}, `${name[0].toUpperCase()}${name.slice(1)} over the epochs`),
      el("p", { class: "key" }, el("span", { class: "strong" }, a.name), el("span", { class: "second" }, b.name)),
      lineChart({
        width: WIDTH,
        height: 150,
        label: `${name} of both over the epochs`,
        lines,
        xDomain: [Math.min(...epochs), Math.max(...epochs, 1)],
        xLabel: "epoch",
        left: {
          format: regresses(a) ? (y) => y.toFixed(2) : (y) => percent(y, 0),
          domain: [Math.max(regresses(a) ? -1 : 0, Math.floor(10 * Math.min(...values) - 0.5) / 10), 1],
        },
      }).node,
    );
  }
}

// The buttons that change between two networks.
export function buildSwitch(host, { entries, at, turnTo }) {
  host.hidden = false;
  host.append(
    ...entries.map(({ name }, k) =>
      el(
        "button",
        { type: "button", "aria-pressed": `${k === at}`, title: name, onclick: () => k !== at && turnTo(k) },
        el("span", {}, name),
      ),
    ),
  );
}
