// @ts-check
/** What is asked of another window and waited for: each question has an id, and an end. */

/**
 * @typedef {import("./messages.js").Payload} Payload
 * @typedef {{ resolve: (value: unknown) => void, reject: (reason: Error) => void, timer: number }} Waiting
 */

/** Milliseconds after which the other side is taken for silent. */
export const patience = 10000;

/**
 * @template {string} Kind
 * @param {{
 *   post: (kind: Kind, payload: Payload) => void,
 *   timers: import("./timer.js").Timers,
 *   silence: string,
 * }} options silence: what to say where nobody answers
 */
export function createQuestions({ post, timers, silence }) {
  /** @type {Map<unknown, Waiting>} */
  const waiting = new Map();
  let last = 0;
  /** @param {unknown} question */
  const take = (question) => {
    const found = waiting.get(question);
    waiting.delete(question);
    if (found) timers.clearTimeout(found.timer);
    return found;
  };
  return {
    /**
     * @param {Kind} kind
     * @param {Payload} payload
     * @returns {Promise<unknown>} rejects with what went wrong there, or where nobody answers
     */
    ask(kind, payload) {
      last += 1;
      const question = last;
      return new Promise((resolve, reject) => {
        const giveUp = () => {
          waiting.delete(question);
          reject(new Error(silence));
        };
        waiting.set(question, { resolve, reject, timer: timers.setTimeout(giveUp, patience) });
        post(kind, { ...payload, question });
      });
    },
    /** @param {Payload} payload of an "answer"; what nobody waits for is dropped */
    answer({ question, value, reason }) {
      const found = take(question);
      if (!found) return;
      if (typeof reason === "string") found.reject(new Error(reason));
      else found.resolve(value);
    },
  };
}
