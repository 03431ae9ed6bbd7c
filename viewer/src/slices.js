// Long work in slices, so that the page answers meanwhile. What is short is done at once.

const AT_ONCE_MS = 500,
  SLICE_MS = 40;

// run(count, each, done, waiting): each(i) for all i in order, then done(); waiting(i) where more is left after a slice. A
// new run ends the one before.
export function slices() {
  let timer = 0;
  return function run(count, each, done, waiting) {
    clearTimeout(timer);
    let i = 0;
    const slice = (longest) => {
      const end = performance.now() + longest;
      while (i < count && performance.now() < end) each(i++);
      if (i === count) return done();
      waiting(i);
      timer = setTimeout(slice, 0, SLICE_MS);
    };
    slice(AT_ONCE_MS);
  };
}
