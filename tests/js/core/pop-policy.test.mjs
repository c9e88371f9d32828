import assert from "node:assert/strict";
import test from "node:test";

import { seeded } from "./seeded.mjs";
import { decidePop } from "../../../webresources/src/core/pop-policy.js";

const call = {
  id: "i1", medium: "voice", direction: "inbound", internal: false, dialer: false, connected: false, ended: false, name: "", address: null,
  record: null,
};
const policies = { voice: "auto", chat: "soft", message: "off", email: "soft", callback: "auto", voicemail: "soft", dialer: "off" };

function decide({ trigger = "screen-pop", seen = false, ...changes }) {
  return decidePop({ trigger, interaction: { ...call, ...changes }, policies, seen });
}

for (const [medium, action] of [
  ["voice", "auto"], ["callback", "auto"], ["voicemail", "soft"], ["chat", "soft"], ["email", "soft"], ["message", "none"],
]) {
  test(`a ${medium} pops ${action}, as configured`, () => assert.equal(decide({ medium }).action, action));
}

for (const medium of ["voice", "callback"]) {
  test(`a ${medium} of a campaign follows the campaign's policy`, () => {
    assert.equal(decide({ medium, dialer: true, trigger: "add", direction: "outbound" }).reason, "its medium is switched off");
  });
}

for (const [title, changes] of [
  ["its screen pop", { trigger: "screen-pop" }],
  ["its connection, when a transfer brought it", { trigger: "connect", connected: true }],
  ["its beginning, when the agent called", { trigger: "add", direction: "outbound" }],
]) {
  test(`an interaction pops on ${title}, and is remembered`, () => {
    assert.deepEqual(decide(changes), { action: "auto", reason: "", remember: true });
  });
}

for (const [title, changes] of [
  ["that was handled before", { seen: true }],
  ["that is internal", { internal: true }],
  ["that has ended", { ended: true }],
  ["without an id", { id: "" }],
  ["that is only added while inbound", { trigger: "add" }],
  ["that is only added and tells no direction", { trigger: "add", direction: "" }],
  ["that changes", { trigger: "change" }],
  ["that ends", { trigger: "disconnect" }],
  ["with an event named like a property of objects", { trigger: "constructor" }],
]) {
  test(`an interaction ${title} does not pop and is not remembered`, () => {
    const { action, reason, remember } = decide(changes);
    assert.deepEqual([action, remember, reason !== ""], ["none", false, true]);
  });
}

for (const direction of ["inbound", "outbound"]) {
  test(`an ${direction} call that arrives connected pops where it never popped`, () => {
    const { action, remember } = decide({ trigger: "add", connected: true, direction });
    assert.deepEqual([action, remember], ["auto", true]);
  });

  test(`an ${direction} call that a reload adds again does not pop twice`, () => {
    assert.equal(decide({ trigger: "add", connected: true, direction, seen: true }).action, "none");
  });
}

test("whatever comes in whatever state, nothing pops that must not, and what pops obeys its medium's policy", () => {
  const random = seeded(3);
  const pick = (list) => list[Math.floor(random() * list.length)];
  const media = ["voice", "callback", "voicemail", "chat", "message", "email"];
  const flag = () => random() < 0.3;
  const popped = new Set();
  for (let round = 0; round < 5000; round += 1) {
    const interaction = {
      id: pick(["i1", ""]), medium: pick(media), direction: pick(["inbound", "outbound", ""]), internal: flag(), connected: flag(), ended: flag(), dialer: flag(),
    };
    const trigger = pick(["screen-pop", "add", "connect", "change", "disconnect", "acw", "__proto__"]);
    const policies = Object.fromEntries(media.concat("dialer").map((medium) => [medium, pick(["auto", "soft", "off"])]));
    const seen = flag();
    const { action, remember } = decidePop({ trigger, interaction, policies, seen });
    assert.equal(remember, action !== "none");
    if (action === "none") continue;
    assert.ok(interaction.id && !interaction.internal && !interaction.ended && !seen);
    assert.ok(["screen-pop", "connect"].includes(trigger) || (trigger === "add" && (interaction.connected || interaction.direction === "outbound")));
    assert.equal(action, policies[interaction.dialer ? "dialer" : interaction.medium]);
    popped.add(action);
  }
  assert.deepEqual([...popped].sort(), ["auto", "soft"]);
});
