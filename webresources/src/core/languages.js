// @ts-check
/** The language tags that the Genesys client takes, by the language that a user has in Dynamics. */

/** By the LCID's low ten bits, its primary language; the first is 1. */
const tags =
  "ar bg ca zh-CN cs da de el en-US es fi fr he hu is it ja ko nl no pl pt-BR rm ro ru hr sk sq sv th tr ur id uk be sl et lv lt".split(" ");

/** Where the region makes another language of it: Taiwan, Hong Kong, Macao, Portugal, Serbia. */
/** @type {{ [lcid: number]: string }} */
const regional = { 1028: "zh-TW", 3076: "zh-TW", 5124: "zh-TW", 2070: "pt-PT", 2074: "sr", 3098: "sr", 9242: "sr", 10266: "sr" };

/**
 * Return the tag, or "" for a language that is not known here.
 *
 * ASSUMED: the client falls back to English where it does not speak a language.
 *
 * @param {unknown} lcid or a tag, which stays as it is
 * @returns {string}
 */
export function languageTag(lcid) {
  if (typeof lcid === "string" && /^[a-z]{2,3}(-[A-Z]{2})?$/.test(lcid)) return lcid;
  if (typeof lcid !== "number") return "";
  return regional[lcid] || tags[(lcid & 0x3ff) - 1] || "";
}
