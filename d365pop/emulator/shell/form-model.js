// @ts-check
/** FormXml to what a form shows and runs; pure, reads elements and knows no page. */

/**
 * The part of a DOM element that is read, so that any parser will do.
 *
 * @typedef {object} XmlElement
 * @property {string} tagName
 * @property {(name: string) => string | null} getAttribute
 * @property {ArrayLike<XmlElement>} children
 * @property {string | null} textContent
 */
/**
 * @typedef {"text" | "memo" | "email" | "url" | "number" | "choice" | "boolean" | "datetime" |
 *   "lookup" | "subgrid" | "timeline" | "web resource" | "quick view" | "map" | "control"} ControlKind
 */
/** @typedef {{ id: string, attribute: string, kind: ControlKind, disabled: boolean }} ControlModel */
/**
 * @typedef {object} CellModel
 * @property {string} label
 * @property {boolean} showLabel
 * @property {boolean} visible
 * @property {number} colSpan
 * @property {ControlModel | null} control null keeps the place free
 */
/**
 * @typedef {object} SectionModel
 * @property {string} name
 * @property {string} label
 * @property {boolean} showLabel
 * @property {boolean} visible
 * @property {number} columns
 * @property {CellModel[][]} rows
 */
/**
 * @typedef {object} TabModel
 * @property {string} name
 * @property {string} label
 * @property {boolean} visible
 * @property {{ width: string, sections: SectionModel[] }[]} columns
 */
/**
 * @typedef {object} HandlerModel
 * @property {string} event
 * @property {string} attribute empty but for onchange
 * @property {string} functionName
 * @property {string} libraryName
 * @property {string} parameters a JavaScript argument list
 * @property {boolean} passExecutionContext
 */
/**
 * @typedef {object} FormModel
 * @property {CellModel[]} header
 * @property {TabModel[]} tabs
 * @property {ControlModel[]} hidden controls that carry an attribute and show nothing
 * @property {string[]} libraries in the order in which they are loaded
 * @property {HandlerModel[]} handlers the enabled ones, in document order
 */

/** @type {Record<string, ControlKind>} by class id, in lower case and without braces */
const KINDS = {
  "06375649-c143-495e-a496-c962e5b4488e": "timeline",
  "0d2c745a-e5a8-4c8f-ba63-c6d3bb604660": "number",
  "270bd3db-d9af-4782-9025-509e298dec0a": "lookup",
  "3ef39988-22bb-4f0b-bbbe-64b5a3748aee": "choice",
  "4273edbd-ac1d-40d3-9fb2-095c621b552d": "text",
  "533b9e00-756b-4312-95a0-dc888637ac78": "number",
  "5546e6cd-394c-4bee-94a8-4425e17ef6c6": "text",
  "5b773807-9fb2-42db-97c3-7a91eff8adff": "datetime",
  "5c5600e0-1d6e-4205-a272-be80da87fd42": "quick view",
  "5d68b988-0661-4db2-bc3e-17598ad3be6c": "choice",
  "62b0df79-0464-470f-8af7-4483cfea0c7d": "map",
  "67fac785-cd58-4f9f-abb3-4b7ddc6ed5ed": "boolean",
  "71716b6c-711e-476c-8ab8-5d11542bfb47": "url",
  "9fdf5f91-88b1-47f4-ad53-c11efc01a01d": "web resource",
  "ada2203e-b4cd-49be-9ddf-234642b43b52": "email",
  "b0c6723a-8503-4fd7-bb28-c8a06ac933c2": "boolean",
  "c3efe0c3-0ec6-42be-8349-cbd9079dfd8e": "number",
  "c6d124ca-7eda-4a60-aea9-7fb8d318b68f": "number",
  "cbfb742c-14e7-4a17-96bb-1a13f7f64aa2": "lookup",
  "e0dece4b-6fc8-4a8f-a065-082708572369": "memo",
  "e7a81278-8635-4d9e-8d4d-59480b391c5b": "subgrid",
};

/**
 * @param {XmlElement} form the `form` element, or any element that holds one
 * @param {{ languageCode: number }} options
 * @returns {FormModel}
 */
export function readFormModel(form, { languageCode }) {
  const root = form.tagName === "form" ? form : descendants(form, "form")[0];
  if (!root) {
    throw new Error("The FormXml holds no form element");
  }
  const language = String(languageCode);
  return {
    header: kids(root, "header").flatMap((header) => rowsOf(header, language).flat()),
    tabs: items(root, "tabs", "tab").map((tab) => readTab(tab, language)),
    hidden: items(root, "hiddencontrols", "data").map((data) => readControl(data)),
    libraries: items(root, "formLibraries", "Library").map((library) => text(library, "name")),
    handlers: items(root, "events", "event").flatMap(readHandlers),
  };
}

