// @ts-check
/** How a value becomes part of an OData query; knows no table and no transport. */

/**
 * Return the text as a quoted OData literal that is safe inside a URL.
 *
 * A lone surrogate would make `encodeURIComponent` throw; no stored value can match it anyway.
 *
 * @param {string} text
 * @returns {string}
 */
export function odataString(text) {
  const whole = text.replace(/\p{Surrogate}/gu, "\uFFFD");
  return "'" + encodeURIComponent(whole.replace(/'/g, "''")) + "'";
}

/**
 * Return the condition that a column begins with a text.
 *
 * @param {string} column
 * @param {string} text
 * @returns {string}
 */
export function startsWith(column, text) {
  return "startswith(" + column + "," + odataString(text) + ")";
}

/**
 * Say whether the text can be the logical name of a table or a column.
 *
 * @param {unknown} name
 * @returns {name is string}
 */
export function isLogicalName(name) {
  return typeof name === "string" && /^[a-z_][a-z0-9_]{0,127}$/.test(name);
}

/**
 * Say whether the value is the id of a row, which a query takes without quotes.
 *
 * @param {unknown} id
 * @returns {id is string}
 */
export function isRowId(id) {
  return typeof id === "string" && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id);
}
