// @ts-check
/**
 * Remembers which interactions were handled and what came of it, over a store that survives a
 * reload of the page. Of records it keeps ids alone: a name is the customer's.
 */

import { parseJson } from "./kept.js";
import { isRecord } from "./messages.js";
import { isLogicalName } from "./odata.js";

/**
 * @typedef {import("./interaction.js").RecordReference} RecordReference
 * @typedef {{ records: RecordReference[], opened: boolean, note: string, dismissed?: boolean, failed?: boolean }} Outcome
 *     records: those that fit, or the one that was opened; dismissed: the agent wants no more of it;
 *     failed: it could not be searched for, and may be again.
 * @typedef {{ time: number, outcome: Outcome | null }} Memory
 * @typedef {{ read(): string, write(text: string): void }} Store
 * @typedef {{
 *   recall(id: string): Memory | null,
 *   add(id: string): void,
 *   keep(id: string, outcome: Outcome): void,
 *   dismiss(id: string): void,
 *   pending(): (Memory & { id: string, outcome: Outcome })[],
 * }} Seen
 *     pending: what was found for an agent who has neither opened nor dismissed it, oldest first.
 * @typedef {[string, number] | [string, number, Outcome]} Entry
 */

/**
 * Longer than an e-mail lies over a weekend: a reload must not pop what popped before.
 * ASSUMED: Genesys keeps an interaction's id for as long as the agent is part of it.
 */
const threeDays = 3 * 24 * 60 * 60 * 1000;

/**
 * Return the memory of handled interaction ids.
 *
 * @param {{ store: Store, now: () => number, lifetime?: number, limit?: number }} options
 *     lifetime in milliseconds; limit is the number of ids kept, the newest ones.
 * @returns {Seen}
 */
export function createSeen({ store, now, lifetime = threeDays, limit = 500 }) {
  /** @param {number} time */
  const isFresh = (time) => time <= now() && now() - time < lifetime;
  const load = () => readEntries(store.read()).filter(([, time]) => isFresh(time));
  /** @param {Entry[]} entries */
  const save = (entries) => store.write(JSON.stringify(entries.slice(-limit)));
  /** @param {string} id @param {Outcome} outcome */
  const keep = (id, outcome) => save(load().map((entry) => (entry[0] === id ? [id, entry[1], outcome] : entry)));
  return {
    recall(id) {
      const found = load().find(([known]) => known === id);
      return found ? { time: found[1], outcome: readOutcome(found[2]) } : null;
    },
    add: (id) => save(load().filter(([known]) => known !== id).concat([[id, now()]])),
    keep,
    dismiss: (id) => keep(id, { records: [], opened: false, note: "", dismissed: true }),
    pending() {
      /** @type {ReturnType<Seen["pending"]>} */
      const found = [];
      load().forEach(([id, time, value]) => {
        const outcome = readOutcome(value);
        if (outcome && !outcome.opened && !outcome.dismissed) found.push({ id, time, outcome });
      });
      return found;
    },
  };
}

/**
 * @param {string} text
 * @returns {Entry[]}
 */
function readEntries(text) {
  const value = parseJson(text);
  return Array.isArray(value) ? value.filter(isEntry) : [];
}

/**
 * @param {unknown} value
 * @returns {Outcome | null}
 */
function readOutcome(value) {
  if (!isRecord(value) || !Array.isArray(value.records) || !value.records.every(isReference)) return null;
  const { records, opened, note, dismissed, failed } = value;
  return { records, opened: opened === true, note: typeof note === "string" ? note : "", ...(dismissed === true && { dismissed }), ...(failed === true && { failed }) };
}

/**
 * @param {unknown} value
 * @returns {value is RecordReference}
 */
function isReference(value) {
  return isRecord(value) && isLogicalName(value.table) && typeof value.id === "string";
}

/**
 * @param {unknown} entry
 * @returns {entry is Entry}
 */
function isEntry(entry) {
  return Array.isArray(entry) && typeof entry[0] === "string" && typeof entry[1] === "number";
}
