import assert from "node:assert/strict";
import test from "node:test";

import { seeded } from "./seeded.mjs";
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

test("an e-mail that popped on Friday is still known on Monday", () => {
  let time = Date.parse("2026-11-27T16:00:00Z");
  const seen = createSeen({ store: memory(), now: () => time });
  seen.add("a");
  time = Date.parse("2026-11-30T09:00:00Z");
  assert.equal(knows(seen, "a"), true);
});

test("an id from the future, left by a clock set back, is not seen", () => {
  const seen = createSeen({ store: memory('[["a", 50]]'), now: () => 0 });
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
  ["an id that is no text", { records: [{ table: "contact", id: 7 }] }],
]) {
  test(`an outcome with ${title} counts as none`, () => {
    const seen = createSeen({ store: memory(JSON.stringify([["a", 0, kept]])), now: () => 0 });
    assert.deepEqual(seen.recall("a"), { time: 0, outcome: null });
  });
}

test("whatever is told in whatever order, what is remembered is what a plain list of it says", () => {
  const random = seeded(20261126);
  const pick = (list) => list[Math.floor(random() * list.length)];
  const outcomes = [
    { records: [], opened: false, note: "" }, { records: [], opened: true, note: "" },
    { records: [], opened: false, note: "x", failed: true }, { records: [{ table: "contact", id: "d3650000-0000-4000-8000-000000000001" }], opened: false, note: "" },
  ];
  for (let round = 0; round < 200; round += 1) {
    let text = "";
    let time = 0;
    const open = () => createSeen({ store: { read: () => text, write: (next) => { text = next; } }, now: () => time, lifetime: 50, limit: 5 });
    let seen = open();
    let model = [];
    for (let step = 0; step < 30; step += 1) {
      time += Math.floor(random() * 4);
      model = model.filter((one) => time - one.time < 50);
      const id = pick(["a", "b", "c", "d", "e", "f", "g"]);
      const known = model.find((one) => one.id === id);
      const outcome = pick(outcomes);
      const act = pick(["add", "keep", "dismiss", "reload"]);
      if (act === "add") {
        seen.add(id);
        model = model.filter((one) => one.id !== id).concat([{ id, time, outcome: null }]).slice(-5);
      } else if (act === "keep") {
        seen.keep(id, outcome);
        if (known) known.outcome = outcome;
      } else if (act === "dismiss") {
        seen.dismiss(id);
        if (known) known.outcome = { records: [], opened: false, note: "", dismissed: true };
      } else seen = open();
      assert.deepEqual(["a", "b", "c", "d", "e", "f", "g"].map((one) => seen.recall(one)), ["a", "b", "c", "d", "e", "f", "g"].map((one) => {
        const found = model.find((entry) => entry.id === one);
        return found ? { time: found.time, outcome: found.outcome } : null;
      }));
      const waits = model.filter((one) => one.outcome && !one.outcome.opened && !one.outcome.dismissed);
      assert.deepEqual(seen.pending(), waits);
    }
  }
});
