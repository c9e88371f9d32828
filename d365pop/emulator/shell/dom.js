// @ts-check
/** Makes elements; text always goes in as text, never as markup. */

const SVG = "http://www.w3.org/2000/svg";

/** Outlines on a 20 x 20 grid, drawn for this shell. */
const ICONS = {
  account: "M3 17V5l7-2v14M10 8h7v9M3 17h14M6 8h1M6 11h1M6 14h1M13 11h1M13 14h1",
  add: "M10 4v12M4 10h12",
  alert: "M10 3l8 14H2zM10 8v4M10 14.5v.5",
  back: "M12 4l-6 6 6 6",
  check: "M4 10.5l4 4 8-9",
  close: "M5 5l10 10M15 5L5 15",
  collapse: "M8 4l6 6-6 6",
  contact: "M10 10a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7M3.5 17a6.5 5.5 0 0 1 13 0",
  info: "M10 2.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15M10 9v5M10 6v.5",
  lead: "M3 4h14l-5.5 7v5l-3 1v-6z",
  page: "M5 2.5h7l3 3V17.5H5zM12 2.5v3h3",
  pane: "M3 4h14v12H3zM12 4v12",
  phonecall: "M5 3l3 1 1 3.5L7.200 9a9 9 0 0 0 4 4L12.500 11l3.500 1 1 3c-1 2-3 2-5 1.300C7.500 14.500 5 12 3.700 8 3 6 3.300 4 5 3",
  refresh: "M16 10a6 6 0 1 1-2-4.500M14 2v4h-4",
  save: "M4 3h10l2 2v12H4zM7 3v4h5V3M7 17v-5h6v5",
  search: "M9 3a5.500 5.500 0 1 0 0 11A5.500 5.500 0 0 0 9 3M13 13l4 4",
};

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, unknown>} [attributes] `onclick` and the like are listeners; false and
 *   undefined leave an attribute out
 * @param {...(Node | string | null | undefined)} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") {
      element.addEventListener(name.slice(2), /** @type {EventListener} */ (value));
    } else if (value !== false && value !== undefined && value !== null) {
      element.setAttribute(name, value === true ? "" : String(value));
    }
  }
  for (const child of children) {
    if (child !== null && child !== undefined) {
      element.append(child);
    }
  }
  return element;
}

/** @typedef {keyof typeof ICONS} IconName */

/**
 * @param {IconName} name
 * @returns {SVGElement}
 */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

/**
 * @param {string} label
 * @param {IconName} name
 * @param {() => void} onclick
 * @param {Record<string, unknown>} [attributes]
 * @returns {HTMLButtonElement}
 */
export function command(label, name, onclick, attributes = {}) {
  return h("button", { type: "button", class: "command", onclick, ...attributes }, icon(name), label);
}

/**
 * @param {string} label what a screen reader says; also the tooltip
 * @param {IconName} name
 * @param {() => void} onclick
 * @param {Record<string, unknown>} [attributes]
 * @returns {HTMLButtonElement}
 */
export function iconButton(label, name, onclick, attributes = {}) {
  const fixed = { type: "button", class: "icon-button", "aria-label": label, title: label, onclick };
  return h("button", { ...fixed, ...attributes }, icon(name));
}
