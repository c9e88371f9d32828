import assert from "node:assert/strict";
import test from "node:test";

import { installFramework } from "../../../webresources/src/platform/genesys-client.js";
import { fakeScope } from "./fakes.mjs";

const clientIds = { "mypurecloud.com": "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0" };
const call = { id: "i1", direction: "Inbound", ani: "+15550100001" };

function prepare({ clickToDial, addAssociation, addCustomAttributes, transfers = true, navigator = { cookieEnabled: true, language: "nl" }, localStorage = {} } = {}) {
  const subscriptions = [];
  const posted = [];
  const asked = [];
  const { setTimeout, clearTimeout, pass, timers } = fakeScope();
  const scope = {
    navigator, setTimeout, clearTimeout,
    get localStorage() { return typeof localStorage === "function" ? localStorage() : localStorage; },
    PureCloud: {
      User: { setView: (view) => asked.push(["view", view]) },
      subscribe: (list) => subscriptions.push(...list),
      clickToDial: clickToDial || ((order) => asked.push(["dial", order])),
      addAssociation: addAssociation || ((association) => asked.push(["associate", association])),
      addCustomAttributes: addCustomAttributes || ((change) => asked.push(["attributes", change])),
      addTransferContext: (context) => asked.push(["context", context]),
    },
  };
  const { receive, stop, health } = installFramework({
    name: "d365pop", clientIds, settings: { dedicatedLoginWindow: true, enableCallLogs: true, enableTransferContext: transfers }, scope,
    attributes: ["Case"], helpLinks: { Settings: "https://help.example" },
    post: (kind, payload) => posted.push([kind, payload]),
  });
  const fire = (type, ...data) => subscriptions.filter((one) => one.type === type).forEach((one) => one.callback(...data));
  return { scope, posted, subscriptions, fire, stop, asked, health, pass, timers, receive };
}

test("the config names the clients, the attributes and the settings", () => {
  const { getUserLanguage, ...config } = prepare().scope.Framework.config;
  assert.equal(typeof getUserLanguage, "function");
  assert.deepEqual(config, {
    name: "d365pop",
    clientIds,
    customInteractionAttributes: ["d365_record_table", "d365_record_id", "Case"],
    helpLinks: { Settings: "https://help.example" },
    settings: { dedicatedLoginWindow: true, enableCallLogs: true, enableTransferContext: true },
  });
});

test("Framework has the functions that Genesys calls", () => {
  const { config, ...functions } = prepare().scope.Framework;
  assert.deepEqual(Object.entries(functions).map(([name, value]) => [name, typeof value]), [
    ["initialSetup", "function"], ["screenPop", "function"], ["processCallLog", "function"],
    ["openCallLog", "function"], ["contactSearch", "function"],
  ]);
});

test("events are subscribed to in initialSetup and passed on", () => {
  const { scope, posted, subscriptions, fire } = prepare();
  assert.deepEqual(subscriptions, []);
  scope.Framework.initialSetup();
  fire("Interaction", "connect", call);
  fire("UserAction", "login", undefined);
  fire("Notification", "interactionSelection", { interactionId: "i1" });
  assert.deepEqual(posted, [
    ["user", { event: "started" }],
    ["interaction", { event: "connect", interaction: { ...call, attributes: {} } }],
    ["user", { event: "login" }],
    ["notification", { interactionId: "i1", event: "interactionSelection" }],
  ]);
});

test("a screen pop is passed on", () => {
  const { scope, posted } = prepare();
  scope.Framework.screenPop("+15550100001", call);
  assert.deepEqual(posted, [["screen-pop", { searchString: "+15550100001", interaction: { ...call, attributes: {} } }]]);
});

test("a second initialSetup does not make events count twice", () => {
  const { scope, posted, fire } = prepare();
  scope.Framework.initialSetup();
  scope.Framework.initialSetup();
  fire("UserAction", "login");
  assert.equal(posted.filter(([, { event }]) => event === "login").length, 1);
});

test("after stopping, events are passed on no more", () => {
  const { scope, posted, fire, stop } = prepare();
  scope.Framework.initialSetup();
  stop();
  fire("UserAction", "login");
  assert.deepEqual(posted, [["user", { event: "started" }]]);
});

const rowId = "d3650000-0000-4000-8000-00000000c411";

/** Log twice and open once; what Genesys is told stands in `answers`. */
function logCalls() {
  const { scope, posted, receive, pass } = prepare();
  const answers = [];
  const callLog = { id: rowId, notes: "Wants a quote", attributes: { a: "b" }, selectedContact: { text: "Ann" } };
  const log = (event) => scope.Framework.processCallLog(callLog, call, event, (saved) => answers.push([event, saved]), (why) => answers.push([event, why]));
  log("interactionChanged");
  log("interactionDisconnected");
  scope.Framework.openCallLog({}, call);
  const answer = async (payload) => {
    receive({ kind: "answer", payload });
    await new Promise(setImmediate);
  };
  return { answers, posted, answer, pass };
}

