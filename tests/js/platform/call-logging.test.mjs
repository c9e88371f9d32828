import assert from "node:assert/strict";
import test from "node:test";

import { start } from "../../../webresources/src/call-log.js";
import { startCallLog } from "../../../webresources/src/platform/call-logging.js";
import { fakeScope } from "./fakes.mjs";

const ROW = "d3650000-0000-4000-8000-00000000c411";
const late = 9000;
const pause = 30000;
const notStored = (reason) => `The call log is not stored yet: ${reason} It is kept, and tried again.`;
const inbound = { id: "i1", direction: "Inbound", ani: "+15550100001", remoteName: "Ann" };

/** A page whose stores outlive it; `loads` is what comes of loading the script, `answers` of each create. */
function prepare({ texts = new Map(), loads = [], answers = [], opens = async () => {}, over = false } = {}) {
  const shown = { rows: [], updates: [], posted: [], cards: new Map(), opened: [] };
  const scope = { ...fakeScope(), crypto: { randomUUID: () => ROW } };
  const cards = { show: (card, { id }) => shown.cards.set(id, card), dismiss: (id) => shown.cards.delete(id) };
  const xrm = {
    userId: () => "agent",
    send: async (path, { method, row, headers }) => {
      if (method === "POST") shown.rows.push(row.activityid + " " + row.subject);
      else shown.updates.push(path + " " + headers["If-Match"]);
      await answers.shift();
    },
    entitySet: async (table) => table + "s",
    openRecord: async ({ table, id }) => { shown.opened.push(table + " " + id); await opens(); },
  };
  const receive = startCallLog({
    xrm, cards, scope, seen: { recall: () => null }, retry: (work) => work(), now: () => 1, isOver: () => over,
    post: (kind, payload) => shown.posted.push([kind, payload]),
    storeOf: ({ key }) => ({ read: () => texts.get(key) || "", write: (text) => texts.set(key, text) }),
    load: async () => { const refusal = loads.shift(); if (refusal) throw refusal; return { start }; },
  });
  return { shown, scope, texts, receive };
}

const settle = () => new Promise(setImmediate);
const answer = (question, more) => ["answer", { question, ...more }];
const stored = (question) => answer(question, { value: { id: ROW } });

test("a call is stored, and Genesys is answered with the row", async () => {
  const { shown, receive } = prepare();
  await receive("interactionDisconnected", inbound, { question: 1, log: { id: "", notes: "" } });
  assert.deepEqual([shown.rows, shown.posted], [[ROW + " Call from Ann"], [stored(1)]]);
});

for (const [title, flags] of [["flagged", { isInternal: true }], ["called Internal", { calledNumber: "Internal" }]]) {
  test(`an internal call ${title} is neither stored nor reported as failed`, async () => {
    const { shown, scope, receive } = prepare();
    await receive("interactionDisconnected", { ...inbound, ...flags }, { question: 1, log: {} });
    await receive("openCallLog", { ...inbound, ...flags }, { log: {} });
    scope.pass(late);
    assert.deepEqual([shown.rows, shown.opened, shown.posted], [[], [], [answer(1, { value: { id: "" } })]]);
  });
}

test("what Dataverse stores after Genesys was told that it is late is one row, and its card goes", async () => {
  let release = () => {};
  const { shown, scope, receive } = prepare({ answers: [new Promise((resolve) => { release = resolve; })] });
  const storing = receive("interactionDisconnected", inbound, { question: 1, log: {} });
  await settle();
  scope.pass(late);
  assert.deepEqual(shown.posted, [answer(1, { reason: notStored("Dynamics did not answer.") })]);
  release();
  await storing;
  await receive("interactionACWCompleted", inbound, { question: 2, log: { id: "" } });
  assert.deepEqual([shown.rows.length, new Set(shown.updates)], [1, new Set(["phonecalls(" + ROW + ") *"])]);
  assert.deepEqual(shown.posted.slice(1), [stored(2)]);
});

test("a call whose script cannot be loaded is kept, told as not stored, and stored when it can", async () => {
  const { shown, scope, texts, receive } = prepare({ loads: [new Error("call-log.js cannot be loaded.")] });
  await receive("interactionDisconnected", inbound, { question: 1, log: {} });
  const reason = notStored("call-log.js cannot be loaded.");
  assert.deepEqual(shown.posted, [answer(1, { reason })]);
  const { title, detail, problem } = shown.cards.get("log i1");
  assert.deepEqual([title, detail, problem], ["Call from Ann", reason, true]);
  assert.match(texts.get("d365pop.notes agent"), /Call from Ann/);
  scope.pass(pause);
  await settle();
  assert.deepEqual([shown.rows, shown.cards.size, texts.get("d365pop.notes agent")], [[ROW + " Call from Ann"], 0, "[]"]);
  assert.equal(shown.posted.length, 1);
});

