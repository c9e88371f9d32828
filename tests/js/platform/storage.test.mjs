import assert from "node:assert/strict";
import test from "node:test";

import { createStore } from "../../../webresources/src/platform/storage.js";

const failing = (name) => () => { throw Object.assign(new Error(name), { name }); };

test("what one page wrote the next one of the tab reads", () => {
  const items = new Map();
  const localStorage = { getItem: (key) => items.get(key) || null, setItem: (key, text) => items.set(key, text) };
  createStore({ key: "k", scope: { localStorage } }).write("text");
  assert.equal(createStore({ key: "k", scope: { localStorage } }).read(), "text");
  assert.equal(createStore({ key: "other", scope: { localStorage } }).read(), "");
});

for (const [title, scope] of [
  ["refuses storage", Object.defineProperty({}, "localStorage", { get: failing("SecurityError") })],
  ["is full", { localStorage: { getItem: () => null, setItem: failing("QuotaExceededError") } }],
]) {
  test(`memory serves where the browser ${title}`, () => {
    const store = createStore({ key: "k", scope });
    assert.equal(store.read(), "");
    store.write("text");
    assert.equal(store.read(), "text");
  });
}

test("an unknown failure is not passed over", () => {
  const store = createStore({ key: "k", scope: { localStorage: { getItem: failing("TypeError") } } });
  assert.throws(() => store.read(), { name: "TypeError" });
});
