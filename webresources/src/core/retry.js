// @ts-check
/**
 * Tries again what may work a moment later, with growing, jittered pauses inside a deadline.
 *
 * `Xrm.WebApi` rejects with `errorCode` and `message`; the HTTP status and `Retry-After` do not get
 * through, so the platform's own codes tell what is temporary (service protection limits and the
 * customization lock: Microsoft's "Service protection API limits").
 */

import { text } from "./texts.js";

/** @typedef {{ wait: (milliseconds: number) => Promise<unknown>, silence: (milliseconds: number) => Promise<unknown>, random: () => number, now: () => number }} Clock */

/** Milliseconds behind which an agent rather wants to hear that it did not work. */
const deadline = 8000;
const firstPause = 300;
const longestPause = 3000;

/** Number of requests, execution time, concurrent requests; another operation holds the lock; SQL. */
const temporary = [0x80072322, 0x80072321, 0x80072326, 0x80071151, 0x80044150];
const temporaryStatus = [408, 429, 500, 502, 503, 504];

/**
 * Whether the same request may succeed a moment later. Other refusals stay what they are.
 *
 * @param {unknown} error
 */
export function isTemporary(error) {
  if (typeof error !== "object" || error === null) return false;
  const { errorCode, status, message } = /** @type {{ errorCode?: unknown, status?: unknown, message?: unknown }} */ (error);
  if (typeof status === "number") return temporaryStatus.indexOf(status) >= 0;
  // Dynamics writes codes as signed numbers.
  if (typeof errorCode === "number" && temporary.indexOf(errorCode >>> 0) >= 0) return true;
  // ASSUMED: an answer that is no JSON is told by its status. What nobody answered has no code.
  if (/server answered (?:408|429|50[0234])/i.test(String(message))) return true;
  return !errorCode && (error instanceof TypeError || /failed to fetch|load failed|network ?error/i.test(String(message)));
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
        const pause = Math.min(longestPause, firstPause * 2 ** attempt) * (0.5 + random() / 2);
        if (!isTemporary(error) || now() + pause > end) throw error;
        log("tried again in " + Math.round(pause) + " ms");
        await wait(pause);
      }
    }
  };
}
