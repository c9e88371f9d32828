// @ts-check
/** Knows the one difference between a promise and what @types/xrm calls one. */

/**
 * The unified client answers with native promises; the typings still demand jQuery's `fail` and
 * `always`, which only the old web client had.
 *
 * @template T
 * @param {Promise<T>} promise
 * @returns {Xrm.Async.PromiseLike<T>}
 */
export function platformPromise(promise) {
  return /** @type {Xrm.Async.PromiseLike<T>} */ (/** @type {unknown} */ (promise));
}
