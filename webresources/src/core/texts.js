// @ts-check
/**
 * What the page says, in the agent's language; where a text of that is missing, in English.
 *
 * A page has one language for its whole life, so the table stands here once and is not handed on.
 */

import { languages } from "d365pop:texts";

/** @typedef {{ [key: string]: string }} Texts */

/** The part of an LCID that says the language and not the country. */
const primary = 0x3ff;
const englishCode = 1033;

/** @type {Texts} */
let english = {};
let current = english;

/**
 * Speak English, until another language is there.
 *
 * @param {Texts} texts
 */
export function startTexts(texts) {
  english = texts;
  useTexts({});
}

/**
 * Use the texts of another language from now on.
 *
 * @param {Texts} texts
 */
export function useTexts(texts) {
  current = { ...english, ...texts };
}

/**
 * Return a text with its placeholders filled: `text("opened", { name })`.
 *
 * @param {string} key
 * @param {{ [name: string]: string | number }} [values]
 */
export function text(key, values = {}) {
  const found = current[key] || key;
  // A name that changes the direction of writing would turn our own words around.
  const straight = (/** @type {unknown} */ value) => String(value).replace(/\p{Bidi_C}/gu, "");
  return found.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? straight(values[name]) : whole));
}

/**
 * Return the LCID of the language to fetch, or 0 where English is at hand or the only choice.
 *
 * @param {number} lcid the agent's, such as 2055 for German in Switzerland
 */
export function languageFor(lcid) {
  const same = (/** @type {number} */ code) => (code & primary) === (lcid & primary);
  const found = languages.indexOf(lcid) >= 0 ? lcid : languages.filter(same)[0];
  return found && found !== englishCode ? found : 0;
}
