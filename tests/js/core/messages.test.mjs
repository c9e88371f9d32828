import assert from "node:assert/strict";
import test from "node:test";

import { isRecord, makeEnvelope, parseEnvelope } from "../../../webresources/src/core/messages.js";

test("what is made can be parsed", () => {
  const envelope = makeEnvelope("screen-pop", { searchString: "1" });
  assert.deepEqual(envelope, { d365pop: 1, kind: "screen-pop", payload: { searchString: "1" } });
  assert.deepEqual(parseEnvelope(structuredClone(envelope)), envelope);
});

test("what else the sender put beside the payload is left out", () => {
  assert.deepEqual(parseEnvelope({ d365pop: 1, kind: "hello", payload: {}, extra: 1 }), makeEnvelope("hello", {}));
});

for (const data of [
  null,
  undefined,
  "hello",
  7,
  [],
  {},
  { d365pop: 2, kind: "hello", payload: {} },
  { d365pop: "1", kind: "hello", payload: {} },
  { d365pop: 1, kind: "constructor", payload: {} },
  { d365pop: 1, kind: ["hello"], payload: {} },
  { d365pop: 1, kind: "hello" },
  { d365pop: 1, kind: "hello", payload: null },
  { d365pop: 1, kind: "hello", payload: [] },
  { d365pop: 1, kind: "hello", payload: "{}" },
  JSON.stringify(makeEnvelope("hello", {})),
]) {
  test(`${JSON.stringify(data)} is no envelope`, () => assert.equal(parseEnvelope(data), null));
}

test("a list is no record", () => {
  assert.equal(isRecord([]), false);
  assert.equal(isRecord({}), true);
});
