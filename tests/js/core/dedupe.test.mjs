import assert from "node:assert/strict";
import test from "node:test";

import { createSeen } from "../../../webresources/src/core/dedupe.js";

function memory(text = "") {
  const store = { text, read: () => store.text, write: (next) => { store.text = next; } };
  return store;
}

function knows(seen, id) {
  return seen.recall(id) !== null;
}

test("an id is seen once it was added, and no other is", () => {
  const seen = createSeen({ store: memory(), now: () => 0 });
  seen.add("a");
  assert.equal(knows(seen, "a"), true);
  assert.equal(knows(seen, "b"), false);
});

test("a second memory over the same store knows what the first one saw", () => {
  const store = memory();
  createSeen({ store, now: () => 0 }).add("a");
  assert.equal(knows(createSeen({ store, now: () => 1 }), "a"), true);
});

test("an id is forgotten when its lifetime is over", () => {
  let time = 1000;
  const seen = createSeen({ store: memory(), now: () => time, lifetime: 10 });
  seen.add("a");
  time = 1009;
  assert.equal(knows(seen, "a"), true);
  time = 1010;
  assert.equal(knows(seen, "a"), false);
});

test("an id from the future, left by a clock set back, is not seen", () => {
  const seen = createSeen({ store: memory('[["a", 50]]'), now: () => 0 });
  assert.equal(knows(seen, "a"), false);
});

test("a removed id is not seen", () => {
  const seen = createSeen({ store: memory(), now: () => 0 });
  seen.add("a");
  seen.remove("a");
  assert.equal(knows(seen, "a"), false);
});

test("the oldest ids go when there are too many", () => {
  const seen = createSeen({ store: memory(), now: () => 0, limit: 2 });
  ["a", "b", "c"].forEach((id) => seen.add(id));
  assert.deepEqual(["a", "b", "c"].map((id) => knows(seen, id)), [false, true, true]);
});

for (const text of ["", "{", "null", "7", '{"a": 1}', '["a"]', '[["a"]]', '[["a", "0"]]', '[[null, 0]]']) {
  test(`the store holding ${JSON.stringify(text)} means that nothing was seen`, () => {
    const seen = createSeen({ store: memory(text), now: () => 0 });
    assert.equal(knows(seen, "a"), false);
    seen.add("a");
    assert.equal(knows(seen, "a"), true);
  });
}

test("a store that fails in an unknown way is not passed over", () => {
  const store = { read: () => { throw new TypeError("broken"); }, write: () => {} };
  assert.throws(() => createSeen({ store, now: () => 0 }).recall("a"), TypeError);
});

const id = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0";
const outcome = { records: [{ table: "contact", id }], opened: true, note: " There may be more." };

test("what came of an interaction is known to the page after the reload", () => {
  const store = memory();
  const seen = createSeen({ store, now: () => 5 });
  seen.add("a");
  assert.deepEqual(seen.recall("a"), { time: 5, outcome: null });
  seen.keep("a", outcome);
  assert.deepEqual(createSeen({ store, now: () => 9 }).recall("a"), { time: 5, outcome });
});

test("what came of an interaction that was never added is not kept", () => {
  const seen = createSeen({ store: memory(), now: () => 0 });
  seen.keep("a", outcome);
  assert.equal(seen.recall("a"), null);
});

for (const [title, kept] of [
  ["no object", 7],
  ["no records", {}],
  ["records that are no list", { records: "contact" }],
  ["a table that is no name", { records: [{ table: "contact')", id }] }],
  ["an id that is none", { records: [{ table: "contact", id: "1 or true" }] }],
]) {
  test(`an outcome with ${title} counts as none`, () => {
    const seen = createSeen({ store: memory(JSON.stringify([["a", 0, kept]])), now: () => 0 });
    assert.deepEqual(seen.recall("a"), { time: 0, outcome: null });
  });
}
