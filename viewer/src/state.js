// What the page shows, in one place. Parts of the page watch the names they depend on; several changes at once tell
// each watcher once.

export function createState(initial) {
  const values = { ...initial };
  const watchers = [];
  return {
    get: (name) => values[name],
    set(changes) {
      const changed = Object.keys(changes).filter((name) => !Object.is(values[name], changes[name]));
      Object.assign(values, changes);
      if (changed.length > 0)
        for (const { names, run } of watchers) if (names.some((name) => changed.includes(name))) run();
    },
    // Tells those who watch a name although its value is the same: what it stands for has changed.
    touch(name) {
      for (const { names, run } of watchers) if (names.includes(name)) run();
    },
    // Runs now, and whenever one of the names changes.
    watch(names, run) {
      watchers.push({ names, run });
      run();
    },
    all: () => ({ ...values }),
    // Nobody is told anything any more.
    end: () => watchers.splice(0),
  };
}
