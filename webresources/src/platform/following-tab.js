// @ts-check
/** A tab beside the one that hosts the phone: shows which one does and what arrives there, and dials through it. */

import { messageOf } from "../core/failure.js";
import { canDial } from "../core/handshake.js";

/**
 * @typedef {import("../core/tab-messages.js").PhoneState} PhoneState
 * @typedef {import("./tabs.js").Role} Role
 *
 * @param {{
 *   follow: import("./tabs.js").Follow,
 *   view: import("./tabs.js").View,
 *   send: import("./tabs.js").Send,
 *   text: typeof import("../core/texts.js").text,
 *   takeOver: () => void,
 *   isHidden: () => boolean,
 * }} options
 * @returns {Role}
 */
export function followTab({ follow, view, send, text, takeOver, isHidden }) {
  let hasDialled = false;
  const { doers, dialling } = follow({
    order(order) {
      hasDialled = true;
      send("dial", { order });
    },
    tell: (name, facts) => send("tell", { name, facts }),
  });
  /** @param {string} hint */
  const show = (hint) =>
    view.setConnection("elsewhere", { text: text("elsewhere"), hint }, { label: text("take-over"), run: takeOver });

  /** @param {PhoneState} state */
  function mirror({ title, talks, connection, words, cards }) {
    show(text(talks ? "elsewhere-talks-hint" : "elsewhere-hint", { title: title || text("unknown"), state: words }));
    view.showCards(
      cards.map((card) => ({
        ...card,
        time: 0,
        choices: card.choices.map((choice) => ({
          ...choice,
          run: () => send("choose", { card: card.id, choice: choice.key }),
        })),
        dismiss: () => send("dismiss", { card: card.id }),
      })),
    );
    dialling.setConnected(canDial(connection));
  }

  /** @param {import("../core/tab-messages.js").TabMessage} message */
  async function carryOut({ from, question, name, values }) {
    try {
      const run = doers[/** @type {keyof typeof doers} */ (name)];
      await /** @type {(...values: unknown[]) => unknown} */ (run)(.../** @type {unknown[]} */ (values));
      send("answer", { to: from, question });
    } catch (error) {
      send("answer", { to: from, question, reason: messageOf(error) });
    }
  }

  show(text("elsewhere-first-hint"));
  send("who", {});
  const look = () => send("seen", { isVisible: !isHidden() });
  look();
  return {
    receive(message) {
      const { kind } = message;
      if (kind === "state") mirror(/** @type {PhoneState} */ (/** @type {unknown} */ (message)));
      else if (kind === "do") carryOut(message);
      else if (kind === "notice") doers.notify({ id: String(message.id), message: String(message.message), actionLabel: String(message.actionLabel), run: doers.reveal });
      else if (kind === "withdraw") doers.withdraw(String(message.id));
      else if (kind === "refused" && hasDialled) {
        hasDialled = false;
        dialling.refused(String(message.reason));
      }
    },
    look,
    stop() {
      send("seen", { isVisible: false });
      dialling.stop();
      view.showCards([]);
    },
  };
}
