// What a regressor says of a sample: its numbers beside the targets, on a scale of their spread in the training part.
import { el, quantity } from "../dom.js";
import { fromUnits } from "../regression.js";

// Two and a half standard deviations on either side of the mean.
const place = (payload, value, k) => Math.max(0, Math.min(1, 0.5 + fromUnits(payload, value, k) / 5));
// More outputs than this are not listed.
const MOST = 12;

// values: null before there is an answer; targets: null where they are not known.
export function listValues(payload, values, targets) {
  return payload.classes.slice(0, MOST).map((name, k) => {
    const bar = el("span", { class: "share" });
    bar.style.width = values === null ? "0" : `${100 * place(payload, values[k], k)}%`;
    const mark = targets === null ? null : el("span", { class: "target" });
    if (mark !== null) mark.style.left = `${100 * place(payload, targets[k], k)}%`;
    const known = targets === null ? "" : ` (${quantity(targets[k])})`;
    return el(
      "li",
      {
        class: "number",
        title: values === null ? null : `${values[k]}${targets === null ? "" : `, target ${targets[k]}`}`,
      },
      el("span", { class: "name" }, name),
      el("span", { class: "track" }, bar, mark),
      el("span", { class: "value" }, values === null ? "" : quantity(values[k]) + known),
    );
  });
}

// The sentence above the list.
export function sayValues(payload, values, targets) {
  if (values.length > 1)
    return [
      targets === null ? "It predicts:" : "It predicts (in brackets the target):",
      el("span", { id: "prediction" }),
    ];
  const said = [`It predicts ${payload.classes[0]} `, el("b", { id: "prediction" }, quantity(values[0]))];
  if (targets !== null) said.push(`, the target is ${quantity(targets[0])}`);
  return said;
}
