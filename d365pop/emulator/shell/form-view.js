// @ts-check
/** Draws a form from its model: header, tabs, columns, sections, cells. */

import { h } from "./dom.js";
import { isWide, renderField } from "./form-fields.js";
import { formNotification } from "./notifications.js";
import { displayText } from "./values.js";

/** @typedef {import("./form-state.js").FormState} FormState */
/** @typedef {import("./form-model.js").SectionModel} SectionModel */
/** @typedef {import("./form-model.js").TabModel} TabModel */
/** @typedef {(attribute: import("./form-state.js").FormAttribute) => void} OnEdit */

/**
 * @param {FormState} state
 * @param {{ tableLabel: string, onEdit: OnEdit }} options
 * @returns {HTMLElement}
 */
export function renderForm(state, { tableLabel, onEdit }) {
  const tabs = state.data.model.tabs.filter((tab) => tab.visible);
  const bars = h("div", { class: "form-notifications" });
  const status = h("span", { class: "save-status" });
  const title = h("h1", {}, state.title);
  const list = h("div", { class: "tabs", role: "tablist", "aria-label": "Form tabs" });
  const body = h("div", { class: "form-body" });
  const refresh = () => {
    title.textContent = state.title;
    status.textContent = saveStatus(state);
    bars.replaceChildren(...[...state.notifications.values()].map(formNotification));
  };
  state.listeners.add(refresh);
  refresh();
  connectTabs(list, body, tabs.map((tab) => ({ tab, panel: renderTab(tab, state, onEdit) })));
  return h(
    "article",
    { class: "form", "aria-label": `${tableLabel} form` },
    bars,
    h(
      "header",
      { class: "form-header card" },
      h("span", { class: "monogram", "aria-hidden": "true" }, monogram(state.title)),
      h("div", { class: "form-title" }, h("div", {}, title, status), h("p", {}, `${tableLabel} · ${state.data.form.label}`)),
      headerFields(state),
      list,
    ),
    body,
  );
}

/** @param {FormState} state */
function saveStatus(state) {
  if (!state.data.entityId) return "- Unsaved";
  return state.isDirty ? "- Unsaved" : "- Saved";
}

/** @param {string} title */
function monogram(title) {
  const words = title.split(/\s+/).filter((word) => /^[\p{L}\p{N}]/u.test(word));
  return words.slice(0, 2).map((word) => word[0].toUpperCase()).join("") || "–";
}

/** @param {FormState} state */
function headerFields(state) {
  const fields = state.data.model.header
    .filter((cell) => cell.visible && cell.control?.attribute)
    .map((cell) => {
      const attribute = state.attributes.get(cell.control?.attribute ?? "");
      const value = h("dd", {});
      const refresh = () => {
        value.textContent = (attribute && displayText(attribute)) || "---";
      };
      attribute?.listeners.add(refresh);
      refresh();
      return h("div", {}, h("dt", {}, cell.label), value);
    });
  return h("dl", { class: "header-fields" }, ...fields);
}

/**
 * @param {HTMLElement} list
 * @param {HTMLElement} body
 * @param {{ tab: TabModel, panel: HTMLElement }[]} pages
 */
function connectTabs(list, body, pages) {
  const buttons = pages.map(({ tab, panel }, index) => {
    const id = `tab-${index}`;
    panel.id = `${id}-panel`;
    panel.setAttribute("aria-labelledby", id);
    body.append(panel);
    return h("button", { type: "button", role: "tab", id, "aria-controls": panel.id }, tab.label || tab.name);
  });
  /** @param {number} selected */
  const select = (selected) => {
    pages.forEach(({ panel }, index) => {
      panel.hidden = index !== selected;
      buttons[index].setAttribute("aria-selected", String(index === selected));
      buttons[index].tabIndex = index === selected ? 0 : -1;
    });
  };
  buttons.forEach((button, index) => {
    button.addEventListener("click", () => select(index));
    button.addEventListener("keydown", ({ key }) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[key];
      if (step === undefined) return;
      const next = (index + step + buttons.length) % buttons.length;
      select(next);
      buttons[next].focus();
    });
  });
  list.append(...buttons);
  select(0);
}

/**
 * @param {TabModel} tab
 * @param {FormState} state
 * @param {OnEdit} onEdit
 */
function renderTab(tab, state, onEdit) {
  const columns = tab.columns.filter((column) => column.sections.some((section) => section.visible));
  const panel = h("div", { class: "tab-panel", role: "tabpanel" });
  panel.style.setProperty("--columns", columns.map(({ width }) => `minmax(0, ${share(width)}fr)`).join(" "));
  for (const column of columns) {
    const sections = column.sections.filter((section) => section.visible);
    panel.append(
      h("div", { class: "form-column" }, ...sections.map((section) => renderSection(section, state, onEdit))),
    );
  }
  return panel;
}

/** @param {string} width as FormXml has it: `33%` */
function share(width) {
  return Number.parseFloat(width) || 100;
}

/**
 * @param {SectionModel} section
 * @param {FormState} state
 * @param {OnEdit} onEdit
 */
function renderSection(section, state, onEdit) {
  const grid = h("div", { class: "section-grid" });
  grid.style.setProperty("--cells", String(section.columns));
  for (const cell of section.rows.flat()) {
    const control = cell.control && state.byModel.get(cell.control);
    const element = control ? renderField(cell, control, onEdit) : h("div", { class: "spacer" });
    const span = isWide(cell) ? section.columns : Math.min(cell.colSpan, section.columns);
    if (span > 1) element.style.gridColumn = `span ${span}`;
    grid.append(element);
  }
  const titled = section.showLabel && section.label !== "";
  return h(
    "section",
    { class: "card section", "aria-label": section.label || section.name },
    titled ? h("h2", {}, section.label) : null,
    grid,
  );
}
