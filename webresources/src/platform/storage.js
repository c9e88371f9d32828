// @ts-check
/** One named text in the tab's session storage, or in memory where storage is refused. */

/** @typedef {import("../core/dedupe.js").Store} Store */

/**
 * Return the store. A browser that blocks storage costs the reload guard, not the phone.
 *
 * @param {{ key: string, scope?: { sessionStorage: Pick<Storage, "getItem" | "setItem"> } }} options
 * @returns {Store}
 */
export function createSessionStore({ key, scope = window }) {
  let memory = "";
  return {
    read() {
      try {
        return scope.sessionStorage.getItem(key) || memory;
      } catch (error) {
        return whenRefused(error, memory);
      }
    },
    write(text) {
      memory = text;
      try {
        scope.sessionStorage.setItem(key, text);
      } catch (error) {
        whenRefused(error, "");
      }
    },
  };
}

/**
 * @param {unknown} error
 * @param {string} instead
 */
function whenRefused(error, instead) {
  const name = String(/** @type {{ name?: unknown }} */ (error).name);
  if (name === "SecurityError" || name === "QuotaExceededError") return instead;
  throw error;
}
