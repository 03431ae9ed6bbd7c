// The training while it goes on: how far it is, its curves as they grow, and, for who has the token, pause and stop.
import { lineChart } from "./charts.js";
import { el, percent, short, whole } from "./dom.js";
import { keepToken, steerTraining, tokenKept } from "./live_link.js";
import { regresses } from "./regression.js";

const SCORES = {
  classify: [
    ["test_accuracy", "test"],
    ["validation_accuracy", "validation"],
    ["train_accuracy", "training"],
  ],
  regress: [
    ["test_r2", "test"],
    ["validation_r2", "validation"],
  ],
};
const STATES = {
  waiting: "waiting for the training",
  running: "learning",
  paused: "paused",
  finished: "finished",
  stopped: "stopped, state saved",
  failed: "failed",
};

export function duration(seconds) {
  const [h, m] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60)];
  return h > 0 ? `${h} h ${m} min` : m > 0 ? `${m} min ${Math.floor(seconds % 60)} s` : `${Math.ceil(seconds)} s`;
}

// Returns {tell(state), grow(metrics), line(there)}.
export function buildLiveTime(host, live, root, { payload }) {
  const regressor = regresses(payload);
  const scores = SCORES[regressor ? "regress" : "classify"];
  const scoreName = regressor ? "R\u00b2" : "accuracy";
  const status = el("p", { id: "live-status", role: "status" });
  const readout = el("p", { id: "epoch-readout" });
  const steering = live.training ? buildSteering(root) : null;
  const chartHost = el("div", { class: "curves" });
  const early = el("p", { class: "hint", id: "no-curves" }, "The curves begin with the first steps.");
  const bar = el("progress", { max: 1, value: 0, id: "live-progress", "aria-label": "How far the training is" });
  host.hidden = false;
  host.classList.add("live");
  host.replaceChildren(
    el("div", { class: "time-side" }, el("h2", {}, "Training"), status, readout),
    el("div", { class: "time-main" }, chartHost, early, bar, steering?.node),
  );
  const epochs = [];
  // of the epoch under way its mean so far, as it went: [epochs done, loss]
  let under = [];
  let now = null,
    there = true;

  function sayStatus() {
    const known = now === null ? "waiting" : now.status;
    const over = ["finished", "stopped", "failed"].includes(known);
    const lost = over ? `${STATES[known]}; the server has ended` : "no line to the server; trying again";
    const text = !there ? lost : now?.trouble || STATES[known];
    const quiet = there && known === "running" && now.quiet > 60 ? `; nothing new for ${duration(now.quiet)}` : "";
    host.dataset.status = there || over ? known : "cut";
    if (status.textContent !== text + quiet) status.textContent = text + quiet;
    steering?.show(there ? known : "cut");
  }

  function sayNumbers() {
    const share = now.samples > 0 ? now.done / now.samples : 0;
    const done = now.epochs > 0 ? Math.min(1, (Math.max(0, now.epoch - 1) + share) / now.epochs) : 0;
    const last = epochs.findLast((m) => scores.some(([key]) => m[key] !== null));
    const parts = [`epoch ${whole(now.epoch)}${now.epochs > 0 ? ` of ${whole(now.epochs)}` : ""}`];
    if (now.loss !== null) parts.push(`loss ${short(now.loss)}`);
    if (last !== undefined) {
      const [key, name] = scores.find(([key]) => last[key] !== null);
      parts.push(`${name} ${regressor ? `R\u00b2 ${last[key].toFixed(3)}` : percent(last[key])}`);
    }
    if (now.rate !== null && now.status === "running") parts.push(`${whole(Math.round(now.rate))} samples/s`);
    if (now.left !== null && now.status === "running") parts.push(`${duration(now.left)} left`);
    readout.replaceChildren(...parts.map((part) => el("span", {}, part)));
    bar.value = now.status === "finished" ? 1 : done;
    bar.setAttribute("aria-valuetext", parts.join(", "));
  }

  function noteLoss() {
    if (now.loss === null || now.samples === 0 || now.status !== "running") return;
    const x = now.epoch - 1 + now.done / now.samples;
    under = under.filter(([at]) => at > now.epoch - 1 && at < x - 0.02);
    under.push([x, now.loss]);
  }

  // The first epoch is a curve from its beginning; later ones go on from the last by one point.
  function lossPoints() {
    const points = epochs.map((m) => [m.epoch, m.train_loss]).filter(([, loss]) => loss !== null);
    const last = epochs.at(-1)?.epoch ?? 0;
    const going = under.filter(([x]) => x > last);
    return points.concat(points.length === 0 ? going : going.slice(-1));
  }

  function draw() {
    const width = chartHost.clientWidth,
      points = lossPoints();
    early.hidden = points.length > 0;
    if (width === 0 || points.length === 0) return;
    const lines = [{ points, axis: "left", class: "loss" }];
    for (const [key, name] of scores) {
      const of = epochs.filter((m) => m[key] !== null).map((m) => [m.epoch, m[key]]);
      if (of.length > 0) lines.push({ points: of, axis: "right", class: `accuracy ${name}` });
    }
    const lowest = Math.min(1, ...lines.filter((l) => l.axis === "right").flatMap((l) => l.points.map((p) => p[1])));
    const floor = Math.max(regressor ? -1 : 0, Math.min(0.8, Math.floor(5 * lowest) / 5));
    const first = Math.min(1, points[0][0]);
    const chart = lineChart({
      width,
      height: 92,
      label: `Loss and ${scoreName} over the epochs so far`,
      lines,
      xDomain: [first, Math.max(points.at(-1)[0], first + 1)],
      left: { format: String, class: "loss" },
      right:
        lines.length === 1
          ? null
          : {
              format: regressor ? (y) => y.toFixed(2) : (y) => percent(y, 0),
              domain: [floor, 1],
              class: "accuracy",
            },
    });
    const key = el(
      "p",
      { class: "key" },
      el("span", { class: "loss" }, "training loss"),
      ...scores
        .filter(([, name]) => lines.some((l) => l.class === `accuracy ${name}`))
        .map(([, name]) => el("span", { class: `accuracy ${name}` }, `${name} ${scoreName}`)),
    );
    chartHost.replaceChildren(key, chart.node);
  }

  // Some times a second at most, whatever the server says.
  let due = 0;
  function drawSoon() {
    due ||= setTimeout(() => ((due = 0), draw()), 200);
  }

  new ResizeObserver(drawSoon).observe(chartHost);
  sayStatus();
  return {
    tell(told) {
      const ended = now !== null && now.status !== "finished" && told.status === "finished";
      now = told;
      noteLoss();
      sayStatus();
      sayNumbers();
      drawSoon();
      if (ended) steering?.end();
    },
    grow(told) {
      if (told.anew) epochs.length = 0;
      epochs.push(...told.epochs);
      drawSoon();
    },
    line(now) {
      if (there === now) return;
      there = now;
      sayStatus();
    },
  };
}

