import assert from "node:assert/strict";
import test from "node:test";

import { interactionPayload, plainPayload, screenPopPayload } from "../../../webresources/src/core/genesys-events.js";

const raw = { id: "i1", direction: "Inbound", isConnected: false };
const picked = { ...raw, attributes: {} };

for (const [category, data, interaction] of [
  ["add", raw, picked],
  ["connect", { new: raw }, picked],
  ["change", { old: { id: "i0" }, new: raw }, picked],
  ["blindTransfer", "i1", { id: "i1" }],
  ["completeConsultTransfer", { id: "i1" }, { id: "i1", attributes: {} }],
  ["acw", undefined, {}],
]) {
  test(`${category} carries its interaction`, () => {
    assert.deepEqual(interactionPayload(category, data), { event: category, interaction });
  });
}

test("a screen pop carries what to search by and the interaction", () => {
  assert.deepEqual(screenPopPayload("+15550100001", raw), { searchString: "+15550100001", interaction: picked });
});

test("a screen pop without usable arguments carries nothing of them", () => {
  assert.deepEqual(screenPopPayload(5, "i1"), { searchString: "", interaction: {} });
  assert.equal(screenPopPayload("5".repeat(10000), raw).searchString.length, 254);
});

test("another event carries its known texts, and its name can't be overwritten", () => {
  const data = { interactionId: "i1", event: "forged", token: "secret", status: 5 };
  assert.deepEqual(plainPayload("interactionSelection", data), { interactionId: "i1", event: "interactionSelection" });
  assert.deepEqual(plainPayload("login", undefined), { event: "login" });
});
