// @ts-check
/** Remembers which interactions were handled, over a store that survives a reload of the page. */

/**
 * @typedef {{ read(): string, write(text: string): void }} Store
 * @typedef {{ has(id: string): boolean, add(id: string): void, remove(id: string): void }} Seen
 */

/**
 * Long enough for a long call, short enough for a call that is transferred away and comes back.
 * ASSUMED: Genesys keeps an interaction's id for as long as the agent is part of it.
 */
const twoHours = 2 * 60 * 60 * 1000;

/**
 * Return the memory of handled interaction ids.
 *
 * @param {{ store: Store, now: () => number, lifetime?: number, limit?: number }} options
 *     lifetime in milliseconds; limit is the number of ids kept, the newest ones.
 * @returns {Seen}
 */
export function createSeen({ store, now, lifetime = twoHours, limit = 200 }) {
  const load = () => readEntries(store.read()).filter(([, time]) => isFresh(time));
  /** @param {number} time */
  const isFresh = (time) => time <= now() && now() - time < lifetime;
  /** @param {[string, number][]} entries */
  const save = (entries) => store.write(JSON.stringify(entries.slice(-limit)));
  return {
    has: (id) => load().some(([known]) => known === id),
    add: (id) => save(without(load(), id).concat([[id, now()]])),
    remove: (id) => save(without(load(), id)),
  };
}

/**
 * @param {[string, number][]} entries
 * @param {string} id
 */
function without(entries, id) {
  return entries.filter(([known]) => known !== id);
}

/**
 * @param {string} text
 * @returns {[string, number][]}
 */
function readEntries(text) {
  const value = parseJson(text);
  return Array.isArray(value) ? value.filter(isEntry) : [];
}

/** @param {string} text */
function parseJson(text) {
  try {
    return /** @type {unknown} */ (JSON.parse(text));
  } catch (error) {
    // Another script may have written under our key: what can't be read was never seen.
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/**
 * @param {unknown} entry
 * @returns {entry is [string, number]}
 */
function isEntry(entry) {
  return Array.isArray(entry) && typeof entry[0] === "string" && typeof entry[1] === "number";
}
