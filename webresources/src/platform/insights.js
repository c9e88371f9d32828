// @ts-check
/** Sends what the page tells to Application Insights: batched, again later where that may help, and at the end. */

import { bodiesOf, itemOf, itemsAgain } from "../core/ingestion.js";
import { createTelemetry } from "../core/telemetry.js";
import { createTimer } from "../core/timer.js";

/**
 * @typedef {import("../core/ingestion.js").Item} Item
 * @typedef {import("../core/telemetry.js").Facts} Facts
 * @typedef {Pick<Window, "setTimeout" | "clearTimeout" | "addEventListener" | "crypto" | "fetch"> & { navigator: Pick<Navigator, "sendBeacon"> }} Scope
 */

/** Milliseconds that events wait for company. */
const batchDelay = 15000;
const longestDelay = 5 * 60 * 1000;
/** Events kept while nobody takes them; older ones go. */
const mostItems = 200;

/**
 * @param {{ url: string, key: string, version: string, scope?: Scope }} options url takes the events, key names the resource
 * @returns {(name: string, facts: Facts, time: number) => void}
 */
export function startInsights({ url, key, version, scope = window }) {
  const newId = () => Array.from(scope.crypto.getRandomValues(new Uint8Array(16)), (byte) => (byte + 256).toString(16).slice(1)).join("");
  const session = newId();
  const read = createTelemetry({ newId });
  const timer = createTimer(scope);
  /** @type {Item[]} */
  let waiting = [];
  let delay = batchDelay;
  let isPlanned = false;

  function plan() {
    if (isPlanned || waiting.length === 0) return;
    isPlanned = true;
    timer.start(delay, flush);
  }

  async function flush() {
    const items = waiting;
    waiting = [];
    const again = await send(items);
    delay = again.length > 0 ? Math.min(longestDelay, delay * 2) : batchDelay;
    waiting = again.concat(waiting).slice(-mostItems);
    isPlanned = false;
    plan();
  }

  /** @param {Item[]} items */
  async function send(items) {
    try {
      const answer = await scope.fetch(url, { method: "POST", body: JSON.stringify(items), headers: { "Content-Type": "application/json" } });
      const { errors = [] } = answer.status === 206 ? await answer.json() : {};
      return itemsAgain(items, { status: answer.status, errors });
    } catch (_error) {
      // Nobody answered, or something unreadable: the events are worth another attempt, not a word to the agent.
      return items;
    }
  }

  // The page goes: what is left must go along, and nobody hears an answer.
  scope.addEventListener("pagehide", () => {
    bodiesOf(waiting).forEach((body) => {
      const blob = new Blob([body], { type: "text/plain;charset=UTF-8" });
      if (!scope.navigator.sendBeacon(url, blob)) scope.fetch(url, { method: "POST", body: blob, keepalive: true }).catch(() => undefined);
    });
    waiting = [];
  });

  return (name, facts, time) => {
    const items = read(name, facts, time).map((event) => itemOf(event, { key, session, version, time }));
    waiting = waiting.concat(items).slice(-mostItems);
    plan();
  };
}
