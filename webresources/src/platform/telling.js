// @ts-check
/** Hands on what the page tells of its work: to telemetry.js where the settings ask for it, else to nobody. */

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
  const script = scope.document.createElement("script");
  script.onload = () => {
    if (!scope.D365PopTelemetry) return;
    receive = scope.D365PopTelemetry.start({ ...telemetry, version });
    early.forEach((told) => receive(...told));
  };
  script.onerror = () => {
    receive = () => undefined;
    log("telemetry.js cannot be loaded");
  };
  script.src = "telemetry.js";
  scope.document.head.appendChild(script);
  return (name, facts) => receive(name, facts, now());
}
