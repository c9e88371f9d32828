// @ts-check
/** What the panel's framework answers: JSON as a text, and in some hosts an object. */

/** @param {unknown} answer @returns {{ [name: string]: unknown }} */
export function recordOf(answer) {
  return typeof answer === "string" ? JSON.parse(answer) : /** @type {{ [name: string]: unknown }} */ (answer || {});
}
