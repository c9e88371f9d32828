// @ts-check
/** Hands on what the page tells of its work: to telemetry.js where the settings ask for it, else to nobody. */

import { messageOf } from "../core/failure.js";
import { loadScript } from "./load-script.js";

/**
 * @typedef {(name: string, facts: { [name: string]: unknown }) => void} Tell
 * @typedef {(name: string, facts: { [name: string]: unknown }, time: number) => void} Receiver
 * @typedef {{ document: Document, D365PopTelemetry?: { start: typeof import("./insights.js").startInsights } }} Scope
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
  /** @type {Parameters<Receiver>[]} */
  const early = [];
  /** @type {Receiver} */
  let receive = (...told) => {
    early.push(told);
  };
  loadScript("telemetry.js", scope).then(
    () => {
      if (!scope.D365PopTelemetry) return;
      receive = scope.D365PopTelemetry.start({ ...telemetry, version });
      early.forEach((told) => receive(...told));
    },
    (error) => {
      receive = () => undefined;
      log(messageOf(error));
    },
  );
  return (name, facts) => receive(name, facts, now());
}
