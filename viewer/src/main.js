// The page: reads its data, builds its parts, and joins them by one state.
import { activityOf } from "./activity.js";
import { readColors } from "./colors.js";
import { buildControls, buildLegend } from "./controls.js";
import { byId, el, percent, whole } from "./dom.js";
import { Geometry } from "./geometry.js";
import { Labels } from "./labels.js";
import { namer } from "./naming.js";
import { followTraining } from "./live.js";
import { liveOf } from "./live_link.js";
import { waitForNetwork } from "./live_wait.js";
import { buildOverview } from "./live_overview.js";
import { argmax, Network } from "./network.js";
import { regresses } from "./regression.js";
import { buildAbout, leftOut } from "./panels/about.js";
import { buildMoment } from "./panels/moment.js";
import { buildNeuronPanel } from "./panels/neuron.js";
import { buildStatistics } from "./panels/statistics.js";
import { buildTabs } from "./panels/tabs.js";
import { buildTime } from "./panels/time.js";
import { buildWorkPanel } from "./panels/work.js";
import { readPayload } from "./payload.js";
import { steer } from "./steer.js";
import { Space } from "./space.js";
import { Stage } from "./stage.js";
import { createState } from "./state.js";
import { buildThemeButton } from "./themes.js";

// Connections drawn at first: enough to see a structure, few enough to see through.
const FIRST_CONNECTIONS = 1200;

function openSpace(canvas, onRender) {
  try {
    return new Space(canvas, onRender);
  } catch {
    return null;
  }
}

function headline(payload) {
  document.title = `${payload.title} \u2013 Loci`;
  byId("title").textContent = payload.title;
  const facts = [`${whole(payload.parameters)} parameters`, `${whole(payload.connections_kept)} connections`];
  // of a network that learns, the training says it, epoch by epoch
  if (payload.test_accuracy !== null && !payload.learning)
    facts.push(`${percent(payload.test_accuracy, 2)} of ${payload.dataset ?? "the test part"} right`);
  if (payload.test && !payload.learning)
    facts.push(`R\u00b2 ${payload.test.r2.toFixed(3)} on ${payload.dataset ?? "the test part"}`);
  byId("facts").replaceChildren(...facts.map((fact) => el("span", {}, fact)));
}

function start(live) {
  const payload = readPayload(byId("loci-data").textContent);
  payload.learning = live !== null && payload.summary === null;
  headline(payload);
  const network = new Network(payload);
  const geometry = new Geometry(payload, network);
  const naming = namer(payload, network);
  const stage = new Stage(payload, network, geometry);
  const state = createState({
    selected: -1,
    epoch: null,
    live: 0,
    spacing: 1,
    axes: "",
    sites: true,
    cut: 0,
    connections: Math.min(FIRST_CONNECTIONS, stage.ranked.length),
    image: null,
    sample: -1,
    result: null,
    step: null,
    now: null,
    colors: null,
  });
  buildThemeButton(byId("theme"), () => state.set({ colors: readColors() }));

  let labels = null;
  const space = openSpace(byId("canvas"), () => {
    const result = state.get("result");
    labels?.follow(state.get("selected"), result === null || regresses(payload) ? -1 : argmax(result.logits));
  });
  const parts = { payload, network, geometry, naming, stage, state, fit: () => space?.lookAt(geometry.box()) };

  // what runs comes first: all other parts of the page follow from it
  state.watch(["epoch"], () => network.show(state.get("epoch")));
  state.watch(["epoch", "cut"], () => network.cut(state.get("cut")));
  let statistics = buildStatistics(parts);
  parts.restate = () => {
    headline(payload);
    const next = buildStatistics(parts);
    statistics.replaceWith(next);
    statistics = next;
  };
  const work = buildWorkPanel(parts);
  const tell = buildControls(byId("controls"), parts);
  const show = buildTabs(byId("tabs"), byId("panels"), [
    { id: "work", title: "At work", node: work },
    { id: "neuron", title: "Neuron", node: buildNeuronPanel(parts) },
    { id: "statistics", title: "Statistics", node: statistics },
    { id: "about", title: "About", node: buildAbout(parts) },
  ]);
  // of a training that goes on the end is not known yet
  if (!payload.learning) buildTime(byId("time"), parts);
  if (live !== null) followTraining(live, byId("time"), parts);
  buildMoment(byId("moment"), parts);
  buildLegend(byId("legend"), stage);

  state.watch(
    ["selected", "epoch", "live", "spacing", "axes", "sites", "cut", "connections", "result", "step", "colors"],
    () => {
      stage.draw({ ...state.all(), activity: activityOf(network, state.get("result"), state.get("step")) });
      tell();
      space?.invalidate();
    },
  );
  // after the lines that spikes move along
  const moving = ["now", "result", "selected", "epoch", "spacing", "axes", "sites", "cut", "connections", "colors"];
  if (network.travels)
    state.watch(moving, () => {
      stage.drawTravel(state.get("now"), state.get("colors"));
      space?.invalidate();
    });
  state.watch(["connections"], () => {
    byId("notice").textContent =
      space === null
        ? "This browser has no WebGL, so the network cannot be drawn in space. Everything else works."
        : noticeOf(parts);
  });
  state.watch(["selected"], () => {
    if (state.get("selected") < 0) return;
    show("neuron");
    byId("said").textContent =
      `${naming.neuron(state.get("selected"))}, ${naming.kind(state.get("selected"), stage.signs)}`;
  });

  if (space !== null) {
    space.scene.add(stage.group);
    labels = new Labels(byId("labels"), space, geometry, network, naming, payload.classes);
    steer({ space, labels, ...parts });
    parts.fit();
  }
  expose(parts, space);
}

// What is missing in the picture, where it is much, or where one asked for all.
function noticeOf({ payload, network, stage, state }) {
  const [neurons, connections] = leftOut(network, stage);
  const asked = state.get("connections") >= stage.drawable;
  return [...payload.left_out, neurons, asked ? connections : null].filter((text) => text !== null).join(" ");
}

// For tests, and for those who like to look from the console.
function expose({ network, stage, geometry, state }, space) {
  window.loci = {
    state,
    counts: () => stage.counts(),
    renders: () => space?.renders ?? 0,
    positions: () => Array.from(geometry.neuronPosition),
    activity: () => activityOf(network, state.get("result"), state.get("step")),
    select: (neuron) => state.set({ selected: neuron }),
    screen: (neuron) => space.project(geometry.neuronPosition, neuron),
    signs: () => Array.from(stage.signs),
    forward: (image) => Array.from(network.forward(Float32Array.from(image)).logits),
    neurons: network.neurons,
    offsets: network.offsets,
  };
  document.documentElement.dataset.ready = space === null ? "no-webgl" : "yes";
}

try {
  const live = liveOf();
  if (live?.run === null) buildOverview(live);
  else if (live?.run < 0) waitForNetwork();
  else start(live);
} catch (error) {
  byId("notice").textContent = error.message;
  document.documentElement.dataset.ready = "failed";
  throw error;
}
