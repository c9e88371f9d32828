import assert from "node:assert/strict";
import { test } from "node:test";

import { createPublicationWatch, createReloadOffer } from "../../../d365pop/emulator/shell/publications.js";

/** Each look takes the next answer; an Error is thrown. Returns after which looks it was told. */
async function tellings(answers) {
  const told = [];
  let index = -1;
  const look = createPublicationWatch({
    count: async () => {
      index += 1;
      if (answers[index] instanceof Error) throw answers[index];
      return answers[index];
    },
    changed: () => told.push(index),
  });
  for (const _ of answers) await look();
  return told;
}

const DOWN = new Error("down");
for (const [title, answers, expected] of [
  ["what was published before the page was loaded is no news", [7, 7, 7], []],
  ["each publication is told of once", [7, 8, 8, 9], [1, 3]],
  ["a fresh environment is news, too", [7, 0], [1]],
  ["a server that is down tells nothing, and hides nothing", [7, DOWN, 7, DOWN, 8], [4]],
  ["the first answer is what the page was loaded with", [DOWN, 7, 7], []],
]) {
  test(title, async () => assert.deepEqual(await tellings(answers), expected));
}

test("one offer to reload stands, however often something is published", async () => {
  const shown = new Map();
  let reloads = 0;
  const offer = createReloadOffer({
    addGlobalNotification: async (bar) => {
      const id = String(shown.size + Math.random());
      shown.set(id, bar);
      return id;
    },
    clearGlobalNotification: async (id) => {
      shown.delete(id);
      return id;
    },
  }, () => { reloads += 1; });
  await offer();
  await Promise.all([offer(), offer()]);
  assert.equal(shown.size, 1);
  const [bar] = shown.values();
  assert.equal(bar.message, "Something was published since this page was loaded. Reload it to run what is new.");
  bar.action.eventHandler();
  assert.equal(reloads, 1);
});
