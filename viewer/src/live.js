// A page that goes along with a training: each frame that the server sends becomes the network that the page shows and
// runs. The server says what there is; the page fetches what it has time for, so that a slow page skips frames and holds
// nobody up.
import { el } from "./dom.js";
import { buildLiveTime } from "./live_time.js";
import { listen } from "./live_link.js";
import { decodeArray } from "./payload.js";
import { samplesOf } from "./samples.js";
import { decodeFrame, Moment } from "./live_wire.js";

// From a page of a run, /net/0/, to the server's root.
const ROOT = "../../";
// Milliseconds between two updates of what takes longer: statistics, how many samples are right.
const SLOW = 2000;
// The least between two frames, for those who want little to move.
const CALM = 1000;

// live: what liveOf() gives. parts: of the page, and what makes headline and statistics those of the payload again: retitle(),
// restate().
export function followTraining(live, host, parts) {
  const { payload, network, geometry, stage, state, restate, retitle } = parts;
  const moment = new Moment(payload, live.parts);
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
  const time = payload.learning ? buildLiveTime(host, live, ROOT, parts) : null;
  if (live.runs.length > 1)
    document.getElementById("theme").before(el("a", { id: "all-runs", href: ROOT }, "All runs"));
  // spikes want a sample to be seen of
  if (time !== null && payload.spiking !== null && payload.samples !== null)
    state.set({ image: samplesOf(payload).at(0), sample: 0 });
  let shown = { frame: 0, key: 0, keyValues: null },
    wanted = null,
    busy = false,
    slowAt = 0,
    measured = 0,
    kept = 0;

  // Connections come and go as sites move; of a vast network nobody counts them.
  function count() {
    if (network.vast || payload.connections_kept === network.connections) return;
    payload.connections_kept = network.connections;
    retitle();
  }

  function show({ key, frame, isKey, values }) {
    shown = { frame, key, keyValues: isKey ? values : shown.keyValues };
    network.become(moment.partsOf(network.trained, values));
    geometry.follow();
    stage.moved();
    count();
    state.set({ live: frame });
    if (performance.now() - slowAt < SLOW) return;
    slowAt = performance.now();
    state.touch("epoch");
  }

  // One frame at a time, and between two at least as long as it took to show the last one.
  async function fetchFrames() {
    if (busy) return;
    busy = true;
    while (wanted !== null && wanted.frame > shown.frame) {
      try {
        const answer = await fetch(shown.key === wanted.key ? `frame?key=${shown.key}` : "frame", {
          signal: AbortSignal.timeout(15000),
        });
        if (!answer.ok) break;
        const decoded = decodeFrame(await answer.arrayBuffer(), live.parts, shown.key, shown.keyValues);
        const before = performance.now();
        if (decoded === null) shown.key = 0;
        else show(decoded);
        await pause(Math.max(performance.now() - before, calm.matches ? CALM : 0));
      } catch (error) {
        if (error.name !== "AbortError" && error.name !== "TypeError" && error.name !== "TimeoutError") throw error;
        break; // the line was cut; the next event tries again
      }
    }
    busy = false;
  }

  async function fetchMeasured(number) {
    measured = number;
    const answer = await fetch("measured").catch(() => null);
    if (!answer?.ok) return;
    Object.assign(payload, await answer.json());
    restate();
  }

  // Which connections are kept, where that changes as it learns.
  async function fetchKept(number) {
    kept = number;
    const answer = await fetch("kept").catch(() => null);
    if (!answer?.ok) return;
    const told = await answer.json();
    payload.pruned_by = told.pruned_by;
    told.kept.forEach((bits, p) => (network.trained[p].kept = bits === null ? null : decodeArray(bits)));
    network.become(network.trained);
    count();
    state.touch("epoch");
  }

  listen(live.run, ROOT, {
    state(told) {
      // another network, or another training: nothing of this page holds any more
      if (told.generation !== live.generation) return location.reload();
      wanted = { frame: told.frame, key: told.key };
      if (time !== null) time.tell(told);
      if (told.frame > shown.frame && payload.learning) fetchFrames();
      if (told.kept > kept && payload.learning) fetchKept(told.kept);
      if (told.measured > measured && payload.learning) fetchMeasured(told.measured);
    },
    metrics: (told) => time?.grow(told),
    line: (there) => time?.line(there),
  });
}

const pause = (milliseconds) =>
  new Promise((done) => requestAnimationFrame(() => setTimeout(done, Math.min(2000, milliseconds))));
