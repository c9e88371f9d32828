import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import test from "node:test";

import { languageFor, text, useTexts } from "../../../webresources/src/core/texts.js";

const root = new URL("../../../webresources/", import.meta.url);
const table = (lcid) => JSON.parse(readFileSync(new URL(`texts/${lcid}.json`, root), "utf8"));
const english = table(1033);
const german = table(1031);
const sources = readdirSync(new URL("src/", root), { recursive: true })
  .filter((name) => name.endsWith(".js"))
  .map((name) => readFileSync(new URL(`src/${name}`, root), "utf8"));
const placeholders = (value) => [...value.matchAll(/\{\w+\}/g)].map(([found]) => found).sort();

test("a text is filled with the values that it asks for, whatever they hold", () => {
  assert.equal(text("from", { medium: "Call", who: "{medium} $& <b>" }), "Call from {medium} $& <b>");
});

test("a name keeps its letters, and turns the words around it in no other direction", () => {
  assert.equal(text("opened", { name: "\u202Eevil \u2067\u0645\u0631\u062D\u0628\u0627" }), "Opened evil \u0645\u0631\u062D\u0628\u0627.");
});

test("a placeholder without a value, and a key without a text, stay visible", () => {
  assert.deepEqual([text("from", { medium: "Call" }), text("no-such-key")], ["Call from {who}", "no-such-key"]);
});

test("every language says everything, with the same values in it", () => {
  assert.deepEqual(Object.keys(german), Object.keys(english));
  for (const key of Object.keys(english)) {
    assert.ok(german[key].trim(), key);
    assert.deepEqual(placeholders(german[key]), placeholders(english[key]), key);
  }
});

test("every text that the scripts ask for is there, and none is left over", () => {
  const asked = new Set(sources.flatMap((source) => [...source.matchAll(/\btext\(\s*"([\w-]+)"/g)].map(([, key]) => key)));
  const markup = readFileSync(new URL("html/softphone.html", root), "utf8");
  [...markup.matchAll(/data-text="([^"]+)"/g)].forEach(([, key]) => asked.add(key));
  // Chosen at run time, by medium, what ails the microphone, direction, state of the connection or what a number lacks.
  const chosen = Object.keys(english).filter((key) => /^(?:medium|microphone)-|-hint$/.test(key));
  ["from", "to", "loading", "waiting", "connected", "signed-out", "no-number", "no-country", "no-phone", ...chosen].forEach((key) => asked.add(key));
  assert.deepEqual([...asked].filter((key) => !(key in english) && !/-$/.test(key)), []);
  assert.deepEqual(Object.keys(english).filter((key) => !asked.has(key)), []);
});

for (const [lcid, expected] of [[1033, 0], [2057, 0], [1031, 1031], [2055, 1031], [3079, 1031], [1036, 0], [0, 0]]) {
  test(`an agent whose language is ${lcid} is served with ${expected || "English"}`, () => {
    assert.equal(languageFor(lcid), expected);
  });
}

test("another language replaces the one before", () => {
  useTexts({ open: "Öffnen" });
  useTexts({ choose: "Auswählen" });
  assert.deepEqual([text("open"), text("choose")], ["Open", "Auswählen"]);
  useTexts({});
});
