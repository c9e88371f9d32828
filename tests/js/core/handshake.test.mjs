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

test("a refusal names the versions of the messages", () => {
  assert.match(connectionText("refused", { ...facts, frameworkVersion: "2" }).hint, /messages 2 and 1/);
});

for (const [state, text, hint, action] of [
  ["loading", "Loading Genesys Cloud", /^$/, ""],
  ["waiting", "Connecting", /^$/, ""],
  ["connected", "Connected", /^$/, ""],
  ["differs", "Connected", /upload the framework\.js/, ""],
  ["silent", "Not connected", /framework\.js/, "Try again"],
  ["refused", "Not connected", /upload the framework\.js/, "Try again"],
  ["signed-out", "Signed out", /Sign in to Genesys Cloud/, "Sign in"],
  ["blocked", "Not connected", /frame-src/, "Try again"],
  ["unreachable", "Not connected", /firewall/, "Try again"],
  ["unembeddable", "Not connected", /Allowed Embeddable Domains/, "Try again"],
  ["no-storage", "Not connected", /Allow third-party cookies/, "Try again"],
]) {
  test(`the state ${state} reads "${text}", names the setting to change and offers "${action}"`, () => {
    const shown = connectionText(state, facts);
    assert.deepEqual([shown.text, shown.action], [text, action]);
    assert.match(shown.hint, hint);
  });
}
