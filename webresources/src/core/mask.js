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
  const digits = number.replace(/\P{N}/gu, "");
  return digits.length < 3 ? number : "…" + digits.slice(-2);
}

/** Of any digits, and with whatever stands between those of a number that can be read. @param {string} text */
function maskPart(text) {
  return text
    .replace(/[^\s@<>"']{1,254}@(?=[^\s@])/g, "…@")
    .replace(/\+?\(?\p{N}(?:[\s\p{Pd}\p{Ps}\p{Pe}\p{Cf}./\uff0e\uff0f]*\p{N}){2,}/gu, maskNumber);
}
