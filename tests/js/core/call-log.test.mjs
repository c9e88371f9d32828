import assert from "node:assert/strict";
import test from "node:test";

import { createCallLog } from "../../../webresources/src/core/call-log.js";

const ann = { table: "contact", id: "d3650000-0000-4000-8000-000000000001" };
const ROW = "d3650000-0000-4000-8000-00000000c411";
const raw = { id: "i1", connectedTime: "2026-11-26T10:00:00.000Z", endTime: "2026-11-26T10:02:40.000Z" };
const inbound = { id: "i1", outgoing: false, subject: "Call from Ann", number: "+15550100001" };
const about = { "regardingobjectid_contact_phonecall@odata.bind": "/contacts(" + ann.id + ")" };
const agent = { "partyid_systemuser@odata.bind": "/systemusers(agent)" };
const customer = { "partyid_contact@odata.bind": "/contacts(" + ann.id + ")" };
const values = {
  subject: "Call from Ann", directioncode: false, phonenumber: "+15550100001", description: "Wants a quote",
  actualstart: raw.connectedTime, actualend: raw.endTime, actualdurationminutes: 3,
};
const closed = { statecode: 1, statuscode: 4 };
const open = { statecode: 0, statuscode: 1 };

/** A store that outlives the page; `refusals` are what Dataverse says next, null where it does as it is told. */
function prepare({ store = { text: "" }, refusals = [], record = ann } = {}) {
  const asked = [];
  const told = [];
  const later = [];
  const write = async (...request) => {
    asked.push(request);
    const refusal = refusals.shift();
    if (refusal) throw refusal;
  };
  const log = createCallLog({
    store: { read: () => store.text, write: (text) => { store.text = text; } },
    newId: () => ROW, recordOf: () => record, later: (run) => later.push(run),
    ports: {
      createRow: (table, row) => write("create", table, row), updateRow: (table, id, row) => write("update", table, id, row),
      entitySet: async (table) => table + "s", userId: () => "agent",
    },
    answer: (request, answer) => told.push([request, answer]),
    onStored: (id) => told.push(["stored", id]), onFailed: (id, { subject }, reason) => told.push(["failed", id, subject, reason]),
    onLost: (id, { subject }) => told.push(["lost", id, subject]),
  });
  const note = (event, { request = 1, given = "", call = inbound, notes = "Wants a quote" } = {}) =>
    log.note({ event, request, log: { id: given, notes }, raw, call });
  return { log, note, asked, told, later, store };
}

test("a call is made a row with who called whom, about whom, in which direction and for how long", async () => {
  const { note, asked, told } = prepare();
  const id = await note("interactionDisconnected");
  const parties = [{ ...agent, participationtypemask: 2 }, { ...customer, participationtypemask: 1 }];
  assert.deepEqual(asked, [["create", "phonecall", { activityid: ROW, ...values, ...about, phonecall_activity_parties: parties }]]);
  assert.deepEqual([id, told], [ROW, [[1, { value: { id: ROW } }], ["stored", "i1"]]]);
});

for (const [title, notes, stored] of [
  ["of the length of its column", "x".repeat(2000), "x".repeat(2000)],
  ["that is longer", "x".repeat(2001), "x".repeat(1999) + "…"],
  ["that would be cut within an emoji", "x".repeat(1998) + "😀😀", "x".repeat(1998) + "…"],
  ["of ten thousand characters", "😀".repeat(5000), "😀".repeat(999) + "…"],
  ["with half an emoji", "a\ud83d b\ude00", "a b"],
]) {
  test(`a note ${title} is stored as far as it fits`, async () => {
    const { note, asked } = prepare();
    const subject = "Call from " + "😀".repeat(150);
    await note("interactionDisconnected", { notes, call: { ...inbound, subject } });
    const [[, , row]] = asked;
    assert.deepEqual([row.description, row.subject], [stored, "Call from " + "😀".repeat(94) + "…"]);
  });
}

test("an outgoing call has the agent as its sender, and ends as made", async () => {
  const { note, asked } = prepare();
  await note("interactionACWCompleted", { call: { ...inbound, outgoing: true } });
  const [[, , row], [, , , state]] = asked;
  assert.deepEqual([row.directioncode, row.phonecall_activity_parties.map((party) => party.participationtypemask), state], [
    true, [1, 2], { statecode: 1, statuscode: 2 },
  ]);
});

for (const [title, record, party, bound] of [
  ["nobody known", null, { addressused: "+15550100001" }, []],
  ["a row that takes part in no activity", { table: "incident", id: ann.id }, { addressused: "+15550100001" }, ["regardingobjectid_incident_phonecall@odata.bind"]],
]) {
  test(`a call with ${title} keeps the number as its party`, async () => {
    const { note, asked } = prepare({ record });
    await note("interactionChanged");
    const [[, , row]] = asked;
    assert.deepEqual(row.phonecall_activity_parties[1], { ...party, participationtypemask: 1 });
    assert.deepEqual(Object.keys(row).filter((column) => column.includes("@")), bound);
  });
}

