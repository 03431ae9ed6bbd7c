// Pointer and keys on the network: choose a neuron, walk along its connections, turn and zoom.
import { strongestOf } from "./strongest.js";

// A press that moved further than this, in pixels, was a turn, not a click.
const STILL = 5;

export function steer({ space, labels, geometry, network, naming, state }) {
  const { canvas } = space;
  const at = (event) => space.neuronAt(event.offsetX, event.offsetY, geometry.neuronPosition);
  // an arbor that neurons share goes where one points
  const hasMaps = geometry.first > 0;
  let pressed = null;

  canvas.addEventListener("pointerdown", (event) => (pressed = [event.clientX, event.clientY]));
  canvas.addEventListener("pointerup", (event) => {
    const still = pressed !== null && Math.hypot(event.clientX - pressed[0], event.clientY - pressed[1]) < STILL;
    pressed = null;
    if (still) state.set({ selected: at(event) });
  });
  canvas.addEventListener("pointermove", (event) => {
    if (pressed !== null || event.pointerType !== "mouse") return;
    const neuron = at(event);
    canvas.style.cursor = neuron < 0 ? "grab" : "pointer";
    labels.hint(neuron < 0 ? "" : naming.neuron(neuron), neuron);
    if (hasMaps) state.set({ hovered: neuron });
  });
  canvas.addEventListener("pointerleave", () => {
    labels.hint("", -1);
    state.set({ hovered: -1 });
  });
  canvas.addEventListener("keydown", (event) => {
    const act = event.shiftKey ? turns[event.key] : (keys[event.key] ?? turns[event.key]);
    if (act === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    act();
  });

  // To the next neuron of the layer.
  function along(by) {
    const now = state.get("selected");
    if (now < 0) return begin();
    const layer = network.layerOf(now),
      [from, to] = [network.offsets[layer], network.offsets[layer + 1]];
    state.set({ selected: from + ((now - from + by + (to - from)) % (to - from)) });
  }

  // Over the strongest connection.
  function across(side) {
    const now = state.get("selected");
    if (now < 0) return begin();
    const [next] = strongestOf(network, now, side, 1);
    if (next !== undefined) state.set({ selected: next.partner });
  }

  // The first neuron after the inputs: those are many, and alike.
  function begin() {
    state.set({ selected: network.offsets[1] });
  }

  const keys = {
    ArrowUp: () => along(-1),
    ArrowDown: () => along(1),
    ArrowLeft: () => across("inputs"),
    ArrowRight: () => across("outputs"),
    Escape: () => state.set({ selected: -1 }),
  };
  const turns = {
    ArrowLeft: () => space.turn(-0.12, 0, 1),
    ArrowRight: () => space.turn(0.12, 0, 1),
    ArrowUp: () => space.turn(0, 0.1, 1),
    ArrowDown: () => space.turn(0, -0.1, 1),
    "+": () => space.turn(0, 0, 0.87),
    "=": () => space.turn(0, 0, 0.87),
    "-": () => space.turn(0, 0, 1.15),
    _: () => space.turn(0, 0, 1.15),
  };
}
