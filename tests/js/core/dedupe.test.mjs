import assert from "node:assert/strict";
import test from "node:test";

import { createSeen } from "../../../webresources/src/core/dedupe.js";

function memory(text = "") {
  const store = { text, read: () => store.text, write: (next) => { store.text = next; } };
  return store;
}

test("an id is seen once it was added, and no other is", () => {
  const seen = createSeen({ store: memory(), now: () => 0 });
  seen.add("a");
  assert.equal(seen.has("a"), true);
  assert.equal(seen.has("b"), false);
});

test("a second memory over the same store knows what the first one saw", () => {
  const store = memory();
  createSeen({ store, now: () => 0 }).add("a");
  assert.equal(createSeen({ store, now: () => 1 }).has("a"), true);
});

test("an id is forgotten when its lifetime is over", () => {
  let time = 1000;
  const seen = createSeen({ store: memory(), now: () => time, lifetime: 10 });
  seen.add("a");
  time = 1009;
  assert.equal(seen.has("a"), true);
  time = 1010;
  assert.equal(seen.has("a"), false);
});

test("an id from the future, left by a clock set back, is not seen", () => {
  const seen = createSeen({ store: memory('[["a", 50]]'), now: () => 0 });
  assert.equal(seen.has("a"), false);
});

test("a removed id is not seen", () => {
  const seen = createSeen({ store: memory(), now: () => 0 });
  seen.add("a");
  seen.remove("a");
  assert.equal(seen.has("a"), false);
});

test("the oldest ids go when there are too many", () => {
  const seen = createSeen({ store: memory(), now: () => 0, limit: 2 });
  ["a", "b", "c"].forEach((id) => seen.add(id));
  assert.deepEqual(["a", "b", "c"].map((id) => seen.has(id)), [false, true, true]);
});

for (const text of ["", "{", "null", "7", '{"a": 1}', '["a"]', '[["a"]]', '[["a", "0"]]', '[[null, 0]]']) {
  test(`the store holding ${JSON.stringify(text)} means that nothing was seen`, () => {
    const seen = createSeen({ store: memory(text), now: () => 0 });
    assert.equal(seen.has("a"), false);
    seen.add("a");
    assert.equal(seen.has("a"), true);
  });
}

test("a store that fails in an unknown way is not passed over", () => {
  const store = { read: () => { throw new TypeError("broken"); }, write: () => {} };
  assert.throws(() => createSeen({ store, now: () => 0 }).has("a"), TypeError);
});
