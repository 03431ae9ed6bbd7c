// Elements from code. Text goes in as text nodes only: names in the data may look like HTML and must stay names.

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(name, value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return node;
}

export function el(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

export function svg(tag, attributes = {}, ...children) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

export const byId = (id) => document.getElementById(id);

// Numbers as people read them.
const grouped = new Intl.NumberFormat("en");
export const whole = (value) => grouped.format(value);
export const percent = (share, digits = 1) => `${(100 * share).toFixed(digits)} %`;

// Three to four significant digits, with a true minus sign.
export function short(value) {
  if (value === 0) return "0";
  const size = Math.abs(value);
  const text = size >= 1e5 || size < 1e-4 ? size.toExponential(2) : size.toPrecision(size >= 1000 ? 4 : 3);
  return (value < 0 ? "\u2212" : "") + text;
}

// In units of the data: four significant digits, whole from 10,000 on.
export function quantity(value) {
  const size = Math.abs(value);
  const text = size >= 9999.5 && size < 1e15 ? whole(Math.round(size)) : String(Number(size.toPrecision(4)));
  return (value < 0 ? "\u2212" : "") + text;
}
