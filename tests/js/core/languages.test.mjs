import assert from "node:assert/strict";
import test from "node:test";

import { languageTag } from "../../../webresources/src/core/languages.js";

for (const [lcid, tag] of [
  [1033, "en-US"], [2057, "en-US"], [1031, "de"], [2055, "de"], [1036, "fr"], [3082, "es"], [1040, "it"], [1041, "ja"], [1042, "ko"],
  [1043, "nl"], [1044, "no"], [1045, "pl"], [1046, "pt-BR"], [2070, "pt-PT"], [1053, "sv"], [1055, "tr"], [2052, "zh-CN"], [1028, "zh-TW"],
  [1049, "ru"], [1025, "ar"], [1037, "he"], [1054, "th"], [1030, "da"], [1035, "fi"], [1029, "cs"], [1063, "lt"], [1050, "hr"], [10266, "sr"],
  [0, ""], [4095, ""], [-1, ""], ["1031", ""], [undefined, ""], [NaN, ""],
]) {
  test(`the language ${lcid} is ${tag || "not known"}`, () => assert.equal(languageTag(lcid), tag));
}
