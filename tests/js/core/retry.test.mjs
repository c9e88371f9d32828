import assert from "node:assert/strict";
import test from "node:test";

import { createRetry, isTemporary } from "../../../webresources/src/core/retry.js";

for (const error of [
  { status: 408 }, { status: 429 }, { status: 500 }, { status: 503 }, new TypeError("Failed to fetch"),
]) {
  test(`${JSON.stringify(error)} ${error.message || ""} may be over in a moment`, () => assert.equal(isTemporary(error), true));
}

for (const error of [
  { status: 404, message: "contact does not exist" }, { status: 403 }, { status: 412 }, { message: "network" }, new Error("broken"), "429", null, undefined,
]) {
  test(`${JSON.stringify(error)} stays what it is`, () => assert.equal(isTemporary(error), false));
}

/** A clock that only waiting moves. */
function prepare({ random = () => 1, silence = () => new Promise(() => {}) } = {}) {
  let time = 0;
  const waits = [];
  const lines = [];
  const retry = createRetry({
    now: () => time, random, silence, log: (line) => lines.push(line),
    wait: async (milliseconds) => { waits.push(milliseconds); time += milliseconds; },
  });
  return { retry, waits, lines };
}

test("what works at the third attempt is done, after pauses that grow", async () => {
  const { retry, waits } = prepare();
  const answers = [{ status: 429 }, { status: 503 }, "found"];
  const found = await retry(async () => { const next = answers.shift(); if (next !== "found") throw next; return next; });
  assert.deepEqual([found, waits], ["found", [300, 600]]);
});

test("pauses differ between agents, by half at most", async () => {
  const { retry, waits } = prepare({ random: () => 0 });
  let calls = 0;
  await retry(async () => { calls += 1; if (calls < 3) throw { status: 429 }; });
  assert.deepEqual(waits, [150, 300]);
});

test("a storm ends at the deadline with the last refusal", async () => {
  const { retry, waits, lines } = prepare();
  await assert.rejects(retry(async () => { throw { status: 429 }; }), { status: 429 });
  assert.ok(waits.reduce((sum, one) => sum + one, 0) <= 8000);
  assert.equal(lines.length, waits.length);
});

test("a refusal that is no passing one is not tried again", async () => {
  const { retry, waits } = prepare();
  await assert.rejects(retry(async () => { throw { status: 403 }; }), { status: 403 });
  assert.deepEqual(waits, []);
});

test("a request that nobody answers is given up at the deadline", async () => {
  const patience = [];
  const { retry, waits } = prepare({ silence: async (milliseconds) => { patience.push(milliseconds); } });
  await assert.rejects(retry(() => new Promise(() => {})), { message: "Dynamics did not answer." });
  assert.deepEqual([patience, waits], [[8000], []]);
});

test("whoever refuses is left alone for as long as it says", async () => {
  const { retry, waits } = prepare();
  const answers = [{ status: 429, retryAfter: 4000 }, { status: 503, retryAfter: 0 }, { status: 503, retryAfter: 100 }, "found"];
  await retry(async () => { const next = answers.shift(); if (next !== "found") throw next; });
  assert.deepEqual(waits, [4000, 600, 1200]);
});

test("who wants to be left alone beyond the deadline is not asked again", async () => {
  const { retry, waits } = prepare();
  await assert.rejects(retry(async () => { throw { status: 429, retryAfter: 9000 }; }), { status: 429 });
  assert.deepEqual(waits, []);
});
