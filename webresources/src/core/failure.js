// @ts-check
/** What a caught value says to a person; Dynamics rejects with plain objects, not only with errors. */

/** @param {unknown} error */
export function messageOf(error) {
  const message =
    typeof error === "object" && error !== null ? /** @type {{ message?: unknown }} */ (error).message : error;
  return typeof message === "string" && message ? message : "no reason was given";
}
