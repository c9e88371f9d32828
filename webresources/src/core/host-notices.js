// @ts-check
/** The notices that a page puts up for an agent who must not be interrupted; knows no page. */

/** @typedef {{ id: string, message: string, actionLabel: string, run: () => unknown }} Notice id: of the interaction */

/**
 * Return what announces a call by the page's own function, and takes away what that has put up.
 *
 * @param {(notice: Omit<Notice, "id">) => unknown} notify may return a function that takes the notice away
 */
export function createHostNotices(notify) {
  /** @type {Map<string, () => unknown>} */
  const standing = new Map();
  /** @param {string} id of the interaction */
  const withdraw = (id) => {
    const takeAway = standing.get(id);
    standing.delete(id);
    if (takeAway) takeAway();
  };
  return {
    withdraw,
    /** @param {Notice} notice */
    async announce({ id, ...notice }) {
      withdraw(id);
      const takeAway = await notify(notice);
      if (typeof takeAway === "function") standing.set(id, /** @type {() => unknown} */ (takeAway));
    },
  };
}
