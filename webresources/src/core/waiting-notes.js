// @ts-check
/** The notes that wait for the script of the call log: of a call no more than what it has come to. */

import { closing } from "./call-log.js";

/**
 * @typedef {import("../call-log.js").Note} Note
 *
 * Return the notes without those that a newer one of the same call says, too; that the call is
 * over stays said. One that Genesys still waits for is left alone: the script answers it.
 *
 * @param {Note[]} notes
 * @param {(request: unknown) => boolean} isAwaited
 * @returns {Note[]}
 */
export function newestNotes(notes, isAwaited) {
  /** @type {Map<unknown, Note>} */
  const newest = new Map();
  notes.forEach((note) => {
    const { request, call } = note;
    // What shall be opened, which nobody waits for, and what shall be stored are two wishes.
    const key = isAwaited(request) ? request : call.id + !request;
    const before = newest.get(key);
    newest.delete(key);
    newest.set(key, before && closing.indexOf(before.event) >= 0 ? { ...note, event: before.event } : note);
  });
  return Array.from(newest.values());
}