test("a call log goes to the page with its notes and its interaction, and Genesys hears nothing yet", () => {
  const { answers, posted } = logCalls();
  const interaction = { ...call, attributes: {} };
  const log = { id: rowId, notes: "Wants a quote" };
  assert.deepEqual([posted, answers], [[
    ["call-log", { event: "interactionChanged", log, interaction, question: 1 }],
    ["call-log", { event: "interactionDisconnected", log, interaction, question: 2 }],
    ["call-log", { event: "openCallLog", log: { id: "", notes: "" }, interaction }],
  ], []]);
});

test("what became of a call log reaches whoever asked, once", async () => {
  const { answers, answer } = logCalls();
  await answer({ question: 2, value: { id: rowId } });
  await answer({ question: 1, reason: "Dataverse is down" });
  await answer({ question: 1, value: { id: rowId } });
  assert.deepEqual(answers, [["interactionDisconnected", { id: rowId }], ["interactionChanged", "Dataverse is down"]]);
});

test("another client in the browser is told of, once this one has started", async () => {
  const held = [{ name: "d365pop.client" }];
  const locks = { request: (name, how, hold) => { held.push({ name }); return hold(); }, query: async () => ({ held }) };
  const { scope, posted, pass } = prepare({ navigator: { cookieEnabled: true, language: "nl", locks } });
  assert.equal(held.length, 1);
  scope.Framework.initialSetup();
  scope.Framework.initialSetup();
  assert.equal(held.length, 2);
  pass(5000);
  await new Promise(setImmediate);
  assert.deepEqual(posted.at(-1), ["notice", { event: "second-client" }]);
});

test("a call log that nobody answers for is no success", async () => {
  const { answers, pass } = logCalls();
  pass(10000);
  await new Promise(setImmediate);
  assert.deepEqual(answers.map(([, why]) => why), ["The page around the phone did not answer.", "The page around the phone did not answer."]);
});

/** Ask as Genesys does; what comes of it lands in the list, whose last entry says who answered. */
async function search(prepared, answer) {
  const heard = [];
  prepared.scope.Framework.contactSearch("ann", (found) => heard.push(["found", found]), (reason) => heard.push(["failed", reason]));
  const [, { question }] = prepared.posted[0];
  answer(question);
  await new Promise(setImmediate);
  return heard;
}
const answered = (prepared, payload) => prepared.receive({ d365pop: 1, kind: "answer", payload });

test("a contact search is put to the page, whose answer goes to the client once", async () => {
  const prepared = prepare();
  const contacts = [{ type: "external", name: "Ann", phone: [{ number: "+15550100001", label: "Contact" }] }];
  const heard = await search(prepared, (question) => [1, 2].forEach(() => answered(prepared, { question, value: contacts })));
  assert.deepEqual(prepared.posted, [["contact-search", { text: "ann", question: 1 }]]);
  assert.deepEqual([heard, prepared.timers.size], [[["found", contacts]], 0]);
});

test("a contact search that failed says why", async () => {
  const prepared = prepare();
  assert.deepEqual(await search(prepared, (question) => answered(prepared, { question, reason: "no access" })), [["failed", "no access"]]);
});

test("a page that does not answer fails the search after ten seconds, and its late answer is dropped", async () => {
  const prepared = prepare();
  const heard = await search(prepared, (question) => {
    prepared.pass(10000);
    answered(prepared, { question, value: [] });
  });
  assert.deepEqual(heard, [["failed", "The page around the phone did not answer."]]);
});

test("an answer that nobody waits for is dropped", () => {
  answered(prepare(), { question: 7, value: [] });
});

const hello = (language) => ({ d365pop: 1, kind: "hello", payload: { version: "1.0.0", language } });

test("the client speaks the language of the agent in Dynamics, asked before and after the page's hello", () => {
  const { scope, receive, pass } = prepare();
  const heard = [];
  scope.Framework.config.getUserLanguage((tag) => heard.push(tag));
  receive(hello(2055));
  scope.Framework.config.getUserLanguage((tag) => heard.push(tag));
  receive(hello("pt-PT"));
  scope.Framework.config.getUserLanguage((tag) => heard.push(tag));
  pass(3000);
  assert.deepEqual(heard, ["de", "de", "pt-PT"]);
});

for (const [title, say] of [["says nothing", () => {}], ["names a language that is not known", ({ receive }) => receive(hello("x".repeat(99)))]]) {
  test(`where the page ${title}, the client speaks the browser's language after three seconds`, () => {
    const prepared = prepare();
    const heard = [];
    prepared.scope.Framework.config.getUserLanguage((tag) => heard.push(tag));
    say(prepared);
    prepared.pass(3000);
    assert.deepEqual(heard, ["nl"]);
  });
}

const ann = { table: "contact", id: "d3650000-0000-4000-8000-000200000001", name: "Ann" };
const attributes = { d365_record_table: ann.table, d365_record_id: ann.id };
const told = (prepared, payload) => prepared.receive({ d365pop: 1, kind: "record", payload });

