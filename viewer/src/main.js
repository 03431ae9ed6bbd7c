// The page: reads its data, builds its parts, and joins them by one state.
import { activityOf } from "./activity.js";
import { followAddress, readNetwork } from "./address.js";
import { readColors } from "./colors.js";
import { buildControls, buildLegend } from "./controls.js";
import { sameInputs, sameSamples } from "./differences.js";
import { byId, el, percent, whole } from "./dom.js";
import { Geometry } from "./geometry.js";
import { Labels } from "./labels.js";
import { namer } from "./naming.js";
import { followTraining } from "./live.js";
import { liveOf, tokenKept } from "./live_link.js";
import { waitForNetwork } from "./live_wait.js";
import { buildOverview } from "./live_overview.js";
import { argmax, Network } from "./network.js";
import { regresses } from "./regression.js";
import { buildAbout, leftOut, sentence } from "./panels/about.js";
import { buildCompare, buildSwitch } from "./panels/compare.js";
import { buildMoment } from "./panels/moment.js";
import { buildNeuronPanel } from "./panels/neuron.js";
import { buildStatistics } from "./panels/statistics.js";
import { buildTabs } from "./panels/tabs.js";
import { buildTime } from "./panels/time.js";
import { buildWorkPanel } from "./panels/work.js";
import { readPayload } from "./payload.js";
import { steer } from "./steer.js";
import { samplesOf } from "./samples.js";
import { Space } from "./space.js";
import { Stage } from "./stage.js";
import { createState } from "./state.js";
import { Studio } from "./studio.js";
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

// Builds the page of a network. pages: {entries (payloads, two where networks are compared), at, turnTo(k)}; live: what
// liveOf() gives. Returns close() and what else changes hands when another network is shown.
function build(payload, pages, live) {
  payload.learning = live !== null && payload.summary === null;
  headline(payload);
  const ending = new AbortController(),
    { signal } = ending;
  const network = new Network(payload);
  const geometry = new Geometry(payload, network);
  const naming = namer(payload, network);
  const stage = new Stage(payload, network, geometry);
  const state = createState({
    selected: -1,
    // what a pointer is over, in networks with maps
    hovered: -1,
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
  buildThemeButton(byId("theme"), () => state.set({ colors: readColors() }), signal);

  let labels = null;
  const space = openSpace(byId("canvas"), () => {
    const result = state.get("result");
    labels?.follow(stage.focus ?? -1, result === null || regresses(payload) ? -1 : argmax(result.logits));
  });
  const parts = { payload, network, geometry, naming, stage, state, fit: () => space?.lookAt(geometry.box()) };
  const caption = () => Array.from(byId("epoch-readout")?.children ?? [], (one) => one.textContent).join(" \u00b7 ");
  parts.studio = space === null ? null : new Studio({ space, caption, labels: () => labels, ...parts });

  // what runs comes first: all other parts of the page follow from it
  state.watch(["epoch"], () => network.show(state.get("epoch")));
  state.watch(["epoch", "cut"], () => network.cut(state.get("cut")));
  state.watch(["result"], () => (network.winners = state.get("result")?.winners ?? null));
  let statistics = buildStatistics(parts);
  parts.retitle = () => headline(payload);
  parts.restate = () => {
    parts.retitle();
    const next = buildStatistics(parts);
    statistics.replaceWith(next);
    statistics = next;
  };
  const work = buildWorkPanel(parts);
  const showSample = (sample) => {
    state.set({ image: samplesOf(payload).at(sample), sample });
    show("work");
  };
  const compared =
    pages.entries.length > 1
      ? [{ id: "compare", title: "Compare", node: buildCompare(pages, { state, showSample }) }]
      : [];
  const tell = buildControls(byId("controls"), parts);
  const show = buildTabs(byId("tabs"), byId("panels"), [
    { id: "work", title: "At work", node: work },
    { id: "neuron", title: "Neuron", node: buildNeuronPanel(parts) },
    { id: "statistics", title: "Statistics", node: statistics },
    { id: "about", title: "About", node: buildAbout(parts) },
    ...compared,
  ]);
  // of a training that goes on the end is not known yet
  if (!payload.learning) buildTime(byId("time"), parts);
  if (live !== null) followTraining(live, byId("time"), parts);
  buildMoment(byId("moment"), parts);
  buildLegend(byId("legend"), stage);

  state.watch(
    [
      ...["selected", "hovered", "epoch", "live", "spacing", "axes", "sites", "cut"],
      ...["connections", "result", "step", "colors"],
    ],
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
    [space.above, space.below] = [byId("notice"), byId("legend")];
    space.onDetail = (share) => stage.thin(share);
    labels = new Labels(byId("labels"), space, geometry, network, naming, payload.classes);
    steer({ space, labels, ...parts });
    parts.fit();
  }
  if (pages.entries.length > 1) buildSwitch(byId("networks"), pages);
  parts.address = followAddress({ space, pages, signal, ...parts });
  expose(parts, space);

  function close() {
    ending.abort();
    state.end();
    space?.close();
  }
  return { payload, state, space, show, close };
}

// Opens the page, and builds it anew where another of its networks is to be shown: of two in a file, never of one that
// learns.
function start(live) {
  // before the address says what is looked at
  if (live !== null) tokenKept();
  const first = readPayload(byId("loci-data").textContent);
  const entries = first.other ? [first, first.other] : [first];
  const fresh = ["header", "main"].map((name) => document.querySelector(name).cloneNode(true));
  const pages = { entries, at: readNetwork(location.hash, entries.length), turnTo };
  let current = build(entries[pages.at], pages, live);

  // What was seen stays where it makes sense: the camera, the tab, what the network is shown.
  function turnTo(k, stay = true) {
    const { payload, state, space } = current,
      view = space?.view();
    const tab = document.querySelector('#tabs [aria-selected="true"]').id.replace("tab-", "");
    const focus = document.activeElement?.closest("#networks") !== null;
    current.close();
    for (const part of fresh) document.querySelector(part.localName).replaceWith(part.cloneNode(true));
    pages.at = k;
    current = build(entries[k], pages, null);
    current.show(tab);
    if (stay && view !== undefined) current.space?.stand(view);
    if (state.get("image") !== null && sameInputs(payload, entries[k]))
      current.state.set({
        image: state.get("image"),
        sample: sameSamples(payload, entries[k]) ? state.get("sample") : -1,
      });
    if (focus) document.querySelector('#networks [aria-pressed="true"]').focus();
  }
}

// What is missing in the picture, where it is much, or where one asked for all.
function noticeOf({ payload, network, stage, state }) {
  const asked = state.get("connections") >= stage.drawable;
  return [...payload.left_out.map(sentence), ...(asked ? leftOut(network, stage) : [])].join(" ");
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
    focus: () => stage.focus,
    circle: () => (stage.circle?.links ?? []).map(({ sender, receiver, weight }) => [sender, receiver, weight]),
    winners: () => network.winners,
    view: () => space?.view(),
    detail: () => space?.detail,
    placements: () => stage.placements,
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
