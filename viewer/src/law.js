// The law of distance: what a connection between two sites is worth, by the square of their distance and the law's
// length L. Pages of 0.1 name no law; theirs is the inverse one.

const INVERSE = {
  value: (square) => 1 / Math.sqrt(square),
  of: "one over the distance",
  text: "One over distance",
};

const LAWS = {
  inverse: INVERSE,
  "inverse-square": {
    value: (square) => 1 / square,
    of: "one over the squared distance",
    text: "One over squared distance",
  },
  exponential: {
    value: (square, length) => Math.exp(-Math.sqrt(square) / length),
    of: "exp(\u2212r/L) of the distance r",
    text: "exp(\u2212r/L) of distance r",
  },
  gaussian: {
    value: (square, length) => Math.exp(-square / (2 * length * length)),
    of: "exp(\u2212r\u00b2/2L\u00b2) of the distance r",
    text: "exp(\u2212r\u00b2/2L\u00b2) of distance r",
  },
};

// {value(square, length), and in words: of, text}. A page of a newer Loci may have a law that is not known here.
export function lawOf({ law = "inverse" }) {
  const known = LAWS[law ?? "inverse"];
  if (known === undefined) throw new Error(`This page's network has the law ${law}, which the page does not know.`);
  return known;
}
