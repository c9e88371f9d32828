// @ts-check
/** The call logs that a page stores by a function of its own: each of a call after the one before. */

/** More calls than a day brings; older ones are not logged again. */
const mostCalls = 500;

/**
 * @typedef {import("../platform/host-softphone.js").CallLog} CallLog
 *
 * Return what lets the page store one and hands it the id of what it stored for the call before,
 * also where Genesys had given up waiting for that.
 *
 * @param {(log: CallLog) => Promise<string> | string} save
 * @returns {(log: CallLog) => Promise<string>}
 */
export function createHostCallLog(save) {
  /** @type {Map<string, Promise<string>>} */
  const stored = new Map();
  return (log) => {
    const { id: call } = log.interaction;
    const before = stored.get(call) || Promise.resolve("");
    const storing = before.then((id) => save({ ...log, id: log.id || id }));
    stored.delete(call);
    // What failed has stored nothing: the row is still the one before.
    stored.set(call, storing.catch(() => before));
    if (stored.size > mostCalls) stored.delete(stored.keys().next().value || "");
    return storing;
  };
}
