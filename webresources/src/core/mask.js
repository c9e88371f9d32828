// @ts-check
/** What a log line may show of a customer: the last two digits, the domain of an address. */

/**
 * Return the line with every number of three digits or more and every e-mail address masked.
 *
 * Identifiers of interactions and rows are no customer's data and stay readable.
 *
 * @param {string} line
 * @returns {string}
 */
export function maskLine(line) {
  return line
    .split(/(\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b)/i)
    .map((part, index) => (index % 2 === 1 ? part : maskPart(part)))
    .join("");
}

/**
 * Return the number with all but its last two digits hidden.
 *
 * @param {string} number
 * @returns {string}
 */
export function maskNumber(number) {
  const digits = number.replace(/\D/g, "");
  return digits.length < 3 ? number : "…" + digits.slice(-2);
}

/** @param {string} text */
function maskPart(text) {
  return text
    .replace(/[^\s@<>"']{1,64}@(?=[^\s@])/g, "…@")
    .replace(/\+?\(?\d(?:[\s().\-/]{0,3}\d){2,}/g, maskNumber);
}
