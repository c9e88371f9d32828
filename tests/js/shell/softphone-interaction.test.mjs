import assert from "node:assert/strict";
import { test } from "node:test";

import { complete, connect, createInteraction, disconnect, hold } from "../../../d365pop/emulator/softphone_pages/interaction-factory.js";

const NOW = "2026-01-02T10:00:00.000Z";
const ring = (more = {}) =>
  createInteraction({ id: "i1", address: "+49 30 12345", name: "Ana", direction: "Inbound", medium: "call", now: NOW, ...more });

/** The documented fields of "Condensed Conversation Info". */
const DOCUMENTED = new Set(
  `id phone name remoteName displayAddress ani calledNumber queueName direction state recordingState disposition
  connectedTime startTime endTime messageType dialerContactId dialerContactListId dialerCampaignId isConnected
  isDisconnected isDone isCallback isDialer isChat isEmail isMessage isVoicemail isInternal securePause
  interactionDurationSeconds totalIvrDurationSeconds totalAcdDurationSeconds dispositionDurationSeconds
  callbackNumbers attributes`.split(/\s+/),
);
const FLAGS = ["isCallback", "isChat", "isEmail", "isMessage", "isVoicemail"];

for (const medium of ["call", "chat", "message", "email", "callback"]) {
  for (const direction of ["Inbound", "Outbound"]) {
    test(`an ${direction} ${medium} has documented fields alone, for all of its life`, () => {
      const connected = connect(ring({ medium, direction }), NOW);
      const fields = Object.keys(complete(disconnect(hold(connected, true), NOW), "Done"));
      assert.deepEqual(fields.filter((field) => !DOCUMENTED.has(field)), []);
    });
  }
}

for (const [medium, flags] of [
  ["call", []],
  ["chat", ["isChat"]],
  ["message", ["isMessage"]],
  ["email", ["isEmail"]],
  ["callback", ["isCallback"]],
]) {
  test(`the media flags of a ${medium} are ${flags.join() || "none"}`, () => {
    const interaction = ring({ medium });
    assert.deepEqual(FLAGS.filter((flag) => interaction[flag]), flags);
  });
}

test("an inbound call carries the customer in ani and alerts", () => {
  const { ani, calledNumber, isConnected, phone, queueName, state } = ring();
  assert.deepEqual(
    { ani, calledNumber, isConnected, phone, queueName, state },
    { ani: "+49 30 12345", calledNumber: "+12025550100", isConnected: false, phone: "tel:+493012345", queueName: "Support", state: "ALERTING" },
  );
});

test("an outbound call carries the agent's station in ani, the customer elsewhere, and no queue", () => {
  const interaction = ring({ direction: "Outbound" });
  assert.deepEqual(
    [interaction.ani, interaction.calledNumber, interaction.state, "queueName" in interaction],
    ["Local Agent WebRTC", "+49 30 12345", "DIALING", false],
  );
});

test("a national number is no URI", () => {
  assert.equal(ring({ address: "030 12345" }).phone, "030 12345");
});

test("a callback lists its numbers", () => {
  assert.deepEqual(ring({ medium: "callback" }).callbackNumbers, ["+49 30 12345"]);
});

test("an e-mail has an address to show and no number", () => {
  const interaction = ring({ medium: "email", address: "ana@berg.example" });
  assert.deepEqual([interaction.displayAddress, "ani" in interaction, "phone" in interaction], ["ana@berg.example", false, false]);
});

test("an unknown caller is called by the number", () => {
  assert.equal(ring({ name: "" }).remoteName, "+49 30 12345");
});

test("a step gives a new interaction and leaves the old one alone", () => {
  const before = ring();
  const after = connect(before, NOW);
  assert.deepEqual([before.state, before.isConnected, after.state, after.isConnected], ["ALERTING", false, "CONNECTED", true]);
});

test("the duration counts from the answer", () => {
  const ended = disconnect(connect(ring(), NOW), "2026-01-02T10:01:30.000Z");
  assert.deepEqual([ended.interactionDurationSeconds, ended.state, ended.isConnected, ended.isDisconnected], [90, "DISCONNECTED", false, true]);
});

test("a typed URI means the number in it", () => {
  const { ani, displayAddress, phone } = ring({ address: "tel:+493012345" });
  assert.deepEqual([ani, displayAddress, phone], ["+493012345", "+493012345", "tel:+493012345"]);
});