test("whose interaction it is travels with it; the transfer context is that of the one in front", () => {
  const prepared = prepare();
  told(prepared, { id: "i1", record: ann, inFront: false });
  told(prepared, { id: "i2", record: ann, inFront: true });
  assert.deepEqual(prepared.asked, [
    ["attributes", { interactionId: "i1", attributes }],
    ["attributes", { interactionId: "i2", attributes }],
    ["context", { name: "Ann", attributes }],
  ]);
});

test("nothing travels where the setting is off, nor what is no record", () => {
  const off = prepare({ transfers: false });
  told(off, { id: "i1", record: ann, inFront: true });
  const on = prepare();
  told(on, { id: "", record: ann, inFront: true });
  told(on, { id: "i1", record: { ...ann, id: "1 or 1 eq 1" }, inFront: true });
  assert.deepEqual([off.asked, on.asked], [[], []]);
});

test("a client that refuses the attributes is told of, and nothing breaks", () => {
  const prepared = prepare({ addCustomAttributes: () => { throw new Error("gone"); } });
  told(prepared, { id: "i1", record: ann, inFront: true });
  assert.deepEqual(prepared.posted, [["notice", { event: "transfer-context-failed", reason: "gone" }]]);
});

test("the client is ready once Genesys has called initialSetup", () => {
  const { scope, health } = prepare();
  const before = health();
  scope.Framework.initialSetup();
  assert.deepEqual([before, health()], [{ ready: false, storage: true }, { ready: true, storage: true }]);
});

for (const [title, options] of [
  ["keeps no cookies", { navigator: { cookieEnabled: false } }],
  ["has no storage", { localStorage: null }],
  ["refuses its storage", { localStorage: () => { throw new Error("denied"); } }],
]) {
  test(`a browser that ${title} for another site is told`, () => assert.equal(prepare(options).health().storage, false));
}

test("the page may ask for the phone's settings, and for no other view", () => {
  const { receive, asked } = prepare();
  receive({ d365pop: 1, kind: "view", payload: { name: "calllog" } });
  assert.deepEqual(asked, [["view", { type: "main", view: { name: "settings" } }]]);
});

test("a client that refuses the view says why", () => {
  const { scope, receive, posted } = prepare();
  scope.PureCloud.User.setView = () => { throw new Error("no such view"); };
  receive({ d365pop: 1, kind: "view", payload: {} });
  assert.deepEqual(posted, [["notice", { event: "view-failed", reason: "no such view" }]]);
});

test("outside the Genesys client initialSetup says what is missing", () => {
  const scope = fakeScope();
  installFramework({ name: "d365pop", clientIds, settings: {}, scope, post: () => {} });
  assert.throws(() => scope.Framework.initialSetup(), /window\.PureCloud is missing/);
});

const record = { table: "contact", id: "a0000000-0000-4000-8000-000000000001", name: "Ann" };
const dial = (payload) => ({ d365pop: 1, kind: "dial", payload });
const outbound = { id: "o1", direction: "Outbound", calledNumber: "tel:+15550100001" };

test("a number of a record is dialled, and the call that comes of it is associated with the record, once", () => {
  const { scope, receive, fire, asked } = prepare();
  scope.Framework.initialSetup();
  receive(dial({ number: "+15550100001", record }));
  fire("Interaction", "add", { ...outbound, calledNumber: "+15550100002" });
  fire("Interaction", "add", { ...outbound, direction: "Inbound" });
  fire("Interaction", "change", { new: outbound });
  fire("Interaction", "add", outbound);
  fire("Interaction", "add", { ...outbound, id: "o2" });
  assert.deepEqual(asked, [
    ["dial", { number: "+15550100001", autoPlace: true }],
    ["associate", { type: "contact", id: record.id, text: "Ann", select: true }],
  ]);
});

test("a number of no record is dialled and associated with nothing", () => {
  const { scope, receive, fire, asked } = prepare();
  scope.Framework.initialSetup();
  receive(dial({ number: "+15550100001", record: { ...record, id: "x y" } }));
  fire("Interaction", "add", outbound);
  assert.deepEqual(asked, [["dial", { number: "+15550100001", autoPlace: true }]]);
});

for (const number of ["5550100001", "+1555;0100", "+", 5, undefined, "+1".padEnd(40, "5")]) {
  test(`${JSON.stringify(number)} is nothing to dial`, () => {
    const { receive, asked } = prepare();
    receive(dial({ number, record }));
    assert.deepEqual(asked, []);
  });
}

test("a client that refuses to dial says why", () => {
  const { receive, posted } = prepare({ clickToDial: () => { throw new Error("not on queue"); } });
  receive(dial({ number: "+15550100001", record }));
  assert.deepEqual(posted, [["notice", { event: "dial-failed", reason: "not on queue" }]]);
});

test("a client that refuses the association still tells of the call", () => {
  const { scope, receive, fire, posted } = prepare({ addAssociation: () => { throw new Error("no such type"); } });
  scope.Framework.initialSetup();
  receive(dial({ number: "+15550100001", record }));
  fire("Interaction", "add", outbound);
  assert.deepEqual(posted.map(([kind, { event }]) => [kind, event]), [["user", "started"], ["notice", "association-failed"], ["interaction", "add"]]);
});
