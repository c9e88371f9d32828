// @ts-check
/**
 * Which interactions the agent talks on, and which one is selected in the softphone.
 *
 * Genesys tells no interaction's focus; `interactionSelection` is what there is
 * (Embeddable Framework, Notification events).
 */

/** @typedef {import("./interaction.js").Interaction} Interaction */

/** Events that end an interaction for the agent. */
export const over = ["disconnect", "deallocate", "blindTransfer", "completeConsultTransfer"];

/** Return the memory; it holds ids alone, and only those of connected interactions. */
export function createFocus() {
  /** @type {Set<string>} */
  const connected = new Set();
  let selected = "";
  return {
    /**
     * @param {string} event category of an Interaction event
     * @param {Pick<Interaction, "id" | "connected" | "ended">} interaction
     * @returns {boolean} whether it is over
     */
    note(event, { id, connected: isConnected, ended }) {
      const isOver = ended || over.indexOf(event) >= 0;
      if (isOver) connected.delete(id);
      else if (isConnected) connected.add(id);
      return isOver;
    },
    /** @param {string} id empty where nothing is selected */
    select(id) {
      selected = id;
    },
    /** A client that has loaded anew tells of all that is still live; of what ended meanwhile it does not. */
    forget() {
      connected.clear();
      selected = "";
    },
    /** Whether the agent talks with anybody. */
    talks: () => connected.size > 0,
    /**
     * Whether the agent is with another customer: one that is selected, or, where what is selected
     * is over or unknown, any that is connected.
     *
     * @param {string} id of the interaction that wants to pop
     */
    isElsewhere(id) {
      if (selected === id) return false;
      return Array.from(connected).some((other) => other !== id);
    },
  };
}
