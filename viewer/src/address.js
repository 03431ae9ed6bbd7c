// What is looked at, in the page's address: what stands behind # says camera, layer, neuron and moment, so that a link
// shows another what one sees. All of it is optional; what makes no sense is passed over.
//
//     #view=-5.2,2,6.1,0,0,0&layer=1&neuron=17&epoch=3
//
// view: where the camera stands, and the point it looks at. layer: 0 is the input; without a neuron, the layer that the
// camera looks at. neuron: from 1 on, as the page counts them. Of two networks network=2 is the second.

// The camera stays within these distances from what it looks at, and all within this box.
const NEAREST = 0.1,
  FURTHEST = 150,
  BOX = 100;

const number = (text) => (/^-?\d+(\.\d+)?$/.test(text ?? "") ? Number(text) : null);
const index = (text, from, count) => {
  const value = /^\d+$/.test(text ?? "") ? Number(text) - from : -1;
  return value >= 0 && value < count ? value : null;
};

function readView(text) {
  const view = (text ?? "").split(",").map(number);
  if (view.length !== 6 || view.some((x) => x === null || Math.abs(x) > BOX)) return null;
  const distance = Math.hypot(view[0] - view[3], view[1] - view[4], view[2] - view[5]);
  return distance >= NEAREST && distance <= FURTHEST ? view : null;
}

// Which of so many networks is meant, from 0.
export const readNetwork = (hash, count) =>
  index(new URLSearchParams(hash.replace(/^#/, "")).get("network"), 1, count) ?? 0;

// sizes of layers; epochs: [first, last] that can be shown. Returns {view, layer, neuron (of the network), epoch}, each
// null where the address does not say it.
export function readAddress(hash, sizes, epochs) {
  const said = new URLSearchParams(hash.replace(/^#/, ""));
  const layer = index(said.get("layer"), 0, sizes.length);
  const place = layer === null ? null : index(said.get("neuron"), 1, sizes[layer]);
  const first = sizes.slice(0, layer ?? 0).reduce((a, b) => a + b, 0);
  const epoch = number(said.get("epoch"));
  return {
    view: readView(said.get("view")),
    layer,
    neuron: place === null ? null : first + place,
    epoch: epoch !== null && epoch >= epochs[0] && epoch < epochs[1] ? epoch : null,
  };
}

// The same as text; view null: as it was at first; neuron: -1: none; epoch null: the end; which: network, from 0.
export function writeAddress({ view, neuron, epoch, which = 0 }, sizes) {
  const said = which > 0 ? [`network=${which + 1}`] : [];
  const round = (x, digits) => String(Number(x.toFixed(digits)) + 0);
  if (view !== null) said.push(`view=${view.map((x) => round(x, 3)).join(",")}`);
  if (neuron >= 0) {
    let layer = 0;
    for (; neuron >= sizes[layer]; layer++) neuron -= sizes[layer];
    said.push(`layer=${layer}`, `neuron=${neuron + 1}`);
  }
  if (epoch !== null) said.push(`epoch=${round(epoch, 2)}`);
  return said.length > 0 ? `#${said.join("&")}` : "";
}

// Keeps address and page in step. space: null where nothing is drawn; pages: the networks there are; signal: ends it.
export function followAddress({ space, payload, network, geometry, state, pages, signal }) {
  const { sizes, frames } = network;
  // while it learns, the moment is the present one
  const epochs = frames.epochs.length > 1 && !payload.learning ? [frames.first, frames.last] : [0, 0];
  let timer = 0,
    touched = false;

  function apply() {
    const { view, layer, neuron, epoch } = readAddress(location.hash, sizes, epochs);
    state.set({ selected: neuron ?? -1, epoch });
    if (view !== null) space?.stand(view);
    else if (layer !== null && neuron === null) space?.lookTo(geometry.planeOf(layer));
    touched = false;
  }

  function write() {
    const view = space === null || space.fitted ? null : space.view();
    const text = writeAddress(
      { view, neuron: state.get("selected"), epoch: state.get("epoch"), which: pages.at },
      sizes,
    );
    try {
      history.replaceState(null, "", `${location.pathname}${location.search}${text}`);
    } catch {
      // a page within another has no address of its own
    }
  }

  // not at each of many steps, nor before anything was changed
  const later = () => {
    if (!touched) return;
    clearTimeout(timer);
    timer = setTimeout(write, 250);
  };
  state.watch(["selected", "epoch"], later);
  space?.onView.push(later);
  if (location.hash !== "") apply();
  touched = true;
  const again = () => {
    const which = readNetwork(location.hash, pages.entries.length);
    if (which !== pages.at) return pages.turnTo(which, false);
    apply();
    touched = true;
  };
  addEventListener("hashchange", again, { signal });
  return { write };
}
