// @ts-check
/** The call log of the softphone page; loaded by it once there is something to store, and not before. */

import { createCallLog } from "./core/call-log.js";
import { messageOf } from "./core/failure.js";

/** Milliseconds after which what failed is tried again. */
const pause = 30000;

/**
 * @typedef {Parameters<typeof createCallLog>[0]} Options
 * @typedef {Parameters<ReturnType<typeof createCallLog>["note"]>[0]} Note
 * @typedef {{ setTimeout: (run: () => void, milliseconds: number) => unknown, crypto: Pick<Crypto, "randomUUID"> }} Scope
 * @typedef {{
 *   xrm: import("./platform/xrm.js").Dynamics,
 *   seen: import("./core/dedupe.js").Seen,
 *   cards: Pick<ReturnType<typeof import("./core/cards.js").createCards>, "show" | "dismiss">,
 *   retry: ReturnType<typeof import("./core/retry.js").createRetry>,
 *   now: () => number,
 *   isOver: () => boolean,
 * }} Page
 *     isOver: another tab stores what is left
 *
 * @param {Pick<Options, "store" | "answer" | "onFailed" | "onLost"> & Page & { failed: Set<string>, scope: Scope }} options
 *     failed are the calls whose card says that they are not stored yet
 */
export function start({ xrm, seen, cards, retry, now, isOver, failed, scope, ...others }) {
  const log = createCallLog({
    ...others,
    newId: () => scope.crypto.randomUUID(),
    recordOf: (id) => {
      const { outcome = null } = seen.recall(id) || {};
      return (outcome && outcome.records.length === 1 && outcome.records[0]) || null;
    },
    ports: {
      ...xrm,
      createRow: (table, row) => retry(async () => xrm.send(await xrm.entitySet(table), { method: "POST", row })),
      // A row that is gone is not made anew.
      updateRow: (table, id, row) => retry(async () =>
        xrm.send((await xrm.entitySet(table)) + "(" + id + ")", { method: "PATCH", row, headers: { "If-Match": "*" } })),
    },
    later: (run) => scope.setTimeout(() => {
      if (!isOver()) run();
    }, pause),
    onStored: (id) => {
      if (failed.delete(id)) cards.dismiss("log " + id);
    },
  });

  /** Store what Genesys wants logged, and show the row that the agent asked for. @param {Note} note */
  async function save(note) {
    const { id, subject } = note.call;
    const row = await log.note(note);
    if (!row || note.request) return;
    try {
      await xrm.openRecord({ table: "phonecall", id: row });
    } catch (error) {
      cards.show({ title: subject, detail: messageOf(error), problem: true, choices: [] }, { id: "log " + id, time: now() });
    }
  }

  return {
    /**
     * Keep the notes at once, and store them; without any, store what failed before.
     *
     * @param {Note[]} notes
     */
    take: (notes) => Promise.all(notes.length ? notes.map(save) : [log.flush()]),
  };
}
