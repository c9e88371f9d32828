// @ts-check
/**
 * Tries again what may work a moment later, with growing, jittered pauses inside a deadline, and not
 * before whoever refused wants to be asked again.
 */

import { isRecord } from "./messages.js";
import { text } from "./texts.js";

/** @typedef {{ wait: (milliseconds: number) => Promise<unknown>, silence: (milliseconds: number) => Promise<unknown>, random: () => number, now: () => number }} Clock */

/** Milliseconds behind which an agent rather wants to hear that it did not work. */
const deadline = 8000;
const firstPause = 300;
const longestPause = 3000;

/**
 * Whether the same request may succeed a moment later. Other refusals stay what they are.
 *
 * @param {unknown} error
 */
export function isTemporary(error) {
  // What nobody answered has no status: that is how fetch rejects.
  return error instanceof TypeError || (isRecord(error) && /^(408|429|5..)$/.test(String(error.status)));
}

/**
 * Return a function that does a piece of work, again while it fails for a moment only.
 *
 * One that is not answered by the deadline is given up; what it did in the end nobody learns.
 *
 * @param {Clock & { log: (line: string) => void }} options
 * @returns {<T>(work: () => Promise<T>) => Promise<T>}
 */
export function createRetry({ wait, silence, random, now, log }) {
  return async (work) => {
    const end = now() + deadline;
    const late = silence(deadline).then(() => {
      throw new Error(text("no-answer"));
    });
    // Whoever has an answer no longer hears of it.
    late.catch(() => undefined);
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await Promise.race([work(), late]);
      } catch (error) {
        const own = Math.min(longestPause, firstPause * 2 ** attempt) * (0.5 + random() / 2);
        const pause = Math.max(own, (isRecord(error) && Number(error.retryAfter)) || 0);
        if (!isTemporary(error) || now() + pause > end) throw error;
        log("tried again in " + (pause / 1000).toFixed(1) + " s");
        await wait(pause);
      }
    }
  };
}