test("later events update the row, and the last one closes it after the note is written", async () => {
  const { note, asked } = prepare();
  await note("interactionDisconnected", { notes: "" });
  await note("interactionACWCompleted");
  assert.deepEqual(asked.slice(1), [["update", "phonecall", ROW, { ...values, ...about }], ["update", "phonecall", ROW, closed]]);
});

test("a closed row is left alone by a second end, and reopened for another note", async () => {
  const { note, asked, told } = prepare();
  await note("interactionACWCompleted");
  await note("interactionRemoved", { request: 2 });
  assert.deepEqual([asked.length, told.slice(2)], [2, [[2, { value: { id: ROW } }], ["stored", "i1"]]]);
  await note("interactionChangedAfterDisconnect", { request: 3 });
  assert.deepEqual(asked.slice(2), [
    ["update", "phonecall", ROW, open], ["update", "phonecall", ROW, { ...values, ...about }], ["update", "phonecall", ROW, closed],
  ]);
});

test("a row that Genesys knows and this page does not is reopened and updated, never made twice", async () => {
  const { note, asked } = prepare();
  const given = ROW.replace("c411", "c412");
  await note("interactionChangedAfterDisconnect", { given });
  assert.deepEqual(asked, [["update", "phonecall", given, open], ["update", "phonecall", given, { ...values, ...about }]]);
});

test("a call log to open is stored once and not again", async () => {
  const { note, asked, told } = prepare();
  assert.equal(await note("openCallLog", { request: null }), ROW);
  assert.equal(await note("openCallLog", { request: null, notes: "" }), ROW);
  assert.deepEqual([asked.length, told], [1, [["stored", "i1"]]]);
});

test("Genesys hears no success of what failed; it is kept and stored later", async () => {
  const { note, asked, told, later } = prepare({ refusals: [{ message: "Busy" }] });
  assert.equal(await note("interactionDisconnected"), "");
  assert.deepEqual([told, later.length], [[[1, { reason: "Busy" }], ["failed", "i1", "Call from Ann", "Busy"]], 1]);
  later[0]();
  await new Promise(setImmediate);
  assert.deepEqual([asked.length, told.slice(2)], [2, [["stored", "i1"]]]);
});

test("what failed outlives a reload, and nothing of the customer is kept once it is stored", async () => {
  const { note, store } = prepare({ refusals: [{ message: "Busy" }] });
  await note("interactionACWCompleted");
  const { log, asked, told } = prepare({ store });
  await log.flush();
  assert.deepEqual([asked.map(([what]) => what), told], [["create", "update"], [["stored", "i1"]]]);
  assert.doesNotMatch(store.text, /Ann|555|quote/);
});

test("a create whose answer was lost is not made twice", async () => {
  const { note, asked, told } = prepare({ refusals: [{ status: 412, code: "0x80040237" }] });
  await note("interactionDisconnected");
  assert.deepEqual(asked.map(([what]) => what), ["create", "update"]);
  assert.deepEqual(told, [[1, { value: { id: ROW } }], ["stored", "i1"]]);
});

test("events that come at once are stored one after the other, and each is answered", async () => {
  const { note, asked, told } = prepare();
  await Promise.all([note("interactionChanged", { notes: "a" }), note("interactionDisconnected", { request: 2, notes: "b" })]);
  assert.deepEqual(asked.map(([what, , row, more]) => [what, (more || row).description]), [["create", "b"]]);
  assert.deepEqual(told, [[1, { value: { id: ROW } }], [2, { value: { id: ROW } }], ["stored", "i1"]]);
});

test("three hundred calls leave a hundred ids behind", async () => {
  const { note, store } = prepare();
  for (let at = 0; at < 300; at += 1) await note("interactionACWCompleted", { call: { ...inbound, id: "i" + at } });
  assert.ok(JSON.parse(store.text).length <= 101);
});

test("more calls than a day brings do not wait for a Dataverse that refuses them, and the one that goes is told", async () => {
  const entries = Array.from({ length: 500 }, (_none, at) => ["before " + at, { id: ROW, isStored: false, isClosed: false, row: values }]);
  const refusals = Array.from({ length: 500 }, () => ({ status: 403, message: "No privilege" }));
  const { note, told, store } = prepare({ store: { text: JSON.stringify(entries) }, refusals });
  await note("interactionDisconnected");
  const waiting = JSON.parse(store.text);
  assert.deepEqual([waiting.length, waiting[0][0], waiting[499][0]], [500, "before 1", "i1"]);
  assert.deepEqual(told.filter(([what]) => what === "lost"), [["lost", "before 0", "Call from Ann"]]);
});

for (const text of ["", "no JSON", "{}", '[1]', '[["i1"]]', '[["i1",{"id":"x"}]]']) {
  test(`a store holding ${JSON.stringify(text)} holds no call`, async () => {
    const { log, asked } = prepare({ store: { text } });
    await log.flush();
    assert.deepEqual(asked, []);
  });
}
