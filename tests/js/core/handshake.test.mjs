import assert from "node:assert/strict";
import test from "node:test";

import { connectionText, helloDelay, silenceDelay } from "../../../webresources/src/core/handshake.js";

const facts = { origin: "https://apps.example", ownVersion: "2.0.0", frameworkVersion: "1.0.0" };

test("hello is repeated each second until the agent has been told, then patiently", () => {
  const untilTold = silenceDelay / helloDelay(1);
  assert.deepEqual([1, untilTold - 1, untilTold, 1000].map(helloDelay), [1000, 1000, 5000, 5000]);
});

test("a difference of versions names both", () => {
  const { hint } = connectionText("differs", facts);
  assert.ok(hint.includes("1.0.0") && hint.includes("2.0.0"));
});

test("silence names the origin that did not answer", () => {
  assert.ok(connectionText("silent", facts).hint.includes("https://apps.example"));
});

for (const [state, text, hinted] of [
  ["loading", "Loading Genesys Cloud", false],
  ["waiting", "Connecting", false],
  ["connected", "Connected", false],
  ["differs", "Connected", true],
  ["silent", "Not connected", true],
  ["signed-out", "Signed out", true],
]) {
  test(`the state ${state} reads "${text}" ${hinted ? "with" : "without"} a hint`, () => {
    const shown = connectionText(state, facts);
    assert.deepEqual([shown.text, shown.hint !== ""], [text, hinted]);
  });
}
