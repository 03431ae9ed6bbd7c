// Small charts as SVG, coloured by CSS classes so that they follow the theme. Scales, ticks and bins are d3's.
import { bin, extent, max } from "d3-array";
import { scaleLinear } from "d3-scale";
import { line } from "d3-shape";
import { short, svg, whole } from "./dom.js";

const text = (x, y, content, attributes = {}) => svg("text", { x, y, ...attributes }, content);

function frame(width, height, label) {
  return svg("svg", {
    viewBox: `0 0 ${width} ${height}`,
    width,
    height,
    role: "img",
    "aria-label": label,
    class: "chart",
  });
}

// Lines over a common x. lines: [{name, points: [[x, y]], axis: "left"|"right", class}]; an axis is {format?, domain?, class?}.
// Returns {node, x (scale), plot: {left, right, top, bottom}}.
export function lineChart({
  width,
  height,
  label,
  lines,
  left,
  right = null,
  xDomain,
  xLabel = null,
  xFormat = whole,
  dots = false,
}) {
  const plot = {
    left: 46,
    right: width - (right === null ? 14 : 44),
    top: 8,
    bottom: height - (xLabel === null ? 18 : 32),
  };
  const node = frame(width, height, label);
  const x = scaleLinear(xDomain, [plot.left, plot.right]);
  const axes = { left, right };
  const scales = {};
  for (const [side, axis] of Object.entries(axes)) {
    if (axis === null) continue;
    const values = lines.filter((l) => l.axis === side).flatMap((l) => l.points.map((p) => p[1]));
    scales[side] = scaleLinear(axis.domain ?? [Math.min(0, ...values), max(values) || 1], [plot.bottom, plot.top]);
    if (axis.domain === undefined) scales[side].nice(3);
    for (const tick of scales[side].ticks(2)) {
      const y = scales[side](tick);
      if (side === "left" || left === null)
        node.append(svg("line", { x1: plot.left, x2: plot.right, y1: y, y2: y, class: "grid" }));
      node.append(
        text(
          side === "left" ? plot.left - 6 : plot.right + 6,
          y + 4,
          (axis.format ?? scales[side].tickFormat(2))(tick),
          { class: `tick ${axis.class ?? ""}`, "text-anchor": side === "left" ? "end" : "start" },
        ),
      );
    }
  }
  for (const tick of x
    .ticks(Math.max(2, Math.floor(width / 90)))
    .filter((t) => xFormat !== whole || Number.isInteger(t)))
    node.append(text(x(tick), plot.bottom + 14, xFormat(tick), { class: "tick", "text-anchor": "middle" }));
  if (xLabel !== null)
    node.append(
      text((plot.left + plot.right) / 2, height - 3, xLabel, { class: "axis-label", "text-anchor": "middle" }),
    );
  for (const { points, axis, class: name } of lines) {
    const y = scales[axis];
    node.append(
      svg("path", {
        d: line(
          (p) => x(p[0]),
          (p) => y(p[1]),
        )(points),
        class: `line ${name}`,
      }),
    );
    if (dots || points.length === 1)
      for (const [a, b] of points) node.append(svg("circle", { cx: x(a), cy: y(b), r: 3, class: `dot ${name}` }));
  }
  return { node, x, plot };
}

// How often values occur. mark(x0): class of a bar, e.g. by sign. Values beyond the outer three per mille are left in the
// outermost bars, or a few strays would squeeze all the others into one.
export function histogram({ width, height, label, values, xLabel, mark = () => "", tally = "in all" }) {
  const plot = { left: 8, right: width - 8, top: 16, bottom: height - 34 };
  const node = frame(width, height, label);
  const sorted = Float64Array.from(values).sort();
  if (sorted.length === 0) return node;
  const at = (share) => sorted[Math.floor(share * (sorted.length - 1))];
  let [low, high] = sorted.length > 500 ? [at(0.003), at(0.997)] : extent(sorted);
  if (low === high) [low, high] = [low - 0.5, high + 0.5];
  const x = scaleLinear([low, high], [plot.left, plot.right]);
  const bins = bin().domain([low, high]).thresholds(x.ticks(36))(
    sorted.map((value) => Math.min(high, Math.max(low, value))),
  );
  const most = max(bins, (b) => b.length);
  const y = scaleLinear([0, most], [plot.bottom, plot.top]);
  for (const b of bins) {
    const bar = svg("rect", {
      x: x(b.x0) + 0.5,
      width: Math.max(0.5, x(b.x1) - x(b.x0) - 1),
      y: y(b.length),
      height: plot.bottom - y(b.length),
      class: `bar ${mark((b.x0 + b.x1) / 2)}`,
    });
    bar.append(svg("title", {}, `${short(b.x0)} to ${short(b.x1)}: ${whole(b.length)}`));
    node.append(bar);
  }
  node.append(svg("line", { x1: plot.left, x2: plot.right, y1: plot.bottom, y2: plot.bottom, class: "axis" }));
  for (const tick of x.ticks(5))
    node.append(text(x(tick), plot.bottom + 14, x.tickFormat(5)(tick), { class: "tick", "text-anchor": "middle" }));
  node.append(text((plot.left + plot.right) / 2, height - 4, xLabel, { class: "axis-label", "text-anchor": "middle" }));
  node.append(
    text(plot.right, plot.top - 5, `${whole(sorted.length)} ${tally}`, { class: "tick", "text-anchor": "end" }),
  );
  return node;
}

// One row of a signed bar, for lists of weights: left of the middle is negative.
export function signedBar(value, most) {
  const share = 50 * Math.min(1, Math.abs(value) / (most || 1));
  return svg(
    "svg",
    { viewBox: "0 0 100 10", class: "signed-bar", "aria-hidden": "true", preserveAspectRatio: "none" },
    svg("line", { x1: 50, x2: 50, y1: 0, y2: 10, class: "axis" }),
    svg("rect", {
      x: value < 0 ? 50 - share : 50,
      width: share,
      y: 1,
      height: 8,
      class: value < 0 ? "bar inhibitory" : "bar excitatory",
    }),
  );
}
