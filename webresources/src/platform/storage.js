// @ts-check
/** One named text in the browser's storage, shared by the tabs of an environment, or in memory where that is refused. */

/** @typedef {import("../core/dedupe.js").Store} Store */

/**
 * Return the store. A browser that blocks storage costs the guard against double pops, not the phone.
 *
 * @param {{ key: string, scope?: { localStorage: Pick<Storage, "getItem" | "setItem"> } }} options
 * @returns {Store}
 */
export function createStore({ key, scope = window }) {
  let memory = "";
  /** What stands in the storage is older than what was last written. */
  let isRefused = false;
  return {
    read() {
      try {
        return (!isRefused && scope.localStorage.getItem(key)) || memory;
      } catch (error) {
        return whenRefused(error, memory);
      }
    },
    write(text) {
      memory = text;
      isRefused = true;
      try {
        scope.localStorage.setItem(key, text);
        isRefused = false;
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
