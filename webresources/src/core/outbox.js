// @ts-check
/** Keeps what there is to say until somebody listens; the oldest goes first when it is too much. */

/**
 * @template Item
 * @param {{ limit: number }} options
 */
export function createOutbox({ limit }) {
  /** @type {Item[]} */
  let waiting = [];
  let dropped = 0;
  /** @type {((item: Item) => void) | null} */
  let send = null;
  return {
    /** @param {Item} item */
    put(item) {
      if (send) {
        send(item);
        return;
      }
      waiting.push(item);
      if (waiting.length > limit) {
        waiting.shift();
        dropped += 1;
      }
    },
    /**
     * Send what waits, and from now on everything at once.
     *
     * @param {(item: Item) => void} deliver
     */
    open(deliver) {
      send = deliver;
      const items = waiting;
      waiting = [];
      items.forEach(deliver);
    },
    /** How many items were given up so far. */
    dropped: () => dropped,
  };
}
