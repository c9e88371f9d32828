// @ts-check
/** The tab that hosts the phone: shows the others what it shows, and does what they ask of it. */

import { createQuestions } from "../core/questions.js";
import { choiceKey, plainCards } from "../core/tab-messages.js";

/**
 * @typedef {import("../core/cards.js").Card} Card
 * @typedef {import("../core/tab-messages.js").TabMessage} TabMessage
 * @typedef {import("./tabs.js").Send} Send
 * @typedef {import("./tabs.js").View} View
 * @typedef {import("./tabs.js").Server} Server
 * @typedef {import("./tabs.js").Role} Role
 *
 * @param {{
 *   lead: import("./tabs.js").Lead,
 *   view: View,
 *   text: typeof import("../core/texts.js").text,
 *   send: Send,
 *   title: () => string,
 *   isHidden: () => boolean,
 *   timers: import("../core/timer.js").Timers,
 * }} options
 * @returns {Role}
 */
export function leadTabs({ lead, view, text, send, title, isHidden, timers }) {
  let isOver = false;
  /** The tab in which the agent chose what is being done. */
  let guest = "";
  /** The other tab that the agent looks at. */
  let front = "";
  let connection = "loading";
  let words = "";
  /** @type {Card[]} */
  let cards = [];
  /** @type {Server} */
  let server = { dial: () => {}, tell: () => {}, talks: () => false };
  const questions = createQuestions({ post: send, timers, silence: text("tab-silent") });
  const publish = () => send("state", { title: title(), talks: server.talks(), connection, words, cards: plainCards(cards) });
  /** What another tab has taken over is shown there. */
  const shared = {
    ...view,
    /** @type {View["setConnection"]} */
    setConnection(state, message, action) {
      if (isOver) return;
      [connection, words] = [state, message.text];
      view.setConnection(state, message, action);
      publish();
    },
    /** @type {View["showCards"]} */
    showCards(shown) {
      if (isOver) return;
      cards = shown;
      view.showCards(shown);
      publish();
    },
  };
  const stop = lead({
    view: shared,
    at: (name, run) => (...values) => (guest ? questions.ask("do", { to: guest, name, values }) : run(...values)),
    notify(notice) {
      if (front) send("notice", { to: front, id: notice.id, message: notice.message, actionLabel: notice.actionLabel });
    },
    withdraw: (id) => send("withdraw", { id }),
    isAgentElsewhere: () => front !== "" && isHidden(),
    refused: (reason) => send("refused", { reason }),
    changed: publish,
    serve(given) {
      server = given;
    },
  });
  publish();

  /** @param {TabMessage} message */
  async function choose({ from, card, choice }) {
    const found = cards.find(({ id }) => id === card);
    const chosen = found && (found.choices || []).find((one, at) => choiceKey(one, at) === choice);
    if (!chosen) return;
    guest = from;
    try {
      await chosen.run();
    } finally {
      guest = "";
    }
  }

  return {
    receive(message) {
      const { kind, from } = message;
      if (kind === "who") publish();
      else if (kind === "seen") front = message.isVisible ? from : front === from ? "" : front;
      else if (kind === "choose") choose(message);
      else if (kind === "dismiss") cards.filter(({ id }) => id === message.card).forEach(({ dismiss }) => dismiss());
      else if (kind === "dial") server.dial(/** @type {import("./tabs.js").Order} */ (message.order));
      else if (kind === "tell") server.tell(String(message.name), Object(message.facts));
      else if (kind === "answer") questions.answer(message);
    },
    stop() {
      stop();
      view.showCards([]);
      isOver = true;
    },
  };
}
