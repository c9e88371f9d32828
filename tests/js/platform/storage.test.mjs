import assert from "node:assert/strict";
import test from "node:test";

import { createSessionStore } from "../../../webresources/src/platform/storage.js";

const failing = (name) => () => { throw Object.assign(new Error(name), { name }); };

test("what one page wrote the next one of the tab reads", () => {
  const items = new Map();
  const sessionStorage = { getItem: (key) => items.get(key) || null, setItem: (key, text) => items.set(key, text) };
  createSessionStore({ key: "k", scope: { sessionStorage } }).write("text");
  assert.equal(createSessionStore({ key: "k", scope: { sessionStorage } }).read(), "text");
  assert.equal(createSessionStore({ key: "other", scope: { sessionStorage } }).read(), "");
});

for (const [title, scope] of [
  ["refuses storage", Object.defineProperty({}, "sessionStorage", { get: failing("SecurityError") })],
  ["is full", { sessionStorage: { getItem: () => null, setItem: failing("QuotaExceededError") } }],
]) {
  test(`memory serves where the browser ${title}`, () => {
    const store = createSessionStore({ key: "k", scope });
    assert.equal(store.read(), "");
    store.write("text");
    assert.equal(store.read(), "text");
  });
}

test("an unknown failure is not passed over", () => {
  const store = createSessionStore({ key: "k", scope: { sessionStorage: { getItem: failing("TypeError") } } });
  assert.throws(() => store.read(), { name: "TypeError" });
});
