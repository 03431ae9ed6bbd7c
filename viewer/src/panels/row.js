// A sample of a table: its columns by name, each with a bar.
import { el } from "../dom.js";

export function buildRow({ network, naming, state }) {
  const host = el("ol", {
    id: "row",
    "aria-label": "The row shown to the network, each column from its lowest to its highest value",
  });
  state.watch(["image"], () => {
    const image = state.get("image");
    const values = image === null ? null : network.inputsOf(image);
    host.replaceChildren(...Array.from({ length: network.sizes[0] }, (_, i) => column(naming.neuron(i), values?.[i])));
  });
  return host;
}

function column(name, value) {
  const bar = el("span", { class: "share" });
  bar.style.width = `${100 * (value ?? 0)}%`;
  return el(
    "li",
    { title: name },
    el("span", { class: "name" }, name),
    el("span", { class: "track" }, bar),
    el("span", { class: "value" }, value === undefined ? "" : value.toFixed(2)),
  );
}
