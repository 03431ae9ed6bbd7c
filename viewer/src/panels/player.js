// Time within one sample: play and pause, a slider over the steps, how fast it goes. Where spikes travel time runs between
// the steps, too; else it goes from step to step.
import { slider } from "../controls.js";
import { el } from "../dom.js";

// A whole sample is played in about so many seconds.
const PLAY_SECONDS = 8;
const SLOWEST = 1,
  FASTEST = 30;

// The state's time: `now` in steps, and the step that it is in; null: all of them.
export function goTo(state, now) {
  state.set({ now, step: now === null ? null : Math.floor(now) });
}

export function buildPlayer({ payload, network, state }) {
  const { time_steps: steps } = payload.spiking;
  const play = el("button", { type: "button", id: "play-spikes" });
  const step = slider({
    id: "step",
    label: "Time step",
    max: steps,
    value: 0,
    onInput: (value) => (stop(), goTo(state, value === 0 ? null : value - 1)),
    describe: (value) => (value === 0 ? `all ${steps}` : `${value} of ${steps}`),
  });
  let pace = Math.max(3, Math.min(FASTEST, Math.round(steps / PLAY_SECONDS)));
  const speed = slider({
    id: "pace",
    label: "Speed",
    min: SLOWEST,
    max: FASTEST,
    value: pace,
    onInput: (value) => (pace = value),
    describe: (value) => `${value}/s`,
  });
  let running = 0;

  function stop() {
    cancelAnimationFrame(running);
    running = 0;
    play.textContent = "\u25b6 Play";
  }

  function start() {
    if (state.get("result") === null) return;
    play.textContent = "\u2759\u2759 Pause";
    let now = state.get("now"),
      before = performance.now();
    if (now === null || now >= steps - 1) now = 0;
    goTo(state, now);
    const tick = (time) => {
      // on a slow machine a frame may take long: then time runs slower, but no step is jumped over
      now += Math.min(1, (Math.max(0, time - before) * pace) / 1000);
      before = time;
      if (state.get("result") === null || now >= steps) return stop();
      goTo(state, network.travels ? now : Math.floor(now));
      running = requestAnimationFrame(tick);
    };
    running = requestAnimationFrame(tick);
  }

  play.addEventListener("click", () => (running === 0 ? start() : stop()));
  stop();
  state.watch(["step"], () => {
    step.input.value = state.get("step") === null ? 0 : state.get("step") + 1;
    step.tell();
  });
  return { node: el("div", { class: "player" }, play, step.node, speed.node), stop };
}
