import assert from "node:assert/strict";
import test from "node:test";

import { createOutbox } from "../../../webresources/src/core/outbox.js";

test("what was put before somebody listened arrives first, in order", () => {
  const outbox = createOutbox({ limit: 5 });
  const got = [];
  outbox.put(1);
  outbox.put(2);
  outbox.open((item) => got.push(item));
  outbox.put(3);
  assert.deepEqual(got, [1, 2, 3]);
});

test("the oldest are given up and counted when nobody listens for long", () => {
  const outbox = createOutbox({ limit: 2 });
  const got = [];
  [1, 2, 3, 4].forEach((item) => outbox.put(item));
  outbox.open((item) => got.push(item));
  assert.deepEqual([got, outbox.dropped()], [[3, 4], 2]);
});

test("a second listener gets only what comes from then on", () => {
  const outbox = createOutbox({ limit: 2 });
  const [first, second] = [[], []];
  outbox.put(1);
  outbox.open((item) => first.push(item));
  outbox.put(2);
  outbox.open((item) => second.push(item));
  outbox.put(3);
  assert.deepEqual([first, second], [[1, 2], [3]]);
});
