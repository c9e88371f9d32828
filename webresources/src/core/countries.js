// @ts-check
/**
 * How a handful of countries write their numbers; knows nothing of who owns a number.
 *
 * Grouping is a habit, not a rule: the lists hold the usual ones, the most common first. A country
 * that is missing here is found by its international notations only.
 */

/**
 * @typedef {{
 *   calling: string,
 *   trunk: string,
 *   international: string,
 *   groups: { [length: number]: number[][] },
 * }} Country
 *     calling: country calling code; trunk: what precedes a number inside the country;
 *     international: what is dialled before a calling code; groups: digits per group, by the
 *     length of the national number without its trunk prefix.
 */

/** @type {Country} */
const northAmerica = { calling: "1", trunk: "1", international: "011", groups: { 10: [[3, 3, 4]] } };

/** @type {{ [code: string]: Country }} */
export const countries = {
  US: northAmerica,
  CA: northAmerica,
  AT: {
    calling: "43",
    trunk: "0",
    international: "00",
    groups: { 8: [[1, 7], [3, 5]], 9: [[1, 8], [3, 6]], 10: [[3, 7], [3, 3, 4]], 11: [[3, 8], [3, 4, 4]] },
  },
  AU: {
    calling: "61",
    trunk: "0",
    international: "0011",
    groups: { 9: [[3, 3, 3], [1, 4, 4]] },
  },
  BE: {
    calling: "32",
    trunk: "0",
    international: "00",
    groups: { 8: [[1, 3, 2, 2], [2, 2, 2, 2]], 9: [[3, 2, 2, 2]] },
  },
  CH: { calling: "41", trunk: "0", international: "00", groups: { 9: [[2, 3, 2, 2]] } },
  DE: {
    calling: "49",
    trunk: "0",
    international: "00",
    groups: {
      7: [[3, 4]],
      8: [[2, 6], [3, 5]],
      9: [[2, 7], [3, 6], [4, 5]],
      10: [[2, 8], [3, 7], [4, 6]],
      11: [[3, 8], [2, 9], [4, 7]],
    },
  },
  ES: { calling: "34", trunk: "", international: "00", groups: { 9: [[3, 3, 3], [3, 2, 2, 2], [2, 3, 2, 2]] } },
  FR: { calling: "33", trunk: "0", international: "00", groups: { 9: [[1, 2, 2, 2, 2]] } },
  GB: {
    calling: "44",
    trunk: "0",
    international: "00",
    groups: { 9: [[4, 5], [3, 6]], 10: [[4, 6], [2, 4, 4], [3, 3, 4], [4, 3, 3]] },
  },
  IE: {
    calling: "353",
    trunk: "0",
    international: "00",
    groups: { 8: [[1, 3, 4], [2, 3, 3]], 9: [[2, 3, 4]] },
  },
  IN: { calling: "91", trunk: "0", international: "00", groups: { 10: [[5, 5], [3, 3, 4], [2, 4, 4]] } },
  // The zero of an Italian area code is part of the number and is dialled from abroad too.
  IT: {
    calling: "39",
    trunk: "",
    international: "00",
    groups: { 9: [[2, 7], [3, 6]], 10: [[3, 7], [3, 3, 4], [2, 4, 4]], 11: [[2, 9], [4, 7]] },
  },
  JP: {
    calling: "81",
    trunk: "0",
    international: "010",
    groups: { 9: [[1, 4, 4], [2, 3, 4]], 10: [[2, 4, 4]] },
  },
  NL: { calling: "31", trunk: "0", international: "00", groups: { 9: [[1, 8], [2, 7], [2, 3, 4], [3, 6]] } },
  SE: {
    calling: "46",
    trunk: "0",
    international: "00",
    groups: { 8: [[2, 3, 3], [1, 3, 2, 2]], 9: [[2, 3, 2, 2], [1, 3, 3, 2]] },
  },
  TH: { calling: "66", trunk: "0", international: "001", groups: { 8: [[1, 3, 4]], 9: [[2, 3, 4]] } },
};

/**
 * Return the countries of the codes that the table knows, in the order given.
 *
 * @param {readonly string[]} codes
 * @returns {Country[]}
 */
export function knownCountries(codes) {
  const known = codes.filter((code) => Object.prototype.hasOwnProperty.call(countries, code));
  return known.map((code) => /** @type {Country} */ (countries[code]));
}

/**
 * Return the country of an international number (digits only), the longest calling code first.
 *
 * @param {string} digits
 * @returns {Country | null}
 */
export function countryOfDigits(digits) {
  const fitting = Object.keys(countries)
    .map((code) => /** @type {Country} */ (countries[code]))
    .filter((country) => nationalPart(digits, country) !== "")
    .sort((left, right) => right.calling.length - left.calling.length);
  return fitting[0] || null;
}

/**
 * Return the national number inside an international one, or "" where the country doesn't fit.
 *
 * @param {string} digits
 * @param {Country} country
 */
export function nationalPart(digits, country) {
  if (digits.indexOf(country.calling) !== 0) return "";
  const rest = digits.slice(country.calling.length);
  return country.groups[rest.length] ? rest : "";
}
