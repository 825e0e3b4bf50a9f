// Helpers that create elements. Text is always inserted as text, so a name is never markup.

const SVG = "http://www.w3.org/2000/svg";

/** Create an HTML element with a class, attributes and children (elements or text). */
export function html(name, className = "", attributes = {}, ...children) {
  const element = document.createElement(name);
  if (className) element.className = className;
  return finish(element, attributes, children);
}

/** Create an SVG element with attributes and children. */
export function svg(name, attributes = {}, ...children) {
  return finish(document.createElementNS(SVG, name), attributes, children);
}

function finish(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== null) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}
