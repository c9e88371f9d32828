import assert from "node:assert/strict";
import { test } from "node:test";

import { displayText, parseTyped, sameValue } from "../../../d365pop/emulator/shell/values.js";

for (const [name, attribute, text] of [
  ["nothing", { value: null, kind: "text", formatted: "" }, ""],
  ["a yes", { value: true, kind: "boolean", formatted: "" }, "Yes"],
  ["the platform's own text", { value: 1, kind: "choice", formatted: "Hot" }, "Hot"],
  ["a zero", { value: 0, kind: "number", formatted: "" }, "0"],
  ["a lookup without a name", { value: [{ name: "" }], kind: "lookup", formatted: "" }, "(no name)"],
]) {
  test(`people read ${name}`, () => {
    assert.equal(displayText(attribute), text);
  });
}

test("an empty text and no value are the same, a zero is not", () => {
  assert.deepEqual([sameValue("", null), sameValue(0, null), sameValue("a", "A")], [true, false, false]);
});

test("what was typed becomes a value of its column's kind", () => {
  assert.deepEqual(
    [parseTyped("", "text"), parseTyped("12.5", "number"), parseTyped("12", "text"), parseTyped("2026-01-02T03:04:00Z", "datetime")],
    [null, 12.5, "12", new Date("2026-01-02T03:04:00Z")],
  );
});
