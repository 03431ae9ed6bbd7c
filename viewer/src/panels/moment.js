// One line above the panels while another moment than the end is shown: what is of that moment, and what is not.
import { whole } from "../dom.js";

export function buildMoment(host, { network, state }) {
  const { frames } = network;
  state.watch(["epoch"], () => {
    const epoch = state.get("epoch");
    host.hidden = epoch === null;
    host.textContent = epoch === null ? "" : `At epoch ${whole(Math.round(epoch))}: ${whatIsOf(frames)}`;
  });
}

function whatIsOf({ epochs, whole, pruned }) {
  if (epochs.length < 2)
    return "nothing was kept of this moment; the network, what it reads and the statistics are of the end.";
  if (!whole)
    return "only positions were kept of this moment; charges, weights, what is read and the statistics are of the end.";
  return pruned
    ? "this is the network of the moment, but for the connections: those that pruning left in the end. Statistics are of the end."
    : "this is the network of the moment; statistics and test figures are of the end.";
}
