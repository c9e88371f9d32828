// @ts-check
/** The page's side of the channel to the form in front: its numbers, whether it is dirty, what to fill. */

import { channelName, readForm } from "../core/form-messages.js";
import { tabOf } from "./form-side.js";

/**
 * @typedef {import("../core/form-messages.js").FormMessage} FormMessage
 * @typedef {import("./form-side.js").Scope & Pick<Window, "setTimeout" | "clearTimeout">} Scope
 */

/**
 * Milliseconds that a form has to say whether it is dirty; it answers within one turn of its window.
 * One that is known to answer is waited for, since its window may be at work.
 */
const patience = { stranger: 60, known: 3000 };
/** Milliseconds for which a new form may ask for what it is filled with: it is opened at once. */
const handOverTime = 30000;

/**
 * Listen to the forms of this tab.
 *
 * @param {{
 *   columns: { [table: string]: string[] },
 *   onForm: (form: FormMessage, how: { dials: boolean }) => void,
 *   now: () => number,
 *   scope?: Scope,
 * }} options columns that hold numbers, by table; dials: a command wants to dial
 */
export function linkToForms({ columns, onForm, now, scope = window }) {
  const channel = new scope.BroadcastChannel(channelName(tabOf(scope)));
  /** @type {((isDirty: boolean) => void)[]} */
  let waiting = [];
  /** @type {{ table: string, values: { [column: string]: string }, until: number } | null} */
  let handOver = null;
  const ask = () => channel.postMessage({ kind: "ask", columns });
  /** @param {boolean} isDirty */
  const answer = (isDirty) => {
    const asked = waiting;
    waiting = [];
    asked.forEach((resolve) => resolve(isDirty));
  };
  channel.onmessage = ({ data }) => {
    const form = readForm(data);
    if (!form) return;
    if (form.event === "answer") {
      answer(form.isDirty);
      onForm(form, { dials: form.dials });
      return;
    }
    if (form.isNew && handOver && handOver.table === form.table && now() < handOver.until) {
      channel.postMessage({ kind: "fill", table: form.table, values: handOver.values });
      handOver = null;
    }
    ask();
  };
  ask();
  return {
    /**
     * Whether the form in front has unsaved changes. One that has answered before and is silent now
     * counts as if it had; one that never answered does not run our script.
     *
     * @param {{ isKnown: boolean }} options
     */
    isDirty({ isKnown }) {
      return new Promise((/** @type {(isDirty: boolean) => void} */ resolve) => {
        const silence = scope.setTimeout(
          () => {
            // Its own question only: a later one has its own patience.
            waiting = waiting.filter((one) => one !== hear);
            resolve(isKnown);
          },
          isKnown ? patience.known : patience.stranger,
        );
        const hear = (/** @type {boolean} */ isDirty) => {
          scope.clearTimeout(silence);
          resolve(isDirty);
        };
        waiting.push(hear);
        ask();
      });
    },
    /**
     * Give the next new form of the table these values, once.
     *
     * @param {string} table
     * @param {{ [column: string]: string }} values
     */
    handOver(table, values) {
      handOver = { table, values, until: now() + handOverTime };
    },
    close: () => channel.close(),
  };
}
