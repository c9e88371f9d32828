import assert from "node:assert/strict";
import test from "node:test";

import { createCards } from "../../../webresources/src/core/cards.js";
import { seeded } from "./seeded.mjs";

function prepare() {
  const shown = { cards: [], dismissed: [] };
  const cards = createCards({ render: (list) => { shown.cards = list; }, onDismiss: (id) => shown.dismissed.push(id) });
  const titles = () => shown.cards.map(({ title }) => title);
  return { ...cards, shown, titles };
}

test("the latest interaction stands first, whatever is heard last", () => {
  const { show, titles } = prepare();
  show({ title: "old", detail: "" }, { id: "a", time: 1 });
  show({ title: "new", detail: "" }, { id: "b", time: 2 });
  show({ title: "old, found", detail: "" }, { id: "a", time: 1 });
  assert.deepEqual(titles(), ["new", "old, found"]);
});

test("what is settled goes when the next one comes, what is not stays until it is dismissed", () => {
  const { show, titles, shown } = prepare();
  show({ title: "asked", detail: "" }, { id: "a", time: 1 });
  show({ title: "opened", detail: "", settled: true }, { id: "b", time: 2 });
  show({ title: "next", detail: "" }, { id: "c", time: 3 });
  assert.deepEqual(titles(), ["next", "asked"]);
  shown.cards[1].dismiss();
  assert.deepEqual([titles(), shown.dismissed], [["next"], ["a"]]);
});

test("what is dismissed while it is searched for does not come back with what is found", () => {
  const { show, titles, shown } = prepare();
  show({ title: "searching", detail: "", busy: true }, { id: "a", time: 1 });
  shown.cards[0].dismiss();
  show({ title: "one fits", detail: "" }, { id: "a", time: 1 });
  show({ title: "opened", detail: "", settled: true }, { id: "a", time: 1 });
  assert.deepEqual(titles(), []);
  show({ title: "asked again", detail: "", busy: true }, { id: "a", time: 1 });
  show({ title: "one fits", detail: "" }, { id: "a", time: 1 });
  assert.deepEqual(titles(), ["one fits"]);
});

test("whoever opens nothing for half a day finds it all in the evening", () => {
  const { show, shown } = prepare();
  for (let at = 0; at < 100; at += 1) show({ title: "asked", detail: "" }, { id: "i" + at, time: at });
  assert.deepEqual([shown.cards.length, shown.cards[0].id, shown.cards[99].id], [100, "i99", "i0"]);
});

test("a settled one that popped later is not put away by what comes back from before", () => {
  const { show, titles } = prepare();
  show({ title: "opened", detail: "", settled: true }, { id: "b", time: 2 });
  show({ title: "earlier", detail: "" }, { id: "a", time: 1 });
  assert.deepEqual(titles(), ["opened", "earlier"]);
});

test("nothing that was asked for is lost, in whatever order things happen", () => {
  const random = seeded(365);
  for (let round = 0; round < 200; round += 1) {
    const { show, shown } = prepare();
    const open = new Set();
    for (let step = 0; step < 15; step += 1) {
      const id = String(Math.floor(random() * 8));
      const settled = random() < 0.3;
      show({ title: id, detail: "", settled }, { id, time: Number(id) });
      if (settled) open.delete(id);
      else open.add(id);
    }
    const there = new Set(shown.cards.map((card) => card.id));
    assert.deepEqual([...open].filter((id) => !there.has(id)), []);
  }
});
