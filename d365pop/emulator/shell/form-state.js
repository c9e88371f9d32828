// @ts-check
/** The data behind an open form: values, what was saved, notifications; draws nothing. */

import { fromRow, sameValue, toRow } from "./values.js";

/** @typedef {import("./form-model.js").ControlModel} ControlModel */
/** @typedef {import("./form-model.js").CellModel} CellModel */
/** @typedef {import("./form-model.js").FormModel} FormModel */
/** @typedef {Record<string, any>} Row */
/** @typedef {{ level: string, message: string, id: string }} FormNotification */

/**
 * @typedef {object} FormData
 * @property {string} entityName
 * @property {string} entityId empty on a form for a new row
 * @property {string} primaryName
 * @property {{ id: string, label: string }} form
 * @property {FormModel} model
 * @property {Row} row
 * @property {Record<string, string>} [defaults] what a form for a new row starts with
 */

/** One column on the form: its value, what was saved, and the controls that show it. */
export class FormAttribute {
  /**
   * @param {string} name
   * @param {import("./form-model.js").ControlKind} kind
   * @param {Row} row
   */
  constructor(name, kind, row) {
    this.name = name;
    this.kind = kind;
    /** @type {unknown} */
    this.saved = fromRow(row, name, kind);
    /** @type {unknown} */
    this.value = this.saved;
    /** @type {string} the platform's own text for a value that has one */
    this.formatted =
      row[`${name}@OData.Community.Display.V1.FormattedValue`] ??
      row[`_${name}_value@OData.Community.Display.V1.FormattedValue`] ??
      "";
    /** @type {Set<() => void>} */
    this.listeners = new Set();
  }

  get isDirty() {
    return !sameValue(this.value, this.saved);
  }

  /**
   * @param {Row} row as the platform has it now
   */
  reset(row) {
    const fresh = new FormAttribute(this.name, this.kind, row);
    Object.assign(this, { saved: fresh.saved, value: fresh.value, formatted: fresh.formatted });
    this.listeners.forEach((listener) => listener());
  }

  /** @param {unknown} value */
  set(value) {
    if (this.kind === "lookup") {
      throw new Error(`This shell does not write lookups, and ${this.name} is one`);
    }
    this.value = value ?? null;
    this.formatted = "";
    this.listeners.forEach((listener) => listener());
  }
}

/** What a control shows apart from its value. */
export class FormControl {
  /**
   * @param {ControlModel} model
   * @param {CellModel | null} cell
   * @param {FormAttribute | null} attribute
   */
  constructor(model, cell, attribute) {
    this.name = model.id || model.attribute;
    this.label = cell?.label ?? "";
    this.visible = cell?.visible ?? false;
    this.disabled = model.disabled;
    this.attribute = attribute;
    /** @type {Set<() => void>} */
    this.listeners = new Set();
  }

  /** @param {Partial<Pick<FormControl, "label" | "visible" | "disabled">>} change */
  update(change) {
    Object.assign(this, change);
    this.listeners.forEach((listener) => listener());
  }
}

/** The state of one open form. */
export class FormState {
  /** @param {FormData} data */
  constructor(data) {
    this.data = data;
    /** @type {Map<string, FormAttribute>} */
    this.attributes = new Map();
    /** @type {Map<string, FormControl>} */
    this.controls = new Map();
    /** @type {Map<ControlModel, FormControl>} */
    this.byModel = new Map();
    /** @type {Map<string, FormNotification>} */
    this.notifications = new Map();
    /** @type {Set<() => void>} */
    this.listeners = new Set();
    for (const { control, cell } of controlsOf(data.model)) {
      this.#add(control, cell);
    }
    for (const [name, value] of Object.entries(data.defaults ?? {})) {
      this.attributes.get(name)?.set(value);
    }
  }

  /**
   * @param {ControlModel} model
   * @param {CellModel | null} cell
   */
  #add(model, cell) {
    let attribute = null;
    if (model.attribute) {
      attribute =
        this.attributes.get(model.attribute) ??
        new FormAttribute(model.attribute, model.kind, this.data.row);
      this.attributes.set(model.attribute, attribute);
      attribute.listeners.add(() => this.changed());
    }
    const control = new FormControl(model, cell, attribute);
    this.byModel.set(model, control);
    if (control.name && !this.controls.has(control.name)) {
      this.controls.set(control.name, control);
    }
  }

  get isDirty() {
    return [...this.attributes.values()].some((attribute) => attribute.isDirty);
  }

  get title() {
    const { row, primaryName, entityId } = this.data;
    const current = this.attributes.get(primaryName)?.saved ?? row[primaryName];
    return entityId ? String(current ?? "(no name)") : "New record";
  }

  /** @returns {Row} what a save sends: the changed columns alone */
  changes() {
    const dirty = [...this.attributes.values()].filter((attribute) => attribute.isDirty);
    return Object.fromEntries(dirty.map((attribute) => [attribute.name, toRow(attribute)]));
  }

  /** @param {Row} row as it was read back after a save */
  saved(row) {
    this.data.row = row;
    this.attributes.forEach((attribute) => attribute.reset(row));
    this.changed();
  }

  /** @param {FormNotification} notification */
  notify(notification) {
    this.notifications.set(notification.id, notification);
    this.changed();
  }

  /**
   * @param {string} id
   * @returns {boolean}
   */
  clear(id) {
    const cleared = this.notifications.delete(id);
    this.changed();
    return cleared;
  }

  changed() {
    this.listeners.forEach((listener) => listener());
  }
}

/**
 * @param {FormModel} model
 * @returns {Generator<{ control: ControlModel, cell: CellModel | null }>} body, header, hidden
 */
function* controlsOf(model) {
  const sections = model.tabs.flatMap((tab) => tab.columns.flatMap((column) => column.sections));
  const cells = [...sections.flatMap((section) => section.rows.flat()), ...model.header];
  for (const cell of cells) {
    if (cell.control) yield { control: cell.control, cell };
  }
  for (const control of model.hidden) {
    yield { control, cell: null };
  }
}
