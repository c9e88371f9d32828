import assert from "node:assert/strict";
import test from "node:test";

import { watchClients } from "../../../webresources/src/platform/client-watch.js";
import { fakeScope } from "./fakes.mjs";

const pause = 5000;
const settle = () => new Promise(setImmediate);

/** A browser whose locks are counted; `others` holds the names of those that other pages hold. */
function prepare({ refuses = false } = {}) {
  const others = [];
  const mine = [];
  const told = [];
  const scope = fakeScope();
  const refuse = () => Promise.reject(new Error("no storage"));
  const locks = {
    request: (name, { mode }, hold) => { if (refuses) return refuse(); mine.push({ name, mode }); return hold(); },
    query: async () => (refuses ? refuse() : { held: others.map((name) => ({ name })).concat(mine) }),
  };
  watchClients({ locks, timers: scope, onChange: (found) => told.push(found) });
  const look = async () => { scope.pass(pause); await settle(); };
  return { others, mine, told, scope, look };
}

test("another client is told once, and once more when it is gone", async () => {
  const { others, mine, told, look } = prepare();
  await look();
  assert.deepEqual(told, []);
  others.push("d365pop.client");
  await look();
  await look();
  assert.deepEqual(told, [true]);
  others.pop();
  await look();
  assert.deepEqual([told, mine], [[true, false], [{ name: "d365pop.client", mode: "shared" }]]);
});

test("a lock of somebody else is no client", async () => {
  const { others, told, look } = prepare();
  others.push("genesys", "d365pop.phone");
  await look();
  assert.deepEqual(told, []);
});

test("a browser without locks, or that refuses them, costs the warning and nothing else", async () => {
  const scope = fakeScope();
  watchClients({ locks: undefined, timers: scope, onChange: assert.fail });
  assert.equal(scope.timers.size, 0);
  const refused = prepare({ refuses: true });
  await refused.look();
  assert.deepEqual([refused.told, refused.scope.timers.size], [[], 0]);
});