/**
 * Handlers only: the InternalHandlers are Microsoft's own scripts, which nobody else has.
 *
 * @param {XmlElement} event
 * @returns {HandlerModel[]}
 */
function readHandlers(event) {
  return items(event, "Handlers", "Handler")
    .filter((handler) => flag(handler, "enabled", true))
    .map((handler) => ({
      event: text(event, "name").toLowerCase(),
      attribute: text(event, "attribute"),
      functionName: text(handler, "functionName"),
      libraryName: text(handler, "libraryName"),
      parameters: text(handler, "parameters"),
      passExecutionContext: flag(handler, "passExecutionContext", false),
    }));
}

/**
 * @param {XmlElement} tab
 * @param {string} language
 * @returns {TabModel}
 */
function readTab(tab, language) {
  return {
    name: text(tab, "name"),
    label: labelOf(tab, language),
    visible: flag(tab, "visible", true),
    columns: items(tab, "columns", "column").map((column) => ({
      width: text(column, "width") || "100%",
      sections: items(column, "sections", "section").map((section) => readSection(section, language)),
    })),
  };
}

/**
 * @param {XmlElement} section
 * @param {string} language
 * @returns {SectionModel}
 */
function readSection(section, language) {
  const rows = rowsOf(section, language);
  const declared = text(section, "columns");
  const widest = rows.map((row) => row.reduce((sum, cell) => sum + cell.colSpan, 0));
  return {
    name: text(section, "name"),
    label: labelOf(section, language),
    showLabel: flag(section, "showlabel", true),
    visible: flag(section, "visible", true),
    // "111" means three columns; older forms say nothing and mean what their rows need.
    columns: Math.max(1, /^1+$/.test(declared) ? declared.length : Math.max(0, ...widest)),
    rows,
  };
}

/**
 * @param {XmlElement} container
 * @param {string} language
 * @returns {CellModel[][]} rows that only make room for a row span are left out
 */
function rowsOf(container, language) {
  return items(container, "rows", "row")
    .map((row) => kids(row, "cell").map((cell) => readCell(cell, language)))
    .filter((row) => row.length > 0);
}

/**
 * @param {XmlElement} cell
 * @param {string} language
 * @returns {CellModel}
 */
function readCell(cell, language) {
  const element = kids(cell, "control")[0];
  const control = element ? readControl(element) : null;
  return {
    label: labelOf(cell, language) || control?.attribute || control?.id || "",
    showLabel: flag(cell, "showlabel", true),
    visible: flag(cell, "visible", true),
    colSpan: Number(text(cell, "colspan")) || 1,
    control,
  };
}

/**
 * @param {XmlElement} control
 * @returns {ControlModel}
 */
function readControl(control) {
  const classId = text(control, "classid").replace(/[{}]/g, "").toLowerCase();
  const attribute = text(control, "datafieldname");
  return {
    id: text(control, "id"),
    attribute,
    kind: KINDS[classId] ?? "control",
    disabled: flag(control, "disabled", false),
  };
}

/**
 * @param {XmlElement} element
 * @param {string} language
 * @returns {string} the label of the user's language, else English, else any
 */
function labelOf(element, language) {
  const labels = items(element, "labels", "label");
  /** @param {string} code */
  const inLanguage = (code) => labels.find((label) => text(label, "languagecode") === code);
  const label = inLanguage(language) ?? inLanguage("1033") ?? labels[0];
  return label ? text(label, "description") : "";
}

/**
 * @param {XmlElement} element
 * @param {string} container
 * @param {string} item
 * @returns {XmlElement[]}
 */
function items(element, container, item) {
  return kids(element, container).flatMap((child) => kids(child, item));
}

/**
 * @param {XmlElement} element
 * @param {string} tag
 * @returns {XmlElement[]} what a managed form takes away is not there
 */
function kids(element, tag) {
  return Array.from(element.children).filter(
    (child) => child.tagName === tag && child.getAttribute("solutionaction") !== "Removed",
  );
}

/**
 * @param {XmlElement} element
 * @param {string} tag
 * @returns {XmlElement[]}
 */
function descendants(element, tag) {
  return Array.from(element.children).flatMap((child) =>
    child.tagName === tag ? [child] : descendants(child, tag),
  );
}

/**
 * @param {XmlElement} element
 * @param {string} name
 * @returns {string}
 */
function text(element, name) {
  return element.getAttribute(name) ?? "";
}

/**
 * @param {XmlElement} element
 * @param {string} name
 * @param {boolean} otherwise
 * @returns {boolean} FormXml writes true and 1
 */
function flag(element, name, otherwise) {
  const value = element.getAttribute(name);
  return value === null || value === "" ? otherwise : value === "true" || value === "1";
}
