// The line to the server that a live page came from: what happens, as events; and what a token allows.

const KEY = "loci-token";

// What the page was told about itself; null: it is a file, and asks nobody.
export function liveOf() {
  const node = document.getElementById("loci-live");
  return node === null ? null : JSON.parse(node.textContent);
}

// Events of a run, or of all (run null). on: {state(told), metrics(told), line(whether there is one)}. While nobody looks
// at the page there is no line; who comes back is told the present state.
export function listen(run, base, on) {
  let source = null;
  const open = () => {
    source = new EventSource(run === null ? `${base}events` : `${base}events?run=${run}`);
    source.addEventListener("state", (event) => (on.line(true), on.state(JSON.parse(event.data))));
    source.addEventListener("metrics", (event) => on.metrics(JSON.parse(event.data)));
    source.addEventListener("error", () => {
      on.line(false);
      // refused, and not merely cut: the browser would not try again
      if (source.readyState === EventSource.CLOSED) setTimeout(reopen, 3000);
    });
  };
  const close = () => (source?.close(), (source = null));
  const reopen = () => (close(), document.hidden || open());
  document.addEventListener("visibilitychange", () => (document.hidden ? close() : source === null && open()));
  if (!document.hidden) open();
}

// The token that the terminal printed: of the address (#token=...), or as somebody typed it. It stays in this tab, and
// not in the address, which may be sent to somebody.
export function tokenKept() {
  const found = /^#token=([0-9a-f]+)$/.exec(location.hash)?.[1];
  if (found !== undefined) history.replaceState(null, "", location.pathname + location.search);
  try {
    if (found !== undefined) sessionStorage.setItem(KEY, found);
    return found ?? sessionStorage.getItem(KEY);
  } catch {
    return found ?? null;
  }
}

export function keepToken(token) {
  try {
    if (token === null) sessionStorage.removeItem(KEY);
    else sessionStorage.setItem(KEY, token);
  } catch {
    // then it is asked for again
  }
}

// Asks for "pause", "resume" or "stop". Resolves to the status: 200 done, 403 refused, 0 no server.
export async function steerTraining(base, what, token) {
  try {
    const answer = await fetch(`${base}${what}`, { method: "POST", headers: { "X-Loci-Token": token } });
    return answer.status;
  } catch {
    return 0;
  }
}
