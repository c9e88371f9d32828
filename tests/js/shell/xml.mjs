/** Just enough of an element for the form model; the real forms are parsed in a browser test. */

/**
 * @param {string} tagName
 * @param {Record<string, string>} [attributes]
 * @param {...object} children
 */
export function el(tagName, attributes = {}, ...children) {
  return {
    tagName,
    children,
    textContent: "",
    getAttribute: (name) => attributes[name] ?? null,
  };
}

export const TEXT = "{4273EDBD-AC1D-40d3-9FB2-095C621B552D}";
export const LOOKUP = "{270BD3DB-D9AF-4782-9025-509E298DEC0A}";

/** A cell with one labelled control. */
export function cell(attribute, { label = attribute, classid = TEXT, ...attributes } = {}) {
  return el(
    "cell",
    attributes,
    el("labels", {}, el("label", { description: label, languagecode: "1033" })),
    el("control", { id: attribute, datafieldname: attribute, classid }),
  );
}

export function form(...children) {
  return el("form", {}, ...children);
}

/** A form of one tab and one section that holds the rows. */
export function formOfRows(...rows) {
  const section = el("section", { name: "s" }, el("rows", {}, ...rows.map((cells) => el("row", {}, ...cells))));
  const column = el("column", { width: "100%" }, el("sections", {}, section));
  return form(el("tabs", {}, el("tab", { name: "t" }, el("columns", {}, column))));
}
