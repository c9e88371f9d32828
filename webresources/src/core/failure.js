// @ts-check
/** What a caught value says to a person; Dynamics rejects with plain objects, not only with errors. */

/**
 * @param {unknown} error
 * @param {string} [otherwise] for those who speak another language
 */
export function messageOf(error, otherwise = "no reason was given") {
  const message =
    typeof error === "object" && error !== null ? /** @type {{ message?: unknown }} */ (error).message : error;
  return typeof message === "string" && message ? message : otherwise;
}

/** What others said, with a full stop where they left it out and something follows. @param {string} words */
export function sentence(words) {
  return /[.!?\u2026]["'\u201d\u201c)]?$/.test(words) ? words : words + ".";
}
