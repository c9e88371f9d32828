// @ts-check
/**
 * Reads a telephone number in any usual notation and lists the notations that a CRM may hold it in.
 *
 * Knows nothing of tables: Dataverse compares text with `eq`, so we ask for each notation.
 */

import { countryOfDigits, knownCountries, nationalNumber, nationalPart, writtenNationally } from "./countries.js";

/**
 * @typedef {import("./countries.js").Country} Country
 * @typedef {{ e164: string, digits: string, national: string, extension: string }} PhoneNumber
 *     e164 and national are empty where the number can't be placed in a country; digits are those
 *     of the international number, or those given.
 */

const longestText = 64;
const mostVariants = 40;

/**
 * Return the number in the text, or null where the text holds none.
 *
 * @param {string} text as a telephone system or a person writes it: `tel:+1 (555) 010-0001`
 * @param {readonly string[]} [codes] countries in whose national notation it may be, likeliest first
 * @returns {PhoneNumber | null}
 */
export function parsePhone(text, codes = []) {
  if (text.length > longestText) return null;
  // Numbers that were copied out of an address book bring marks of direction along, which nobody sees.
  const { body, extension } = splitExtension(stripScheme(text.normalize("NFKC").replace(/\p{Cf}/gu, "").trim()));
  if (!/^\+?[\d\s().\-/\u2010-\u2015]+$/.test(body)) return null;
  const digits = body.replace(/\D/g, "");
  if (digits.length < 3 || digits.length > 20) return null;
  const international = toInternational(body, digits, knownCountries(codes));
  if (international === null) return null;
  if (international === "") return { e164: "", digits, national: "", extension };
  const country = countryOfDigits(international);
  return {
    e164: "+" + international,
    digits: international,
    national: country ? nationalPart(international, country) : "",
    extension,
  };
}

/**
 * Return the notations under which a CRM may hold the number: distinct, the likeliest first.
 *
 * National notations are given for the configured countries only: elsewhere the same digits belong
 * to somebody else.
 *
 * @param {string} text
 * @param {readonly string[]} codes
 * @returns {string[]} at most 40; none where the text is no number
 */
export function variants(text, codes) {
  const phone = parsePhone(text, codes);
  if (!phone) return [];
  const all = phone.e164 ? internationalVariants(phone, knownCountries(codes)) : [phone.digits];
  // The notation as given is never crowded out by the bound.
  return distinct(all.slice(0, 1).concat([bareNumber(text)], all)).slice(0, mostVariants);
}

/**
 * Say whether a stored text is one of the notations, be it with an extension behind.
 *
 * @param {string} stored
 * @param {readonly string[]} notations
 */
export function isWrittenAs(stored, notations) {
  return notations.indexOf(stored.trim()) >= 0 || notations.indexOf(bareNumber(stored.normalize("NFKC"))) >= 0;
}

/**
 * Return the text as an agent reads a number: a scheme says nothing to a person.
 *
 * @param {string} text
 */
export function withoutScheme(text) {
  return stripScheme(text.trim());
}

/**
 * @param {PhoneNumber} phone
 * @param {Country[]} configured
 */
function internationalVariants(phone, configured) {
  const { e164, digits } = phone;
  const plain = [e164, digits, "00" + digits, "tel:" + e164];
  const home = configured.find((country) => nationalPart(digits, country) !== "");
  const country = home || countryOfDigits(digits);
  if (!country) return plain;
  const national = nationalPart(digits, country);
  const compact = home ? [national, country.trunk + national] : [];
  const [{ international } = country] = configured;
  const written = writtenNationally(national, country);
  const grouped = written ? groupedVariants(written, { country, atHome: Boolean(home) }) : [];
  return plain.concat(compact, [international + digits, "+" + country.calling + " " + national], grouped);
}

/**
 * @param {NonNullable<ReturnType<typeof writtenNationally>>} written
 * @param {{ country: Country, atHome: boolean }} options
 */
function groupedVariants({ groupings, usual, bare }, { country, atHome }) {
  // North America's 1 is rarely written and stands apart; a 0 belongs to the first group.
  const apart = country.trunk !== "" && (bare || country.trunk !== "0");
  const [first = [], ...others] = groupings.map((groups) => notations(groups, { country, atHome, apart }));
  return (atHome ? [usual] : []).concat(first, takeTurns(others));
}

/**
 * Return the grouped notations, the likeliest first.
 *
 * @param {string[]} groups the national number without trunk prefix
 * @param {{ country: Country, atHome: boolean, apart: boolean }} options apart: the trunk prefix is
 */
