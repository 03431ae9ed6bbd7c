// The sliders above the network, and the legend below it.
import { el, percent, whole } from "./dom.js";
import { channelsOf } from "./picture.js";
import { MOST_CONNECTIONS } from "./strongest.js";

// Slider positions 0..100 <-> number of connections, so that one slider serves 50 and 50,000: its cube.
const toCount = (position, most) => Math.round(most * (position / 100) ** 3);
const toPosition = (count, most) => 100 * Math.cbrt(count / Math.max(1, most));

export function slider({ id, label, title = null, min = 0, max = 100, step = 1, value, onInput, describe }) {
  const input = el("input", { type: "range", id, min, max, step, value });
  const output = el("output", { for: id });
  const tell = () => {
    output.textContent = describe(Number(input.value));
    input.setAttribute("aria-valuetext", output.textContent);
  };
  input.addEventListener("input", () => {
    onInput(Number(input.value));
    tell();
  });
  tell();
  return {
    node: el("div", { class: "slider", title }, el("label", { for: id }, label), input, output),
    input,
    output,
    tell,
  };
}

function check({ id, label, checked, onChange }) {
  const input = el("input", { type: "checkbox", id, checked });
  input.addEventListener("change", () => onChange(input.checked));
  return el("label", { class: "check", for: id }, input, label);
}

export function buildControls(host, parts) {
  const { payload, network, geometry, stage, state, studio, fit } = parts;
  const most = Math.min(MOST_CONNECTIONS, stage.drawable);
  const connections = slider({
    id: "connections",
    label: "Connections",
    title: "How many of the strongest connections of each layer pair are drawn",
    value: toPosition(state.get("connections"), most),
    onInput: (position) => state.set({ connections: toCount(position, most) }),
    describe: () => `${whole(stage.connections.count)} of ${whole(network.connections)}`,
  });
  const cut = slider({
    id: "cut",
    label: network.conventional ? "Cut the weakest" : "Cut the longest",
    title: "What if these connections were pruned? They are not drawn, and the network runs without them.",
    max: 99,
    value: 0,
    onInput: (value) => state.set({ cut: value / 100 }),
    describe: (value) => `${value} %`,
  });
  const spacing = slider({
    id: "spacing",
    label: "Layers apart",
    title: "How far apart the layers are drawn",
    min: 20,
    max: 250,
    value: 100,
    onInput: (value) => state.set({ spacing: value / 100 }),
    describe: (value) => `\u00d7 ${(value / 100).toFixed(1)}`,
  });
  // of a network that is too large to hold its connections, none is drawn unless a neuron is chosen
  host.append(...(network.vast ? [] : [connections.node, cut.node]), spacing.node);

  const extras = el("div", { class: "extras" });
  if (stage.geometry.groups.some((group) => !group.alone))
    extras.append(
      check({ id: "sites", label: "Arbors", checked: state.get("sites"), onChange: (sites) => state.set({ sites }) }),
    );
  if (geometry.coordinates > 2) extras.append(axisChoice(geometry, state));
  extras.append(el("button", { type: "button", id: "fit", onclick: fit }, "Fit view"), linkButton(parts));
  if (studio !== null)
    extras.append(el("button", { type: "button", id: "picture", onclick: () => studio.savePicture() }, "Save picture"));
  const gone = el("span", { class: "pruned", id: "pruned" });
  extras.append(gone);
  host.append(extras);
  return () => {
    connections.tell();
    gone.textContent = whatIsGone(network.gone, payload.connections);
  };
}

// Copies the page's address, which says what is looked at.
function linkButton(parts) {
  const text = "Copy link";
  const button = el("button", { type: "button", id: "link", "aria-live": "polite" }, text);
  button.title = "Copies the page's address with camera, layer, neuron and moment";
  button.addEventListener("click", async () => {
    parts.address.write();
    try {
      await navigator.clipboard.writeText(location.href);
      button.textContent = "Copied";
    } catch {
      button.textContent = "It is in the address bar";
    }
    setTimeout(() => (button.textContent = text), 2500);
  });
  return button;
}

// Pruned is what someone took away; what is merely out of range comes back when neurons move.
export function whatIsGone({ pruned, far }, total) {
  const texts = [];
  if (pruned > 0) texts.push(`Pruned: ${percent(pruned / total)} of ${whole(total)} connections are gone`);
  if (far > 0) texts.push(`Out of range: ${percent(far / total)} of ${whole(total)} connections`);
  return texts.join(". ");
}

// Of a space with more than two coordinates in a plane, two are drawn.
function axisChoice(geometry, state) {
  const choose = (which, label) => {
    const options = Array.from({ length: geometry.coordinates }, (_, x) =>
      el("option", { value: x, selected: geometry.axes[which] === x }, `${x + 1}`),
    );
    const select = el("select", { "aria-label": label }, ...options);
    select.addEventListener("change", () => {
      geometry.axes[which] = Number(select.value);
      state.set({ axes: geometry.axes.join() });
    });
    return select;
  };
  return el(
    "span",
    { class: "axes" },
    "Axes ",
    choose(0, "Coordinate drawn sideways"),
    " ",
    choose(1, "Coordinate drawn upwards"),
    ` of ${geometry.coordinates}`,
  );
}

const icon = (kind) => {
  const node = el("span", { class: `icon ${kind}` });
  node.setAttribute("aria-hidden", "true");
  return node;
};

export function buildLegend(host, stage) {
  const entry = (kind, text) => el("span", {}, icon(kind), text);
  const has = (sign) => stage.signs.includes(sign);
  if (has(1)) host.append(entry("excitatory", "excitatory"));
  if (has(-1)) host.append(entry("inhibitory", "inhibitory"));
  host.append(entry("output", "output"));
  if (channelsOf(stage.payload) === 3)
    for (const colour of ["red", "green", "blue"]) host.append(entry(`input ${colour}`, colour));
  if (stage.geometry.groups.some((group) => !group.alone)) host.append(entry("site", "site of an arbor"));
  host.append(entry("weight-positive", "weight > 0"), entry("weight-negative", "weight < 0"));
  if (stage.network.travels) host.append(entry("travelling", "spike on its way"));
}
