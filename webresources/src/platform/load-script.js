// @ts-check
/** Loads a script that stands beside the page and that most days need not. */

/**
 * @param {string} name
 * @param {{ document: Document }} [scope]
 * @returns {Promise<unknown>} rejects where the script cannot be loaded
 */
export function loadScript(name, scope = window) {
  return new Promise((resolve, reject) => {
    const script = scope.document.createElement("script");
    script.onload = resolve;
    script.onerror = () => reject(new Error(name + " cannot be loaded"));
    script.src = name;
    scope.document.head.appendChild(script);
  });
}
