// @ts-check
/** Draws one field of a form and keeps it in step with the form's state. */

import { bareId, formatAddress } from "./address.js";
import { h, icon } from "./dom.js";
import { isKnownTable } from "./tables.js";
import { displayText, parseTyped } from "./values.js";

/** @typedef {import("./form-state.js").FormControl} FormControl */
/** @typedef {import("./form-state.js").FormAttribute} FormAttribute */
/** @typedef {import("./form-model.js").CellModel} CellModel */

/** @type {Record<string, string>} */
const INPUT_TYPES = { text: "text", email: "email", url: "url", number: "number", datetime: "datetime-local" };
/** ASSUMED: by their names; the platform knows the format of a column. */
const PHONE = /^(?:[a-z0-9]+_)?(?:telephone\d|mobilephone|home2|business2|.*phone)$/;
const BARE_KINDS = ["subgrid", "timeline", "web resource", "quick view", "map", "control"];

let lastId = 0;

/**
 * @param {CellModel} cell
 * @param {FormControl} control
 * @param {(attribute: FormAttribute) => void} onEdit
 * @returns {HTMLElement}
 */
export function renderField(cell, control, onEdit) {
  lastId += 1;
  const id = `field-${lastId}`;
  const { attribute } = control;
  if (!attribute) {
    return placeholder(cell, control);
  }
  const label = h("label", { for: id, id: `${id}-label` }, control.label);
  const input = createInput(id, attribute, control, onEdit);
  const field = h("div", { class: "field" }, label, input, callButton(attribute));
  const refresh = () => {
    field.hidden = !control.visible;
    label.textContent = control.label;
    label.classList.toggle("visually-hidden", !cell.showLabel);
    show(input, attribute, control);
  };
  attribute.listeners.add(refresh);
  control.listeners.add(refresh);
  refresh();
  return field;
}

/**
 * @param {FormAttribute} attribute
 * @returns {HTMLElement | null} shown while a panel wants to hear of clicks
 */
function callButton(attribute) {
  if (!PHONE.test(attribute.name)) return null;
  const { name } = attribute;
  const onclick = () => {
    const detail = { name, value: attribute.value };
    if (detail.value) document.dispatchEvent(new CustomEvent("click-to-act", { detail }));
  };
  return h("button", { type: "button", class: "click-to-act", "aria-label": `Call ${name}`, onclick }, icon("phonecall"));
}

/**
 * @param {CellModel} cell
 * @param {FormControl} control
 * @returns {HTMLElement} what stands where a control is that this shell cannot play
 */
function placeholder(cell, control) {
  const kind = cell.control?.kind ?? "control";
  const box = h(
    "div",
    { class: "placeholder", role: "note" },
    icon("page"),
    h("span", {}, h("strong", {}, control.label || control.name), ` ${kind}`),
  );
  const refresh = () => {
    box.hidden = !control.visible;
  };
  control.listeners.add(refresh);
  refresh();
  return box;
}

/** @typedef {HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement | HTMLOutputElement} Input */

/**
 * @param {string} id
 * @param {FormAttribute} attribute
 * @param {FormControl} control
 * @param {(attribute: FormAttribute) => void} onEdit
 * @returns {Input}
 */
function createInput(id, attribute, control, onEdit) {
  const name = attribute.name;
  /** @param {unknown} value */
  const edit = (value) => {
    attribute.set(value);
    onEdit(attribute);
  };
  if (attribute.kind === "memo") {
    /** @type {HTMLTextAreaElement} */
    const area = h("textarea", { id, name, rows: 4, onchange: () => edit(area.value || null) });
    return area;
  }
  if (attribute.kind === "boolean") {
    const options = [["", "---"], ["true", "Yes"], ["false", "No"]];
    /** @type {HTMLSelectElement} */
    const select = h(
      "select",
      { id, name, onchange: () => edit(select.value === "" ? null : select.value === "true") },
      ...options.map(([value, text]) => h("option", { value }, text)),
    );
    return select;
  }
  const type = INPUT_TYPES[attribute.kind];
  if (type === undefined) {
    return h("output", { id, name, "aria-labelledby": `${id}-label` });
  }
  /** @type {HTMLInputElement} */
  const input = h("input", {
    id,
    name,
    type,
    step: type === "number" ? "any" : undefined,
    autocomplete: "off",
    onchange: () => edit(parseTyped(input.value, attribute.kind)),
  });
  return input;
}

/**
 * @param {Input} input
 * @param {FormAttribute} attribute
 * @param {FormControl} control
 */
function show(input, attribute, control) {
  if (input instanceof HTMLOutputElement) {
    // A lookup or a choice: its text is the platform's, its list of values nobody has here.
    input.replaceChildren(lookupLink(attribute) ?? (displayText(attribute) || "---"));
    return;
  }
  input.disabled = control.disabled;
  input.value = inputText(attribute);
  input.title = input.value;
  if (!(input instanceof HTMLSelectElement)) {
    input.placeholder = "---";
  }
}

/**
 * @param {FormAttribute} attribute
 * @returns {HTMLAnchorElement | null} null where the row behind it has no page here
 */
function lookupLink({ kind, value }) {
  const [target] = kind === "lookup" && Array.isArray(value) ? value : [];
  if (!target || !isKnownTable(target.entityType)) return null;
  const { entityType, id, name } = target;
  const href = formatAddress({ pageType: "entityrecord", entityName: entityType, entityId: bareId(id) });
  return h("a", { href, "data-page": true }, name || "(no name)");
}

/**
 * @param {FormAttribute} attribute
 * @returns {string}
 */
function inputText({ value }) {
  if (value instanceof Date) {
    const local = new Date(value.getTime() - value.getTimezoneOffset() * 60_000);
    return local.toISOString().slice(0, 16);
  }
  return value === null || value === undefined ? "" : String(value);
}

/**
 * @param {CellModel} cell
 * @returns {boolean} these fill the width of their section
 */
export function isWide(cell) {
  return cell.control !== null && BARE_KINDS.includes(cell.control.kind);
}
