/**
 * Every country's numbers, read as libphonenumber reads them.
 *
 * The library's example of each country, and numbers like it that the library finds valid.
 */

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import test from "node:test";

import { parsePhone, variants } from "../../../webresources/src/core/phone-number.js";
import { randomDigits, seeded } from "./seeded.mjs";

const require = createRequire(new URL("../../../webresources/package.json", import.meta.url));
const library = require("libphonenumber-js/max");
const examples = require("libphonenumber-js/examples.mobile.json");

/** Its six digits without the trunk prefix pass for an extension. */
const exceptions = ["PM 551234"];
/** Of numbers made up at random; the library's finer patterns, which are not ours, decide the rest. */
const share = 0.999;

const everyExample = library.getCountries().map((code) => ({ code, number: library.getExampleNumber(code, examples) }));

/** Return the ways in which a call from inside or outside the country may write the number. */
function notationsOf({ code, number }) {
  const elsewhere = code === "US" ? "GB" : "US";
  const national = number.formatNational();
  const international = number.formatInternational();
  return [
    [code, national], [code, national.replace(/\D/g, "")], [code, number.nationalNumber], [code, international],
    [code, number.number], [code, number.getURI()], [code, international.replace(/ /g, "-")], [elsewhere, international],
    [elsewhere, number.format("IDD", { fromCountry: elsewhere })],
  ];
}

function readByLibrary(text, code) {
  return library.parsePhoneNumber(text, code).number;
}

/** Return valid numbers of the country: the example's beginning, or none of it, and digits. */
function validNumbers({ code, number }) {
  const random = seeded(code.charCodeAt(0) * 256 + code.charCodeAt(1));
  const { nationalNumber, countryCallingCode } = number;
  const made = Array.from({ length: 60 }, (_, round) => {
    const kept = nationalNumber.slice(0, round % 4);
    return kept + randomDigits(random, nationalNumber.length - kept.length);
  });
  return made
    .map((digits) => library.parsePhoneNumberFromString("+" + countryCallingCode + digits))
    .filter((found) => found && found.isValid() && found.country === code);
}

for (const example of everyExample) {
  test(`the example of ${example.code} is read as the library reads it, in each notation`, () => {
    for (const [from, text] of notationsOf(example)) {
      const expected = exceptions.includes(`${from} ${text}`) ? "" : readByLibrary(text, from);
      assert.equal(parsePhone(text, [from]).e164, expected, `${text} from ${from}`);
    }
  });
}

test("a number with another country's trunk prefix is none of a country that has no such numbers", () => {
  const written = everyExample.map(({ code, number }) => ({ code, number, text: number.formatNational() }));
  const prefixed = written.filter(({ text }) => text[0] === "0");
  const wrong = prefixed.filter(({ code, number, text }) => parsePhone(text, ["US", code]).e164 !== number.number);
  assert.deepEqual(wrong.map(({ code, text }) => code + " " + text), []);
  assert.ok(prefixed.length > 80, `${prefixed.length} numbers`);
});

test("the library writes numbers in notations that a CRM is asked for", () => {
  const missing = everyExample.flatMap(({ code, number }) => {
    const found = variants(number.number, [code]);
    return [number.formatNational(), number.formatInternational()].filter((text) => !found.includes(text)).map((text) => code + " " + text);
  });
  // The suites have no patterns of Singapore, as a bundle has none of what is not configured.
  assert.deepEqual(missing, ["SG 8123 4567", "SG +65 8123 4567"]);
});

test(`at least ${share * 100} % of valid numbers are read as the library reads them, nationally written`, () => {
  const numbers = everyExample.flatMap(validNumbers);
  const wrong = numbers.filter((number) => {
    const text = number.formatNational();
    return parsePhone(text, [number.country]).e164 !== readByLibrary(text, number.country);
  });
  assert.ok(numbers.length > 3000, `${numbers.length} numbers`);
  const listed = wrong.map((number) => `${number.country} ${number.formatNational()}`).join(", ");
  assert.ok(wrong.length <= numbers.length * (1 - share), `${wrong.length} of ${numbers.length}: ${listed}`);
});

test("a number of any country is told into calling code and national number", () => {
  for (const { code, number } of everyExample) {
    assert.equal(parsePhone(number.number, []).national, number.nationalNumber, code);
  }
});
