// @ts-check
/** Reads what was kept in the browser under a key of ours. */

/**
 * @param {string} text
 * @returns {unknown} null where it is no JSON: another script may have written there
 */
export function parseJson(text) {
  try {
    return /** @type {unknown} */ (JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