test("a reason without a full stop gets one, since more follows", async () => {
  const { shown, receive } = prepare({ loads: [new Error("Busy")] });
  await receive("interactionDisconnected", inbound, { question: 1, log: {} });
  assert.equal(shown.cards.get("log i1").detail, "The call log is not stored yet: Busy. It is kept, and tried again.");
  assert.deepEqual(shown.posted, [answer(1, { reason: notStored("Busy.") })]);
});

test("of a call whose script cannot be loaded one note waits, and says all that there is", async () => {
  const { shown, scope, texts, receive } = prepare({ loads: Array.from({ length: 51 }, () => new Error("offline")) });
  for (let question = 1; question <= 50; question += 1) {
    const event = question === 20 ? "interactionACWCompleted" : "interactionChanged";
    await receive(event, inbound, { question, log: { id: "", notes: "x".repeat(question) } });
  }
  const waiting = JSON.parse(texts.get("d365pop.notes agent"));
  assert.deepEqual(waiting.map(({ event, log }) => [event, log.notes.length]), [["interactionACWCompleted", 49], ["interactionChanged", 50]]);
  await receive("interactionChanged", inbound, { question: 51, log: { id: "", notes: "" } });
  assert.equal(JSON.parse(texts.get("d365pop.notes agent")).length, 2);
  assert.equal(shown.posted.length, 51);
  scope.pass(pause);
  await settle();
  assert.deepEqual([shown.rows, shown.cards.size], [[ROW + " Call from Ann"], 0]);
});

test("each question that waits while the script is loaded is answered with the row", async () => {
  let release = () => {};
  const { shown, receive } = prepare({ answers: [new Promise((resolve) => { release = resolve; })] });
  const storing = [1, 2, 3].map((question) => receive("interactionChanged", inbound, { question, log: { id: "" } }));
  release();
  await Promise.all(storing);
  assert.deepEqual(shown.posted.map(([, { question, value }]) => [question, value]), [1, 2, 3].map((question) => [question, { id: ROW }]));
});

test("more calls than a day brings are not kept, and the one that goes is told", async () => {
  const { shown, texts, receive } = prepare({ loads: Array.from({ length: 501 }, () => new Error("offline")) });
  for (let at = 0; at <= 500; at += 1) await receive("interactionDisconnected", { ...inbound, id: "c" + at }, { question: at + 1, log: {} });
  const waiting = JSON.parse(texts.get("d365pop.notes agent"));
  assert.deepEqual([waiting.length, waiting[0].call.id], [500, "c1"]);
  assert.equal(shown.cards.get("log c0").detail, "This call log is lost: 500 others already wait to be stored.");
});

test("the agent can try a script that could not be loaded again at once", async () => {
  const { shown, receive } = prepare({ loads: [new Error("offline")] });
  await receive("interactionDisconnected", inbound, { question: 1, log: {} });
  const [again] = shown.cards.get("log i1").choices;
  await again.run();
  assert.deepEqual([again.label, shown.rows.length, shown.cards.size], ["Try again", 1, 0]);
});

test("a call whose script could not be loaded outlives a reload; nobody is answered, nothing opened", async () => {
  const before = prepare({ loads: [new Error("offline")] });
  await before.receive("openCallLog", inbound, { log: {} });
  const { shown } = prepare({ texts: before.texts });
  await settle();
  assert.deepEqual([shown.rows, shown.posted, shown.opened], [[ROW + " Call from Ann"], [], []]);
});

test("what another script left in the store costs no call", async () => {
  const { shown, receive } = prepare({ texts: new Map([["d365pop.notes agent", "{"]]) });
  await receive("interactionDisconnected", inbound, { question: 1, log: {} });
  assert.deepEqual(shown.posted, [stored(1)]);
});

test("a call log that was asked for is opened, and told where it cannot be", async () => {
  const { shown, receive } = prepare({ opens: async () => { throw new Error("No access."); } });
  await receive("openCallLog", inbound, { log: {} });
  assert.deepEqual(shown.opened, ["phonecall " + ROW]);
  assert.equal(shown.cards.get("log i1").detail, "No access.");
});

test("a call that Dataverse refused is told once and not tried again at once, but by the agent", async () => {
  const { shown, receive } = prepare({ answers: [Promise.reject(new Error("Read only."))] });
  await receive("interactionDisconnected", inbound, { question: 1, log: {} });
  assert.deepEqual([shown.rows.length, shown.posted], [1, [answer(1, { reason: notStored("Read only.") })]]);
  await shown.cards.get("log i1").choices[0].run();
  assert.deepEqual([shown.rows.length, shown.cards.size, shown.posted.length], [2, 0, 1]);
});

test("a tab that no longer hosts the phone leaves what is not stored to the one that does", async () => {
  const { shown, scope, texts, receive } = prepare({ loads: [new Error("offline")], over: true });
  await receive("interactionDisconnected", inbound, { question: 1, log: {} });
  scope.pass(pause);
  await settle();
  assert.deepEqual(shown.rows, []);
  assert.match(texts.get("d365pop.notes agent"), /Call from Ann/);
});
