// @ts-check
/** Hands on what the page tells of its work: to telemetry.js where the settings ask for it, else to nobody. */

import { messageOf } from "../core/failure.js";
import { text } from "../core/texts.js";
import { loadScript } from "./load-script.js";

/**
 * @typedef {(name: string, facts: { [name: string]: unknown }) => void} Tell
 * @typedef {{ document: Document, D365PopTelemetry?: { start: typeof import("./survey.js").startTelling } }} Scope
 */

/**
 * @param {{
 *   telemetry: import("../core/settings.js").Settings["telemetry"],
 *   version: string,
 *   now: () => number,
 *   log: (line: string) => void,
 *   scope?: Scope,
 * }} options
 * @returns {Tell} it never throws and never waits
 */
export function createTell({ telemetry, version, now, log, scope = window }) {
  if (!telemetry) return () => undefined;
  const started = loadScript("telemetry.js", scope)
    .then(() => /** @type {Required<Scope>} */ (scope).D365PopTelemetry.start({ ...telemetry, version, text }))
    .catch((error) => {
      log(messageOf(error));
    });
  return (name, facts) => {
    const time = now();
    started.then((receive) => receive && receive(name, facts, time));
  };
}
