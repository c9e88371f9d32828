import assert from "node:assert/strict";
import test from "node:test";

import { newestNotes } from "../../../webresources/src/core/waiting-notes.js";

const note = (id, request, event = "interactionChanged", notes = "") => ({ event, request, log: { id: "", notes }, raw: { id }, call: { id } });
const nobodyWaits = () => false;

test("the newest note of a call takes the place of the ones before, and of no other call's", () => {
  const kept = newestNotes([note("a", 1, undefined, "x"), note("b", 2), note("a", 3, undefined, "xy")], nobodyWaits);
  assert.deepEqual(kept.map(({ request }) => request), [2, 3]);
});

for (const [events, event] of [
  [["interactionChanged", "interactionACWCompleted"], "interactionACWCompleted"],
  [["interactionACWCompleted", "openCallLog"], "interactionACWCompleted"],
  [["interactionRemoved", "interactionChanged", "interactionChanged"], "interactionRemoved"],
  [["interactionChanged", "interactionDisconnected"], "interactionDisconnected"],
]) {
  test(`${events.join(", ")} is ${event} in the end`, () => {
    const kept = newestNotes(events.map((one, at) => note("a", at + 1, one)), nobodyWaits);
    assert.deepEqual(kept.map((one) => [one.event, one.request]), [[event, events.length]]);
  });
}

test("what shall be opened is not what shall be stored", () => {
  const kept = newestNotes([note("a", undefined, "openCallLog"), note("a", 1), note("a", undefined, "openCallLog")], nobodyWaits);
  assert.deepEqual(kept.map(({ request }) => request), [1, undefined]);
});

test("what Genesys waits for stays, before what came after it", () => {
  const kept = newestNotes([note("a", 1), note("a", 2), note("a", 3)], (request) => request === 2);
  assert.deepEqual(kept.map(({ request }) => request), [2, 3]);
});
