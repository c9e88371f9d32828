// @ts-check
/** Tells the Genesys client the agent's language: that of Dynamics, else that of the browser. */

import { languageTag } from "../core/languages.js";

/** Milliseconds that the client waits for the page around it before it starts in the browser's language. */
export const helloPatience = 3000;

/**
 * @param {{ navigator: { language: string } } & import("../core/timer.js").Timers} scope
 */
export function createUserLanguage(scope) {
  /** @type {((tag: string) => void)[]} */
  let waiting = [];
  let known = "";
  /** @param {string} tag */
  const settle = (tag) => {
    waiting.forEach((callback) => callback(tag));
    waiting = [];
  };
  return {
    /** @param {(tag: string) => void} callback */
    ask(callback) {
      if (known) {
        callback(known);
        return;
      }
      waiting = waiting.concat([callback]);
      if (waiting.length === 1) scope.setTimeout(() => settle(known || scope.navigator.language), helloPatience);
    },
    /** @param {unknown} lcid as the page's hello says it */
    learn(lcid) {
      known = languageTag(lcid);
      if (known) settle(known);
    },
  };
}