// Pause and stop. The first time they ask for the token.
function buildSteering(root) {
  let token = tokenKept(),
    pending = null,
    status = "waiting";
  const said = el("p", { class: "hint", id: "steer-said", role: "status" });
  const input = el("input", {
    id: "token",
    type: "text",
    autocomplete: "off",
    spellcheck: "false",
    placeholder: "token",
    "aria-label": "The token that the terminal printed",
  });
  const form = el(
    "form",
    { id: "token-form", hidden: true },
    el("label", { for: "token", class: "hint" }, "The terminal printed a token; it is needed for this."),
    input,
    el("button", { type: "submit" }, "Go"),
  );
  const pause = el("button", { type: "button", id: "pause-training" }, "\u2759\u2759 Pause");
  const stop = el("button", { type: "button", id: "stop-training" }, "\u25a0 Stop and save");
  const replay = el("button", { type: "button", id: "play-again", hidden: true }, "\u25b6 See all of it");
  const node = el("div", { class: "steering" }, el("div", {}, pause, stop, replay), form, said);

  async function ask(what) {
    if (token === null) {
      pending = what;
      form.hidden = false;
      input.focus();
      return;
    }
    const answer = await steerTraining(root, what, token);
    if (answer === 403) {
      token = null;
      keepToken(null);
      pending = what;
      form.hidden = false;
      input.value = "";
      said.textContent = "That token was refused.";
      input.focus();
    } else {
      said.textContent = answer === 200 ? "" : "The server does not answer.";
      if (answer === 200) keepToken(token);
    }
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    token = input.value.trim();
    form.hidden = true;
    said.textContent = "";
    if (pending !== null && token !== "") ask(pending);
    else token = null;
  });
  pause.addEventListener("click", () => ask(status === "paused" ? "resume" : "pause"));
  stop.addEventListener("click", () => ask("stop"));
  replay.addEventListener("click", () => location.reload());
  return {
    node,
    show(now) {
      status = now;
      const goes = now === "running" || now === "paused";
      pause.disabled = stop.disabled = !goes;
      // a page that is loaded again wants a server
      replay.disabled = now === "cut";
      pause.textContent = now === "paused" ? "\u25b6 Go on" : "\u2759\u2759 Pause";
    },
    // Then the page of the finished run has every moment of it.
    end() {
      pause.hidden = stop.hidden = form.hidden = true;
      replay.hidden = false;
    },
  };
}