function notations(groups, { country, atHome, apart }) {
  const { calling, trunk } = country;
  const code = "+" + calling;
  const glue = apart ? "-" : " ";
  const own = [(apart ? "" : trunk) + (groups[0] || "")].concat(groups.slice(1));
  const world = [
    code + " " + groups.join(" "),
    trunk === "0" ? code + " (0)" + groups.join(" ") : "",
    code + "-" + groups.join("-"),
    code + " " + bracketed(groups, glue),
    code + " " + groups.join("-"),
    code + "." + groups.join("."),
    trunk === "0" ? code + " (0) " + groups.join(" ") : "",
    "tel:" + code + "-" + groups.join("-"),
    "00" + calling + " " + groups.join(" "),
  ];
  const home = [
    own.join(" "),
    bracketed(own, glue),
    own.join("-"),
    own.join("."),
    bracketed(own, glue).replace(") ", ")"),
    apart ? trunk + "-" + groups.join("-") : own[0] + "/" + own.slice(1).join(""),
    apart ? trunk + " " + bracketed(groups, glue) : "",
    apart ? trunk + " " + groups.join(" ") : "",
    apart ? bracketed(groups, " ") : "",
    apart ? groups[0] + "/" + groups.slice(1).join("-") : "",
  ];
  return takeTurns(atHome ? [world, home] : [world]);
}

/**
 * `(555) 010-0001`
 *
 * @param {string[]} groups
 * @param {string} glue
 */
function bracketed(groups, glue) {
  return "(" + groups[0] + ") " + groups.slice(1).join(glue);
}

/**
 * @param {string} body
 * @param {string} digits
 * @param {Country[]} configured
 * @returns {string | null} digits with calling code; "" where the country is unknown, null where
 *     the notation is impossible
 */
function toInternational(body, digits, configured) {
  if (body[0] === "+") return plausible(dropBracketedZero(body));
  const dialled = configured.map(({ idd }) => withoutIdd(digits, idd)).concat([withoutIdd(digits, "00")]);
  // Some prefixes are 00 and a digit more: in Thailand 0066 … is a Thai number, not 006 and Singapore's 65.
  const own = dialled.find((rest) => configured.some((country) => nationalPart(rest, country) !== ""));
  const abroad = own || dialled.find((rest) => rest !== "");
  if (abroad) return plausible(abroad);
  // What is a number in one country is only as long as one in another.
  for (const assigned of [true, false]) {
    for (const country of configured) {
      const found = nationalNumber(digits, country, assigned);
      if (found) return country.calling + found;
    }
  }
  // Some telephone systems leave the plus out; so long a number is hardly national.
  return digits.length > 10 && countryOfDigits(digits) ? digits : "";
}

/**
 * Return the international number behind the prefix, or "" where no country has such a number:
 * a city's own digits may begin with what another country dials first.
 *
 * @param {string} digits
 * @param {string} idd regular expression
 */
function withoutIdd(digits, idd) {
  const found = idd ? new RegExp("^(?:" + idd + ")(?=[1-9])").exec(digits) : null;
  const rest = found ? digits.slice(found[0].length) : "";
  return rest.length > 6 && countryOfDigits(rest) ? rest : "";
}

/**
 * `+44 (0)20 …` is dialled without the zero.
 *
 * @param {string} body
 */
function dropBracketedZero(body) {
  return body.replace(/^(\+\s*\d{1,3}[\s.-]*)\(0\)/, "$1").replace(/\D/g, "");
}

/**
 * E.164 allows fifteen digits, and no calling code starts with a zero.
 *
 * @param {string} digits
 */
function plausible(digits) {
  return /^[1-9]\d{4,14}$/.test(digits) ? digits : null;
}

/** @param {string} text */
function stripScheme(text) {
  return text.replace(/^(?:tel|callto):/i, "").replace(/^sips?:([^@;]*).*$/i, "$1");
}

/** @param {string} text */
function splitExtension(text) {
  const found = /^(.*?\d[\s)]*)(?:;ext=|\s*(?:,|;)?\s*(?:ext\.?|extension|x|#)\s*)(\d{1,8})(?:;.*)?$/i.exec(text);
  if (found) return { body: (found[1] || "").trim(), extension: found[2] || "" };
  return { body: text.replace(/;.*$/, "").trim(), extension: "" };
}

/** @param {string} text */
function bareNumber(text) {
  return splitExtension(stripScheme(text.trim())).body;
}

/**
 * Mix the lists item by item, so that a bound cuts the unlikely end of each.
 *
 * @param {string[][]} lists
 */
function takeTurns(lists) {
  const longest = Math.max(0, ...lists.map((list) => list.length));
  const turns = Array.from({ length: longest }, (_, index) => lists.map((list) => list[index] || ""));
  return /** @type {string[]} */ ([]).concat(...turns).filter((item) => item !== "");
}

/** @param {string[]} items */
function distinct(items) {
  return Array.from(new Set(items));
}
