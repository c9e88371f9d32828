// @ts-check
/** Warns of a second Genesys client, for as long as there is one: Genesys supports one at a time. */

const id = "second-client";

/**
 * @param {string} event what framework.js has noticed
 * @param {{
 *   cards: Pick<ReturnType<typeof import("./cards.js").createCards>, "show" | "dismiss">,
 *   now: () => number,
 *   text: typeof import("./texts.js").text,
 * }} options text: in the page's language
 */
export function tellOfClients(event, { cards, now, text }) {
  if (event === "only-client") cards.dismiss(id);
  else cards.show({ title: text("second-client"), detail: text("second-client-hint"), problem: true }, { id, time: now() });
}
