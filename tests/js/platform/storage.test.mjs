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

test("what stood there before a refused text is not read for it, until the browser takes one again", () => {
  const items = new Map([["k", "old"]]);
  let isFull = true;
  const setItem = (key, text) => { if (isFull) failing("QuotaExceededError")(); items.set(key, text); };
  const store = createStore({ key: "k", scope: { localStorage: { getItem: (key) => items.get(key) || null, setItem } } });
  store.write("new");
  assert.equal(store.read(), "new");
  isFull = false;
  store.write("newer");
  items.set("k", "of another tab");
  assert.equal(store.read(), "of another tab");
});

test("an unknown failure is not passed over", () => {
  const store = createStore({ key: "k", scope: { localStorage: { getItem: failing("TypeError") } } });
  assert.throws(() => store.read(), { name: "TypeError" });
});
