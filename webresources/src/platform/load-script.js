// @ts-check
/** Loads a script that stands beside the page and that most days need not. */

import { text } from "../core/texts.js";

/**
 * @param {string} name
 * @param {{ document: Document }} [scope]
 * @returns {Promise<unknown>} rejects where the script cannot be loaded
 */
export function loadScript(name, scope = window) {
  return new Promise((resolve, reject) => {
    const script = scope.document.createElement("script");
    script.onload = resolve;
    script.onerror = () => reject(new Error(text("not-loaded", { name })));
    script.src = name;
    scope.document.head.appendChild(script);
  });
}

/**
 * Return what loads a script at its first call, and anew at the next where that failed.
 *
 * @template T what the script exports
 * @param {string} name
 * @param {string} namespace the property of the window that holds the exports
 * @returns {() => Promise<T>}
 */
export function lateScript(name, namespace) {
  /** @type {Promise<T> | null} */
  let loading = null;
  return () => {
    if (!loading) {
      loading = loadScript(name).then(() => /** @type {{ [name: string]: any }} */ (/** @type {unknown} */ (window))[namespace]);
      loading.catch(() => {
        loading = null;
      });
    }
    return loading;
  };
}
