// What can be counted: where it errs, how distances and weights are spread, what pruning costs.
import { histogram, lineChart } from "../charts.js";
import { delayOf, isDelayed } from "../delay.js";
import { el, percent, quantity, short, whole } from "../dom.js";
import { lawOf } from "../law.js";
import { regresses } from "../regression.js";
import { isKnown, sampled } from "../vast.js";

const WIDTH = 356;
// Values a histogram is made from at most; of more, every so manieth.
const MOST_VALUES = 200000;

const NOTHING = { weight: new Float32Array(0), distance: new Float32Array(0) };

function thin(values) {
  const every = Math.ceil(values.length / MOST_VALUES);
  return every === 1 ? values : values.filter((_, i) => i % every === 0);
}

export function buildStatistics({ payload, network, geometry, naming }) {
  const host = el("div", { class: "statistics" });
  if (payload.confusion !== null) host.append(confusion(payload));
  if (payload.outputs) host.append(errors(payload));
  if (payload.sparsity_curve !== null) host.append(sparsity(payload.sparsity_curve, regresses(payload)));
  // of a vast network, some connections of each projection
  const projections = network.vast
    ? network.projections.map((one, p) => ({ ...one, ...(isKnown(network.trained[p]) ? sampled(one) : NOTHING) }))
    : network.projections;
  const pairName = (p) => {
    const { from, to } = projections[p];
    return `${naming.layer(from)} to ${from === to ? "itself" : naming.layer(to)}`.toLowerCase();
  };
  const tally = network.vast ? "looked at" : "in all";
  const some = network.vast ? " Some connections of each, evenly chosen." : "";
  const present = projections.map(
    (pair) => (_, ij) => (pair.distance === null ? pair.weight[ij] !== 0 : pair.distance[ij] !== Infinity),
  );
  if (!network.conventional)
    host.append(
      section(
        "Distances",
        `Of each connection: its nearest two sites, the gap between the layers included.${some}`,
        ...projections.map((pair, l) =>
          histogram({
            width: WIDTH,
            height: 120,
            label: `Distances, ${pairName(l)}`,
            xLabel: `distance, ${pairName(l)}`,
            tally,
            values: thin(pair.distance.filter(present[l])),
          }),
        ),
      ),
    );
  if (network.travels && !network.conventional) host.append(delays());
  host.append(
    section(
      "Weights",
      network.conventional
        ? "Stored numbers."
        : `${lawOf(payload.pairs[0]).text}, times the charges, summed over sites.${some}`,
      ...projections.map((pair, l) =>
        histogram({
          width: WIDTH,
          height: 120,
          label: `Weights, ${pairName(l)}`,
          xLabel: `weight, ${pairName(l)}`,
          tally,
          values: thin(pair.weight.filter(present[l])),
          mark: (x) => (x < 0 ? "inhibitory" : "excitatory"),
        }),
      ),
    ),
  );
  if (!network.conventional) host.append(depth());
  return host;

  function delays() {
    return section(
      "Delays",
      "Of each connection: the steps that a spike takes between its nearest two sites.",
      ...projections.flatMap((pair, p) =>
        isDelayed(network.trained[p]) && network.trained[p].speed !== null
          ? histogram({
              width: WIDTH,
              height: 120,
              label: `Delays, ${pairName(p)}`,
              xLabel: `steps, ${pairName(p)}`,
              tally,
              values: thin(pair.distance.filter(present[p])).map((r) => delayOf(network.trained[p], r)),
            })
          : [],
      ),
    );
  }

  function depth() {
    if (!geometry.relaxed)
      return section(
        "z",
        "Layers are planes; the distance between them:",
        el(
          "dl",
          { class: "numbers", id: "gaps" },
          ...network.trained.flatMap(({ gap }, p) => [el("dt", {}, pairName(p)), el("dd", {}, short(Math.abs(gap)))]),
        ),
      );
    const last = network.sizes.length - 1;
    return section(
      "z",
      "Planes are relaxed: every site has its own depth.",
      ...network.sizes.map((_, layer) => {
        const values = geometry.groups
          .filter((group) => group.layer === layer)
          .flatMap((group) => {
            const C = network.trained[group.pair].coordinates;
            return Array.from(geometry.positions(group, null).filter((_, i) => i % C === geometry.coordinates));
          });
        return histogram({
          width: WIDTH,
          height: 110,
          label: `z, ${naming.layer(layer)}`,
          xLabel: `z, ${layer === 0 || layer === last ? naming.layer(layer).toLowerCase() : naming.layer(layer)}`,
          values,
        });
      }),
    );
  }
}

