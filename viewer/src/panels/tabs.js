// The panels and their tabs, as the ARIA pattern has them: arrow keys go from tab to tab.
import { el } from "../dom.js";

// entries: [{id, title, node}]. Returns show(id).
export function buildTabs(tablist, host, entries) {
  const tabs = entries.map(({ id, title, node }) => {
    const panel = el(
      "section",
      { id: `panel-${id}`, role: "tabpanel", "aria-labelledby": `tab-${id}`, tabindex: 0 },
      node,
    );
    const tab = el("button", { type: "button", role: "tab", id: `tab-${id}`, "aria-controls": panel.id }, title);
    tab.addEventListener("click", () => show(id));
    tablist.append(tab);
    host.append(panel);
    return { id, tab, panel };
  });

  function show(id) {
    for (const { id: own, tab, panel } of tabs) {
      const chosen = own === id;
      tab.setAttribute("aria-selected", chosen);
      tab.tabIndex = chosen ? 0 : -1;
      panel.hidden = !chosen;
    }
  }

  tablist.addEventListener("keydown", (event) => {
    const at = tabs.findIndex(({ tab }) => tab === document.activeElement);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
    if (to === undefined || at < 0) return;
    event.preventDefault();
    const next = tabs[(to + tabs.length) % tabs.length];
    show(next.id);
    next.tab.focus();
  });
  show(entries[0].id);
  return show;
}
