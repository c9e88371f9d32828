import assert from "node:assert/strict";
import test from "node:test";

import { createDialled, dialable } from "../../../webresources/src/core/dial.js";

for (const [stored, expected] of [
  ["312-555-0143", { number: "+13125550143" }],
  ["+44 (0)20 7946 0123", { number: "+442079460123" }],
  ["ask for Ann", { refusal: "no-number" }],
  ["", { refusal: "no-number" }],
  ["4711", { refusal: "no-country" }],
]) {
  test(`${JSON.stringify(stored)} is ${expected.number || expected.refusal}`, () => {
    assert.deepEqual(dialable(stored, ["US", "GB"]), expected);
  });
}

test("a call that was asked for is its record's, for a minute, and only outwards", () => {
  let now = 0;
  const dialled = createDialled({ now: () => now });
  const record = { table: "contact", id: "a", name: "Ann" };
  dialled.add("+13125550143", record);
  const call = (text, direction = "outbound") => ({ direction, address: { kind: "phone", text } });
  assert.deepEqual(dialled.recordOf(call("tel:+13125550143")), record);
  assert.equal(dialled.recordOf(call("+13125550143", "inbound")), null);
  assert.equal(dialled.recordOf(call("+13125550144")), null);
  assert.equal(dialled.recordOf({ direction: "outbound", address: null }), null);
  now = 59_999;
  assert.deepEqual(dialled.recordOf(call("+13125550143")), record);
  now = 60_000;
  assert.equal(dialled.recordOf(call("+13125550143")), null);
});

test("a number dialled again is known for as long as the last time, though older ones are forgotten", () => {
  let now = 0;
  const dialled = createDialled({ now: () => now });
  const [ann, bob] = ["a", "b"].map((id) => ({ table: "contact", id, name: id }));
  dialled.add("+13125550143", ann);
  now = 50_000;
  dialled.add("+13125550143", bob);
  now = 100_000;
  dialled.add("+13125550144", ann);
  const call = (text) => dialled.recordOf({ direction: "outbound", address: { kind: "phone", text } });
  assert.deepEqual([call("+13125550143"), call("+13125550144")], [bob, ann]);
});