function section(title, text, ...children) {
  return el("section", { class: "statistic" }, el("h3", {}, title), el("p", { class: "hint" }, text), ...children);
}

function confusion({ confusion: table, classes, test_accuracy: accuracy }) {
  const rows = table.map((row, truth) => {
    const sum = row.reduce((a, b) => a + b, 0);
    return el(
      "tr",
      {},
      el("th", { scope: "row" }, classes[truth]),
      ...row.map((count, seen) => {
        const share = sum > 0 ? count / sum : 0;
        const cell = el(
          "td",
          {
            class: truth === seen ? "right" : "wrong",
            title: `${classes[truth]} seen as ${classes[seen]}: ${whole(count)} of ${whole(sum)}`,
          },
          count === 0 ? "\u00b7" : `${count}`,
        );
        // errors are rare: their shade is stretched, or one would not see them
        cell.style.setProperty(
          "--share",
          `${Math.round(100 * (truth === seen ? 0.75 * share : Math.min(0.85, Math.sqrt(share) * 1.6)))}%`,
        );
        return cell;
      }),
    );
  });
  const head = el("tr", {}, el("td", { class: "corner" }), ...classes.map((name) => el("th", { scope: "col" }, name)));
  return section(
    "Confusion",
    `Rows: what it is. Columns: what the network sees.${accuracy === null ? "" : ` ${percent(accuracy, 2)} of the test part are right.`}`,
    el("div", { class: "scroll" }, el("table", { id: "confusion" }, el("thead", {}, head), el("tbody", {}, ...rows))),
  );
}

// Of a regressor: each output by itself, in units of the data.
function errors({ outputs, classes, test }) {
  const row = (name, { r2, mae, rmse }) =>
    el(
      "tr",
      {},
      el("th", { scope: "row" }, name),
      ...[r2.toFixed(3), quantity(mae), quantity(rmse)].map((text) => el("td", {}, text)),
    );
  const head = el("tr", {}, ...["", "R\u00b2", "MAE", "RMSE"].map((name) => el("th", { scope: "col" }, name)));
  const rows = outputs.map((one, k) => row(classes[k], one));
  if (outputs.length > 1) rows.push(row("mean", test));
  return section(
    "How far off it is",
    "On the whole test part, in units of the data.",
    el("div", { class: "scroll" }, el("table", { id: "errors" }, el("thead", {}, head), el("tbody", {}, ...rows))),
  );
}

function sparsity({ by, when, points: all }, regressor) {
  const key = regressor ? "test_r2" : "test_accuracy",
    name = regressor ? "R\u00b2" : "accuracy";
  const points = regressor ? all.filter((point) => point[key] !== null) : all;
  const line = { points: points.map((point) => [point.sparsity, point[key]]), axis: "left", class: "strong" };
  const low = Math.min(...line.points.map((point) => point[1]));
  const chart = lineChart({
    width: WIDTH,
    height: 190,
    label: `Test ${name} against the share of connections pruned`,
    lines: [line],
    dots: points.length < 40,
    xDomain: [0, Math.max(0.01, ...points.map((point) => point.sparsity))],
    xLabel: "share of connections pruned",
    xFormat: (x) => percent(x, 0),
    left: {
      format: regressor ? (y) => y.toFixed(2) : (y) => percent(y, 0),
      domain: [Math.max(regressor ? -1 : 0, Math.floor(low * 10 - 0.5) / 10), 1],
    },
  });
  return section(`${regressor ? name : "Accuracy"} against sparsity`, `Pruned by ${by}, ${when} training.`, chart.node);
}
