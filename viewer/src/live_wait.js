// The page of a run that has no network to show yet.
import { byId } from "./dom.js";
import { buildThemeButton } from "./themes.js";

const AGAIN = 700;

// Asks until there is one, and says why there is none, if the server knows.
export function waitForNetwork() {
  document.documentElement.dataset.overview = "yes";
  buildThemeButton(byId("theme"), () => {});
  const line = document.createElement("p");
  line.id = "live-status";
  line.setAttribute("role", "status");
  line.className = "overview";
  document.querySelector("main").replaceChildren(line);
  const say = (text) => line.textContent !== text && (line.textContent = text);
  const ask = async () => {
    const answer = await fetch("ready").catch(() => null);
    if (answer?.ok) return location.reload();
    const why = answer === null ? "No line to the server; trying again." : (await answer.text()).trim();
    say(why || "The network is on its way; this page shows it as soon as it is there.");
    setTimeout(ask, AGAIN);
  };
  ask();
}
