// @ts-check
/**
 * How the countries of the world number their telephones; knows nothing of who owns a number.
 *
 * The table is made at build time. It knows every country's codes and lengths, and how numbers are
 * written in the countries of the configuration; the others are found by international notations.
 */

import { countries as table, patterns } from "d365pop:phone-table";

/**
 * @typedef {{
 *   code: string,
 *   calling: string,
 *   trunk: string,
 *   idd: string,
 *   international: string,
 *   lengths: number[],
 * }} Country
 *     calling: country calling code; trunk: what precedes a number inside the country; idd: what is
 *     dialled before a calling code, as a regular expression or "", and international the usual one,
 *     both of configured countries only;
 *     lengths: digits of a national number without its trunk prefix.
 * @typedef {import("d365pop:phone-table").Patterns} Patterns
 */

const mostGroupings = 3;

/** Digits that are a number without the trunk prefix; fewer are rather an extension. */
const shortest = 7;

// Marked as pure, so that a bundle that reads no numbers does not carry the table.
const countries = /* @__PURE__ */ readTable();
const mains = /* @__PURE__ */ mainCountries();

/** @returns {Map<string, Country>} */
function readTable() {
  return new Map(table.split(";").map(readEntry));
}

/** The main country of each calling code stands first. @returns {Map<string, Country>} */
function mainCountries() {
  return new Map(Array.from(countries.values()).reverse().map((country) => [country.calling, country]));
}

/**
 * Return the countries of the codes that the table knows, in the order given.
 *
 * @param {readonly string[]} codes
 * @returns {Country[]}
 */
export function knownCountries(codes) {
  return /** @type {Country[]} */ (codes.map((code) => countries.get(code)).filter(Boolean));
}

/**
 * Return the main country of an international number (digits only).
 *
 * @param {string} digits
 * @returns {Country | null}
 */
export function countryOfDigits(digits) {
  // No calling code is the beginning of another one.
  const country = [1, 2, 3].map((length) => mains.get(digits.slice(0, length))).find(Boolean);
  return country && nationalPart(digits, country) ? country : null;
}

/**
 * Return the national number inside an international one, or "" where the country doesn't fit.
 *
 * @param {string} digits
 * @param {Country} country
 */
export function nationalPart(digits, { calling, lengths }) {
  const rest = digits.slice(calling.length);
  return digits.indexOf(calling) === 0 && lengths.indexOf(rest.length) >= 0 ? rest : "";
}

/**
 * Return the national number that is dialled so inside the country, or "".
 *
 * @param {string} digits
 * @param {Country} country
 * @param {boolean} assigned only one that the country's plan knows, not any that is as long
 */
export function nationalNumber(digits, country, assigned) {
  const { calling, code, lengths, trunk } = country;
  const { national, prefix, transform } = patternsOf(code) || { national: "", prefix: trunk, transform: "" };
  const stripped = withoutPrefix(digits, prefix, transform);
  // Where a prefix is dialled, no number begins with a zero.
  const complete = trunk && (digits.length < shortest || digits[0] === "0") ? "" : digits;
  const called = abroad(digits, calling);
  // Who leaves out the trunk prefix rather wrote the calling code, unless there is no trunk prefix.
  const inOrder = trunk || !assigned ? [stripped, called, complete] : [stripped, complete, called];
  return inOrder.find((found) => lengths.indexOf(found.length) >= 0 && (!assigned || whole(national).test(found))) || "";
}

/**
 * Return how the national number is written: its groups of digits, and the usual notation.
 *
 * Grouping is a habit, not a rule: how the neighbours are grouped comes second.
 *
 * @param {string} national
 * @param {Country} country
 * @returns {{ groupings: string[][], usual: string, bare: boolean } | null} bare: the usual notation
 *     has no trunk prefix, though the country has one; null where the country's patterns are not there
 */
export function writtenNationally(national, { code }) {
  const { formats } = patternsOf(code) || { formats: [] };
  const fitting = formats.filter(([, groups]) => whole(groups).test(national));
  // A number that nobody was given, as tests and films use them, is written like its neighbours.
  const found = fitting.find(([leading]) => national.search(leading) === 0) || fitting[0];
  if (!found) return null;
  const [, groups, usual, bare] = found;
  const groupings = [groups]
    .concat(fitting.map(([, others]) => others))
    .map((pattern) => (whole(pattern).exec(national) || []).slice(1));
  return {
    groupings: distinct(groupings).slice(0, mostGroupings),
    usual: national.replace(whole(groups), usual),
    bare: bare === 1,
  };
}

/**
 * @param {string} entry
 * @returns {[string, Country]}
 */
function readEntry(entry) {
  const [code = "", calling = "", lengths = "", trunk = "", idd = "", usual = ""] = entry.split(",");
  const given = idd === "-" ? "" : idd || "00";
  return [
    code,
    {
      code,
      calling,
      trunk: trunk === "-" ? "" : trunk || "0",
      idd: given,
      international: usual || (/^\d*$/.test(given) ? given : "00"),
      lengths: Array.from(lengths, (length) => parseInt(length, 36)),
    },
  ];
}

/**
 * @param {string} code
 * @returns {Patterns | undefined}
 */
function patternsOf(code) {
  return Object.prototype.hasOwnProperty.call(patterns, code) ? patterns[code] : undefined;
}

/**
 * @param {string} digits
 * @param {string} prefix regular expression
 * @param {string} transform what a prefix with a group in it becomes
 */
function withoutPrefix(digits, prefix, transform) {
  const start = new RegExp("^(?:" + prefix + ")");
  const found = prefix ? start.exec(digits) : null;
  if (!found || !found[0]) return "";
  const captured = found.length > 1 && found[found.length - 1] !== undefined;
  return captured && transform ? digits.replace(start, transform) : digits.slice(found[0].length);
}

/**
 * @param {string} digits
 * @param {string} calling
 */
function abroad(digits, calling) {
  return digits.indexOf(calling) === 0 ? digits.slice(calling.length) : "";
}

/** @param {string[][]} lists */
function distinct(lists) {
  return Array.from(new Map(lists.map((list) => [list.join(" "), list])).values());
}

/** @param {string} pattern */
function whole(pattern) {
  return new RegExp("^(?:" + pattern + ")$");
}
