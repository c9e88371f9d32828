import assert from "node:assert/strict";
import test from "node:test";

import {
  attributesOf, describeInteraction, directionOf, isInternal, mediumOf, pickInteraction,
} from "../../../webresources/src/core/interaction.js";

const recordId = "0F1E2D3C-4B5A-6978-8796-A5B4C3D2E1F0";

for (const [flags, medium] of [
  [{}, "voice"],
  [{ isDialer: true }, "voice"],
  [{ isCallback: true }, "callback"],
  [{ isVoicemail: true, isCallback: true }, "voicemail"],
  [{ isChat: true }, "chat"],
  [{ isMessage: true }, "message"],
  [{ isEmail: true }, "email"],
  [{ isEmail: false, isChat: "true" }, "voice"],
]) {
  test(`${JSON.stringify(flags)} is ${medium}`, () => assert.equal(mediumOf(flags), medium));
}

for (const [direction, expected] of [
  ["Inbound", "inbound"], ["INBOUND", "inbound"], ["outbound", "outbound"], ["Sideways", ""], [7, ""], [undefined, ""],
]) {
  test(`direction ${JSON.stringify(direction)} is read as ${JSON.stringify(expected)}`, () => {
    assert.equal(directionOf({ direction }), expected);
  });
}

for (const [raw, internal] of [
  [{ isInternal: true }, true],
  [{ calledNumber: "Internal" }, true],
  [{ calledNumber: "+15550100001", isInternal: false }, false],
  [{}, false],
]) {
  test(`${JSON.stringify(raw)} is ${internal ? "" : "not "}internal`, () => assert.equal(isInternal(raw), internal));
}

test("the number of an inbound call comes from phone, else from ani", () => {
  const raw = { direction: "Inbound", phone: "tel:+15550100001", ani: "+15550100002" };
  assert.deepEqual(describeInteraction(raw).address, { kind: "phone", text: "tel:+15550100001" });
  assert.deepEqual(describeInteraction({ ...raw, phone: "" }).address, { kind: "phone", text: "+15550100002" });
});

test("the number of an outbound call is the called one and never ani, which is the agent's station", () => {
  const raw = { direction: "Outbound", ani: "+15550199999", calledNumber: "+15550100001", phone: "+15550100001" };
  assert.equal(describeInteraction(raw).address.text, "+15550100001");
  assert.equal(describeInteraction({ direction: "OUTBOUND", ani: "+15550199999" }).address, null);
});

test("without a direction ani counts for nothing", () => {
  assert.equal(describeInteraction({ ani: "+15550100001" }).address, null);
});

test("what Genesys proposes to search by helps an inbound call only", () => {
  const options = { searchString: "+15550100001" };
  assert.equal(describeInteraction({ direction: "Inbound" }, options).address.text, "+15550100001");
  assert.equal(describeInteraction({ direction: "Outbound" }, options).address, null);
});

test("a callback is about the number to call back", () => {
  const raw = { isCallback: true, direction: "Inbound", callbackNumbers: ["+15550100001"], ani: "+15550100002" };
  assert.equal(describeInteraction(raw).address.text, "+15550100001");
});

test("an e-mail is about its address, a call never is", () => {
  const raw = { direction: "Inbound", displayAddress: "ann@example.com" };
  assert.deepEqual(describeInteraction({ ...raw, isEmail: true }).address, { kind: "email", text: "ann@example.com" });
  assert.equal(describeInteraction(raw).address, null);
});

for (const flags of [{ isCallback: true }, { isVoicemail: true }]) {
  test(`an interaction with ${JSON.stringify(flags)} is worked off by phone, so an e-mail address is no address`, () => {
    const raw = { ...flags, direction: "Inbound", displayAddress: "ann@example.com" };
    assert.equal(describeInteraction(raw).address, null);
  });
}

for (const flags of [{ isDisconnected: true }, { isDone: true }]) {
  test(`an interaction with ${JSON.stringify(flags)} has ended`, () => {
    assert.equal(describeInteraction(flags).ended, true);
  });
}

test("a text message is about its number", () => {
  const raw = { direction: "Inbound", isMessage: true, displayAddress: "+15550100001" };
  assert.deepEqual(describeInteraction(raw).address, { kind: "phone", text: "+15550100001" });
});

for (const address of ["anonymous", "a@b", "a@b.c' or 1 eq 1", "<a@b.c>", "a".repeat(300) + "@b.co", "5".repeat(10000)]) {
  test(`${JSON.stringify(address.slice(0, 30))} is no address`, () => {
    assert.equal(describeInteraction({ direction: "Inbound", isEmail: true, displayAddress: address }).address, null);
  });
}

test("attributes are found in any case, with and without the prefix that some clients add", () => {
  const found = attributesOf({ attributes: { "Participant.D365_Record_Id": " x ", CITY: "Oslo", count: 5, none: null } });
  assert.deepEqual([...found], [["d365_record_id", "x"], ["city", "Oslo"]]);
});

for (const attributes of [undefined, null, "x", [], 5]) {
  test(`attributes ${JSON.stringify(attributes)} are none`, () => assert.equal(attributesOf({ attributes }).size, 0));
}

test("a flow may name the record to open", () => {
  const attributes = { "participant.D365_RECORD_TABLE": "incident", d365_record_id: `{${recordId}}` };
  assert.deepEqual(describeInteraction({ attributes }).record, { table: "incident", id: recordId.toLowerCase() });
});

for (const attributes of [
  { d365_record_id: recordId },
  { d365_record_table: "incident" },
  { d365_record_table: "Incident", d365_record_id: recordId },
  { d365_record_table: "incident", d365_record_id: recordId + "1" },
  { d365_record_table: "incident", d365_record_id: "1' or '1'='1" },
  { d365_record_table: "a?b", d365_record_id: recordId },
]) {
  test(`${JSON.stringify(attributes)} names no record`, () => {
    assert.equal(describeInteraction({ attributes }).record, null);
  });
}

test("the other facts of an interaction", () => {
  const raw = { id: " i1 ", name: "Ann", remoteName: "", isConnected: true, isDisconnected: true, direction: "Inbound" };
  assert.deepEqual(describeInteraction(raw), {
    id: "i1", medium: "voice", direction: "inbound", internal: false, dialer: false, connected: true, ended: true, name: "Ann",
    address: null, record: null,
  });
});

test("what is picked can be sent to another window and holds nothing that we don't read", () => {
  const raw = {
    id: "i1", ani: "+15550100001", isChat: false, isConnected: "yes", secret: "x", hold: () => {}, callbackNumbers: ["1", 2],
    attributes: { "Participant.d365_record_table": "contact", iban: "DE00", d365_record_id: recordId },
  };
  const picked = pickInteraction(raw);
  assert.deepEqual(structuredClone(picked), {
    id: "i1", ani: "+15550100001", isChat: false, callbackNumbers: ["1"],
    attributes: { d365_record_table: "contact", d365_record_id: recordId },
  });
});

test("an attribute that is not set is not sent either", () => {
  assert.deepEqual(Object.keys(pickInteraction({ attributes: { d365_record_id: recordId } }).attributes), ["d365_record_id"]);
});

test("of two notations of the prefix both the sender and the receiver read the same", () => {
  const raw = { direction: "Inbound", attributes: { "Participant.d365_record_table": "contact", D365_RECORD_ID: recordId } };
  assert.deepEqual(describeInteraction(pickInteraction(raw)), describeInteraction(raw));
});

for (const raw of [null, undefined, "x", 5, []]) {
  test(`of ${JSON.stringify(raw)} nothing is picked`, () => assert.deepEqual(pickInteraction(raw), {}));
}
