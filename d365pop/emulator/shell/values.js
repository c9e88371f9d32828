// @ts-check
/** Column values: as the Web API has them, as scripts have them, as people read them. */

/** @typedef {import("./form-model.js").ControlKind} ControlKind */

/**
 * @param {Record<string, any>} row
 * @param {string} name
 * @param {ControlKind} kind
 * @returns {unknown} null where the row has nothing
 */
export function fromRow(row, name, kind) {
  if (kind === "lookup") {
    return lookupFromRow(row, name);
  }
  const value = row[name] ?? null;
  return kind === "datetime" && value !== null ? new Date(value) : value;
}

/**
 * @param {Record<string, any>} row
 * @param {string} name
 * @returns {{ id: string, name: string, entityType: string }[] | null}
 */
function lookupFromRow(row, name) {
  const key = `_${name}_value`;
  const id = row[key];
  if (!id) {
    return null;
  }
  return [
    {
      id: `{${String(id).toUpperCase()}}`,
      name: row[`${key}@OData.Community.Display.V1.FormattedValue`] ?? "",
      entityType: row[`${key}@Microsoft.Dynamics.CRM.lookuplogicalname`] ?? "",
    },
  ];
}

/**
 * @param {{ value: unknown }} attribute
 * @returns {unknown}
 */
export function toRow({ value }) {
  return value instanceof Date ? value.toISOString() : value;
}

/**
 * @param {unknown} left
 * @param {unknown} right
 * @returns {boolean} an empty text is no value
 */
export function sameValue(left, right) {
  const [a, b] = [left, right].map((value) => (value === "" ? null : value));
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

/**
 * @param {{ value: unknown, kind: ControlKind, formatted: string }} attribute
 * @returns {string} empty for no value
 */
export function displayText({ value, kind, formatted }) {
  if (value === null || value === undefined) {
    return "";
  }
  if (kind === "lookup") {
    return /** @type {{ name: string }[]} */ (value).map((item) => item.name || "(no name)").join("; ");
  }
  if (formatted) {
    return formatted;
  }
  if (value instanceof Date) {
    return value.toLocaleString();
  }
  if (typeof value === "boolean") {
    return value ? "Yes" : "No";
  }
  return String(value);
}

/**
 * @param {string} text what was typed
 * @param {ControlKind} kind
 * @returns {unknown}
 */
export function parseTyped(text, kind) {
  if (text === "") {
    return null;
  }
  if (kind === "number") {
    return Number(text);
  }
  return kind === "datetime" ? new Date(text) : text;
}
