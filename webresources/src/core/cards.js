// @ts-check
/**
 * What was asked for and not yet opened or dismissed, one card an interaction; knows no page.
 *
 * A card that has come to its end stays for the agent to look back at, until the next one comes.
 */

/**
 * @typedef {import("./pop-panels.js").Panel} Panel
 * @typedef {{ id: string, time: number }} Place
 * @typedef {Panel & Place & { dismiss: () => void }} Card
 *     time: when the interaction popped; the latest one stands first.
 */

/** Older cards go: nobody works off more calls than that. */
const mostCards = 100;

/**
 * @param {{ render: (cards: Card[]) => void, onDismiss?: (id: string) => void }} options render gets the newest first
 */
export function createCards({ render, onDismiss = () => {} }) {
  /** @type {Card[]} */
  let cards = [];
  // What was dismissed while a search ran does not come back with what the search has found.
  const gone = new Set();
  /** @param {string} id */
  const dismiss = (id) => {
    if (cards.some((card) => card.id === id && card.busy)) gone.add(id);
    cards = cards.filter((card) => card.id !== id);
    onDismiss(id);
    render(cards);
  };
  return {
    /**
     * Show what is known of an interaction now, in the place of what was known before.
     *
     * @param {Panel} panel
     * @param {Place} place
     */
    show(panel, { id, time }) {
      if (panel.busy) gone.delete(id);
      if (gone.has(id)) return;
      const isKnown = cards.some((known) => known.id === id);
      const others = cards.filter((known) => known.id !== id && (isKnown || !known.settled || known.time > time));
      cards = others
        .concat([{ ...panel, id, time, dismiss: () => dismiss(id) }])
        .sort((one, other) => other.time - one.time)
        .slice(0, mostCards);
      render(cards);
    },
    dismiss,
  };
}
