// The network at work: a sample of the test part, or a picture from one's own hand, and what the network makes of it.
import { DrawingPad } from "../draw.js";
import { el, percent, quantity } from "../dom.js";
import { argmax, softmax } from "../network.js";
import { isTemporal } from "../coding.js";
import { channelsOf, isColour, isPicture } from "../picture.js";
import { errorsOf, regresses } from "../regression.js";
import { samplesOf } from "../samples.js";
import { slices } from "../slices.js";
import { isAnswerable } from "../vast.js";
import { buildMaps } from "./maps.js";
import { buildRow } from "./row.js";
import { buildSpikes } from "./spikes.js";
import { listValues, sayValues } from "./values.js";

export function buildWorkPanel({ payload, network, naming, state }) {
  const { height, width, classes, samples } = payload;
  const channels = channelsOf(payload);
  const drawable = height >= 8 && width >= 8 && (channels === 1 || channels === 3);
  const regressor = regresses(payload);
  const digits = !regressor && classes.every((name) => /^\d$/.test(name));
  const targetsOf = (i) => samples.targets.subarray(i * classes.length, (i + 1) * classes.length);
  // a sample of a table is a row of numbers, not a picture
  const temporal = isTemporal(payload);
  const row = isPicture(payload) || temporal ? null : buildRow({ network, naming, state });
  const thing = temporal ? "sample" : row === null ? "image" : "row";
  const pad = new DrawingPad(payload, (image) => state.set({ image, sample: -1 }));
  const verdict = el("p", { id: "verdict", "aria-live": "polite" });
  const scores = el("ol", { id: "scores" });
  const progress = el("p", { class: "hint", id: "progress" });
  const clear = el(
    "button",
    { type: "button", id: "clear", onclick: () => (pad.clear(), state.set({ image: null, sample: -1 })) },
    "Clear",
  );
  const host = el(
    "div",
    { class: "work" },
    el(
      "div",
      { class: row === null && !temporal ? "try" : "try of-row" },
      // what enters over time is seen in the raster
      temporal
        ? null
        : el(
            "div",
            { class: "pad" },
            row ?? pad.node,
            drawable ? el("p", { class: "hint" }, ...invitation(), clear) : null,
          ),
      el("div", { class: "answer" }, verdict, scores, progress),
    ),
  );
  pad.enabled = drawable;
  const maps = buildMaps({ payload, network, naming, state });
  if (maps !== null) host.append(maps);
  if (payload.spiking !== null) host.append(buildSpikes({ payload, network, naming, state }));
  if (samples !== null) host.append(buildSamples());
  else
    host.append(
      el("p", { class: "hint" }, "This page was made without test data. Make one with --data to have some here."),
    );

  const running = slices();
  let asked = { image: undefined, epoch: null, busy: false, stale: false };
  state.watch(["image", "cut", "epoch", "live"], () => {
    const image = state.get("image");
    if (network.vast) answerSlowly(image, state.get("epoch"));
    else state.set({ result: image === null ? null : network.forward(image) });
  });
  state.watch(["result", "colors"], showAnswer);
  return host;

  function invitation() {
    if (!isColour(payload)) return [digits ? "Draw a digit here." : "Draw here."];
    const pen = el("input", { type: "color", id: "pen", value: "#e04030", "aria-label": "Colour of the pen" });
    pen.addEventListener("input", () => (pad.pen = pen.value));
    pad.pen = pen.value;
    return ["Draw in ", pen];
  }

  // A network too large to hold its weights runs in the background. Where it learns meanwhile, the answer of the moment
  // before is finished first, and stays until there is the next one.
  function answerSlowly(image, epoch) {
    const same = asked.image === image && asked.epoch === epoch;
    if (same && asked.busy) return void (asked.stale = true);
    const question = (asked = { image, epoch, busy: true, stale: false });
    const runs = image !== null && isAnswerable(network);
    const passage = runs ? network.passage(image) : { count: 0, each: null, result: () => null };
    if (!same) {
      state.set({ result: null });
      showAnswer();
    }
    running(
      passage.count,
      passage.each,
      () => {
        progress.textContent = image === null || runs ? "" : "The page does not run a network of this size.";
        question.busy = false;
        state.set({ result: passage.result() });
        if (question.stale) answerSlowly(image, epoch);
      },
      (done) => (progress.textContent = `The page runs it: ${percent(done / passage.count, 0)}`),
    );
  }

  // What the library made of a test sample, as the page was written; null: of no sample, or of another moment.
  function answerOfLibrary() {
    const sample = state.get("sample"),
      many = classes.length;
    if (!network.vast || payload.learning || sample < 0 || state.get("epoch") !== null) return null;
    return samples.logits.subarray(sample * many, (sample + 1) * many);
  }

  function showAnswer() {
    const logits = state.get("result")?.logits ?? answerOfLibrary(),
      sample = state.get("sample");
    if (!temporal) pad.show(state.get("image"), state.get("colors"));
    if (logits === null) {
      verdict.replaceChildren(
        samples === null
          ? "Draw to see what the network makes of it."
          : drawable
            ? "Draw, or choose an image below."
            : `Choose ${thing === "image" ? "an" : "a"} ${thing} below.`,
      );
      scores.replaceChildren(
        ...(regressor ? listValues(payload, null, null) : classes.slice(0, 12).map((_, c) => score(c, null, 0, false))),
      );
      return;
    }
    if (regressor) {
      const targets = sample < 0 ? null : targetsOf(sample);
      verdict.replaceChildren(...sayValues(payload, logits, targets));
      scores.replaceChildren(...listValues(payload, logits, targets));
      return;
    }
    const shares = softmax(logits),
      best = argmax(logits);
    const label = sample < 0 ? null : samples.labels[sample];
    const right = label === best;
    verdict.replaceChildren("It sees ", el("b", { id: "prediction" }, classes[best]));
    if (label !== null)
      verdict.append(
        el(
          "span",
          { class: right ? "right" : "wrong" },
          right ? " \u2713 right" : ` \u2717 labelled ${classes[label]}`,
        ),
      );
    // with many classes, the likeliest
    const order = shares.map((_, c) => c);
    if (classes.length > 12) order.sort((a, b) => shares[b] - shares[a]).splice(12);
    scores.replaceChildren(...order.map((c) => score(c, shares[c], logits[c], c === best)));
  }

  function score(c, share, logit, best) {
    const bar = el("span", { class: "share" });
    bar.style.width = `${100 * share}%`;
    return el(
      "li",
      { class: best ? "best" : "", title: share === null ? null : `logit ${logit.toFixed(3)}` },
      el("span", { class: "name" }, classes[c]),
      el("span", { class: "track" }, bar),
      el("span", { class: "value" }, share === null ? "" : percent(share, share < 0.0995 && share > 0.0005 ? 1 : 0)),
    );
  }

  function buildSamples() {
    const { count, at: image, draw } = samplesOf(payload);
    const canvases = [];
    const buttons = Array.from({ length: count }, (_, i) => {
      canvases.push(el("canvas", { "aria-hidden": "true" }));
      return el(
        "button",
        { type: "button", class: "sample", onclick: () => state.set({ image: image(i), sample: i }) },
        canvases[i],
      );
    });
    const things = { sample: "Sample", image: "Image", row: "Row" }[thing];
    const tally = el("p", { id: "tally", "aria-live": "polite" });
    let whole = null;

    state.watch(["colors"], () => canvases.forEach((canvas, i) => draw(canvas, i, state.get("colors"))));
    // how many are read without a cut is not known anew for each moment
    state.watch(["epoch"], () => (whole = null));
    const values = buttons.map(() => null),
      run = slices();
    // of a vast network they are what the library said
    const logitsOf = (i) => samples.logits.subarray(i * classes.length, (i + 1) * classes.length);
    state.watch(["cut", "epoch"], () => {
      if (network.vast && (payload.learning || state.get("epoch") !== null))
        return (tally.textContent = `Test ${things.toLowerCase()}s are read by the network of the end alone.`);
      run(
        count,
        (i) => (values[i] = network.vast ? logitsOf(i) : network.forward(image(i)).logits),
        regressor ? measure : judge,
        (done) => (tally.textContent = `Reading these ${count} test ${things.toLowerCase()}s: ${done} are done.`),
      );
    });

    function measure() {
      const { rmse, missed } = errorsOf(
        payload,
        values,
        values.map((_, i) => targetsOf(i)),
      );
      const share = state.get("cut");
      buttons.forEach((button, i) => {
        button.classList.toggle("missed", missed[i]);
        const said = classes.map(
          (name, k) => `${name} ${quantity(targetsOf(i)[k])}, predicted ${quantity(values[i][k])}`,
        );
        button.setAttribute("aria-label", `${things} ${i + 1}: ${said.slice(0, 4).join("; ")}`);
      });
      const off = classes.slice(0, 4).map((name, k) => `${name} by ${quantity(rmse[k])}`);
      const cut = `With the ${network.conventional ? "weakest" : "longest"} ${Math.round(100 * share)} % of its connections cut, it`;
      tally.textContent = `${share === 0 ? "It" : cut} is off on these ${count} test ${things.toLowerCase()}s (root mean square): ${off.join(", ")}${classes.length > 4 ? ", \u2026" : ""}. Those off by more than a standard deviation are framed.`;
    }

    function judge() {
      const share = state.get("cut");
      const seen = values.map(argmax);
      const right = seen.filter((c, i) => c === samples.labels[i]).length;
      if (share === 0) whole = right;
      buttons.forEach((button, i) => {
        const correct = seen[i] === samples.labels[i];
        button.classList.toggle("missed", !correct);
        button.setAttribute(
          "aria-label",
          `${things} ${i + 1}, labelled ${classes[samples.labels[i]]}${correct ? "" : `, seen as ${classes[seen[i]]}`}`,
        );
      });
      tally.textContent =
        share === 0
          ? right === count
            ? `All of these ${count} test ${things.toLowerCase()}s are read correctly.`
            : `${right} of these ${count} test ${things.toLowerCase()}s are read correctly; the others are framed.`
          : `With the ${network.conventional ? "weakest" : "longest"} ${Math.round(100 * share)} % of its connections cut, ${right} of ${count} are read correctly${whole === null ? "" : `; ${whole} with all of them`}.`;
    }

    state.watch(["sample"], () =>
      buttons.forEach((button, i) => button.setAttribute("aria-pressed", i === state.get("sample"))),
    );
    return el(
      "div",
      { class: "samples" },
      el("h3", {}, `Test ${things.toLowerCase()}s`),
      tally,
      el(
        "div",
        // wide samples get wide places
        {
          class: row !== null || (!temporal && width > 4 * height) ? "strip wide" : "strip",
          role: "group",
          "aria-label": `Test ${things.toLowerCase()}s`,
        },
        ...buttons,
      ),
    );
  }
}
