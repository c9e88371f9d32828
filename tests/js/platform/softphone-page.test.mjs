import assert from "node:assert/strict";
import test from "node:test";

import * as contactSearch from "../../../webresources/src/contact-search.js";
import { makeEnvelope } from "../../../webresources/src/core/messages.js";
import { text, useTexts } from "../../../webresources/src/core/texts.js";
import { startSoftphone } from "../../../webresources/src/platform/softphone-page.js";

const settings = {
  version: 1,
  genesys: { frameUrl: "https://apps.mypurecloud.com/crm/embeddableFramework.html", region: "mypurecloud.com" },
  screenPop: {
    countries: ["US"],
    tables: [{ table: "contact", columns: ["telephone1"], emailColumns: [], nameColumn: "fullname" }],
    policies: { voice: "auto", chat: "soft", message: "soft", email: "soft", callback: "auto" },
    noMatch: "nothing",
    newRecordTable: "contact",
  },
};

// The page looks at what is in front every two seconds; no test waits for that.
globalThis.window = { setInterval: () => 0, clearInterval: () => {}, setTimeout: () => 0 };

const ann = "d3650000-0000-4000-8000-000200000001";

/** A page that shares the phone with no other tab. */
const alone = { at: (_name, run) => run, notify() {}, withdraw() {}, isAgentElsewhere: () => false, refused() {}, changed() {}, serve() {} };

/** Start the page over fakes; `value` is what the environment variable holds, or a function. */
async function prepare({ openNew, value = JSON.stringify(settings), lcid = 1033, fetchTexts, dirty = false, rows = [{ contactid: "a", fullname: "Ann" }], refusals = [], signedOut = false, now = () => 0, search = async () => contactSearch, tabs = async () => ({ joinTabs: ({ lead, view }) => lead({ ...alone, view }) }) } = {}) {
  const shown = { states: [], panels: [], lines: [], opened: [], asked: [], languages: [], numbers: [], forms: [], posted: [], notices: [], withdrawn: [], handed: [], unlinked: 0, mounted: [], unmounted: 0, reloads: 0, heard: [], told: [], clients: [] };
  const read = typeof value === "function" ? value : () => value;
  const xrm = {
    languageCode: () => lcid,
    readVariable: async (name) => { shown.asked.push(name); return read(); },
    retrieve: async () => { if (refusals.length) throw refusals.shift(); return rows; },
    userId: () => "agent", frontRecord: () => ({ table: "contact", id: "a" }), entitySet: async (table) => table + "s",
    openRecord: async ({ table, id }) => { shown.opened.push(table + " " + id); },
    openNew: openNew || (async (table) => { shown.opened.push("new " + table); }), openList: async () => {}, tableLabels: async (table) => ({ one: table, many: table }), notify: async ({ message }) => { shown.notices.push(message); }, withdraw: (id) => { shown.withdrawn.push(id); }, reveal: () => {}, isSignedOut: async () => signedOut, signIn: () => {},
  };
  const view = {
    phone: { id: "phone" },
    translate: () => shown.languages.push(text("lang")),
    setConnection: (state, { text }, action) => { shown.states.push(`${state}: ${text}`); shown.action = action; },
    showCards: ([card]) => card && shown.panels.push(card),
    showNumbers: (numbers) => shown.numbers.push(numbers),
    addLog: (line) => shown.lines.push(line),
  };
  const mount = (options) => {
    shown.mounted.push(options);
    return { post: (kind, payload) => shown.posted.push([kind, payload]), reload: () => { shown.reloads += 1; }, stop: () => { shown.unmounted += 1; } };
  };
  const linkForms = (options) => {
    shown.forms.push(options);
    return { isDirty: async () => dirty, handOver: (...order) => shown.handed.push(order), close: () => { shown.unlinked += 1; } };
  };
  const kept = {};
  /** What is remembered of interactions, of this agent's alone; the call log has nothing to keep here. */
  const storeOf = ({ key }) => ({ read: () => kept[key] || "", write: (next) => { if (key === "d365pop.seen agent") kept[key] = next; } });
  const stop = await startSoftphone({
    version: "1.0.0", settingsVariable: "new_ScreenPopSettings", xrm, view, storeOf, mount, now, fetchTexts, linkForms, wait: async () => {}, diagnosis: async () => ({ checkMicrophone: (options) => shown.heard.push(options), tellOfClients: (event, { text: words }) => shown.clients.push([event, words("second-client")]) }), tabs, contactSearch: search, telling: () => (...told) => shown.told.push(told),
  });
  const receive = async (kind, payload) => {
    shown.mounted[0].onEnvelope(makeEnvelope(kind, payload));
    await new Promise(setImmediate);
  };
  return { shown, receive, stop };
}

const call = { id: "i1", direction: "Inbound", ani: "+15550100001" };

test("the settings are read once and the frame they name is mounted", async () => {
  const { shown } = await prepare();
  const [{ url, version, container }] = shown.mounted;
  assert.deepEqual([shown.asked, url, version, container.id], [
    ["new_ScreenPopSettings"], settings.genesys.frameUrl, "1.0.0", "phone",
  ]);
});

test("a screen pop opens the caller's record, and the log shows two digits of the number", async () => {
  const { shown, receive } = await prepare();
  await receive("screen-pop", { searchString: "+15550100001", interaction: call });
  assert.deepEqual([shown.opened, shown.lines], [["contact a"], ["00:00:00 i1: 1 found by …01"]]);
});

test("a transferred call pops when it connects", async () => {
  const { shown, receive } = await prepare();
  await receive("interaction", { event: "connect", interaction: { ...call, isConnected: true } });
  assert.deepEqual(shown.opened, ["contact a"]);
});

for (const payload of [{}, { interaction: null }, { interaction: "i1", event: {} }, { interaction: [], searchString: 5 },
  { event: { toString: 5, valueOf: 5 }, searchString: { toString: 5, valueOf: 5 } }]) {
  test(`a screen pop with ${JSON.stringify(payload)} opens nothing`, async () => {
    const { shown, receive } = await prepare();
    await receive("screen-pop", payload);
    await receive("interaction", payload);
    assert.deepEqual([shown.opened, shown.panels], [[], []]);
  });
}

test("whoever is signed out gets one thing to do, which begins the phone anew", async () => {
  const { shown } = await prepare();
  shown.mounted[0].onState("signed-out", "");
  assert.deepEqual([shown.states, shown.action.label], [["signed-out: Signed out"], "Sign in"]);
  shown.action.run();
  assert.equal(shown.reloads, 1);
});

test("the microphone is looked at once the phone is connected, and not again", async () => {
  const { shown } = await prepare();
  ["waiting", "connected", "signed-out", "connected"].forEach((state) => shown.mounted[0].onState(state, "1.0.0"));
  await new Promise(setImmediate);
  shown.heard[0].openSettings();
  assert.deepEqual([shown.heard.length, shown.posted], [1, [["view", { name: "settings" }]]]);
});

test("what framework.js says of other clients is shown, in the words of the page", async () => {
  const { shown, receive } = await prepare();
  await receive("notice", { event: "second-client" });
  await receive("notice", { event: "association-failed" });
  assert.deepEqual(shown.clients, [["second-client", text("second-client")]]);
});

test("without the script of the tabs the phone is hosted all the same, and the log says what is missing", async () => {
  const { shown } = await prepare({ tabs: async () => { throw new Error("tabs.js cannot be loaded"); } });
  assert.deepEqual([shown.mounted.length, shown.lines], [1, ["tabs: tabs.js cannot be loaded"]]);
});

test("what the agent chose in another tab opens there, and an agent in another tab is not interrupted", async () => {
  const asked = [];
  const elsewhere = { ...alone, at: (name) => async (...values) => { asked.push([name, values]); }, isAgentElsewhere: () => true, notify: ({ message }) => asked.push(message) };
  const { shown, receive } = await prepare({ tabs: async () => ({ joinTabs: ({ lead, view }) => lead({ ...elsewhere, view }) }) });
  await receive("screen-pop", { searchString: "", interaction: call });
  assert.deepEqual([shown.opened, asked], [[], ["Call from +15550100001: Ann"]]);
  await shown.panels.at(-1).choices[0].run();
  assert.deepEqual([shown.opened, asked[1]], [[], ["openRecord", [{ table: "contact", id: "a", name: "Ann" }]]]);
});

for (const [title, end, expected] of [
  ["opened in the pane", async ({ shown }) => shown.panels.at(-1).choices[0].run(), ["i1"]],
  ["dismissed in the pane", async ({ shown }) => shown.panels.at(-1).dismiss(), ["i1"]],
  ["over", async ({ receive }) => receive("interaction", { event: "disconnect", interaction: call }), ["i1"]],
  ["answered", async ({ receive }) => receive("interaction", { event: "connect", interaction: { ...call, isConnected: true } }), []],
]) {
  test(`the notice of an interaction that is ${title} ${expected.length ? "goes, in every tab" : "stays"}`, async () => {
    const asked = [];
    const link = { ...alone, withdraw: (id) => asked.push(id) };
    const page = await prepare({ dirty: true, tabs: async () => ({ joinTabs: ({ lead, view }) => lead({ ...link, view }) }) });
    page.shown.forms[0].onForm({ table: "contact", id: "a", numbers: [] }, { dials: false });
    await page.receive("screen-pop", { searchString: "", interaction: call });
    assert.deepEqual([page.shown.notices, page.shown.withdrawn], [["Call from +15550100001: Ann"], []]);
    await end(page);
    assert.deepEqual([page.shown.withdrawn, asked], [expected, expected]);
  });
}

test("a page that stands by mounts no phone, and dials through the tab that hosts it", async () => {
  const orders = [];
  let stood;
  const { shown } = await prepare({ rows: [{ contactid: ann, fullname: "Ann" }], tabs: async () => ({ joinTabs: ({ follow }) => { stood = follow({ order: (order) => orders.push(order), tell: () => {} }); return stood.dialling.stop; } }) });
  shown.forms[0].onForm({ table: "contact", id: ann, numbers: [{ column: "telephone1", number: "+1 312 555 0143" }] }, { dials: false });
  stood.dialling.setConnected(true);
  await shown.numbers.at(-1).dial("+1 312 555 0143");
  assert.deepEqual([shown.mounted.length, orders], [0, [{ number: "+13125550143", record: { table: "contact", id: ann, name: "Ann" } }]]);
});

test("a number is dialled without the record's name where that does not come soon", async (context) => {
  context.mock.method(globalThis.window, "setTimeout", (run, delay, value) => { if (delay === 2000) run(value); return 0; });
  const orders = [];
  let stood;
  const { shown } = await prepare({ rows: new Promise(() => {}), tabs: async () => ({ joinTabs: ({ follow }) => { stood = follow({ order: (order) => orders.push(order), tell: () => {} }); return stood.dialling.stop; } }) });
  shown.forms[0].onForm({ table: "contact", id: ann, numbers: [{ column: "telephone1", number: "+1 312 555 0143" }] }, { dials: false });
  stood.dialling.setConnected(true);
  await shown.numbers.at(-1).dial("+1 312 555 0143");
  assert.deepEqual(orders, [{ number: "+13125550143", record: { table: "contact", id: ann, name: "contact" } }]);
});

test("the log of a page that stands by shows two digits of a number, too", async () => {
  let stood;
  const { shown } = await prepare({ refusals: [{ message: "no row of +1 312 555 0143" }], tabs: async () => ({ joinTabs: ({ follow }) => { stood = follow({ order: () => {}, tell: () => {} }); return stood.dialling.stop; } }) });
  shown.forms[0].onForm({ table: "contact", id: ann, numbers: [{ column: "telephone1", number: "+1 312 555 0143" }] }, { dials: false });
  await shown.numbers.at(-1).dial("+1 312 555 0143");
  assert.deepEqual(shown.lines, ["dial …43", "contact failed, no row of …43", "name: no row of …43"]);
});

test("what another tab has asked for is dialled, and associated with its record", async () => {
  let server;
  const { shown, receive } = await prepare({ tabs: async () => ({ joinTabs: ({ lead, view }) => lead({ ...alone, view, serve: (given) => { server = given; } }) }) });
  server.dial({ number: "+13125550143", record: { table: "contact", id: "b", name: "Bea" } });
  assert.deepEqual(shown.posted, [["dial", { number: "+13125550143", record: { table: "contact", id: "b", name: "Bea" } }]]);
  const out = { id: "i2", direction: "Outbound", calledNumber: "+13125550143", isConnected: true };
  await receive("interaction", { event: "connect", interaction: out });
  assert.deepEqual([shown.opened, server.talks()], [["contact b"], true]);
});

test("a sign-in to Dynamics that has expired keeps the call, says so and offers both ways on", async () => {
  const { shown, receive } = await prepare({ refusals: [{ message: "no" }], signedOut: true });
  await receive("screen-pop", { searchString: "", interaction: call });
  const { detail, choices } = shown.panels.at(-1);
  assert.match(detail, /sign-in to Dynamics 365 has expired/);
  assert.deepEqual(choices.map(({ label }) => label), ["Sign in", "Try again"]);
  await choices[1].run();
  assert.deepEqual(shown.opened, ["contact a"]);
});

test("each state of the connection is logged", async () => {
  const { shown } = await prepare();
  shown.mounted[0].onState("connected", "1.0.0");
  assert.deepEqual(shown.lines, ["00:00:00 connection: connected"]);
});

test("other events are only logged", async () => {
  const { shown, receive } = await prepare();
  await receive("user", { event: "status" });
  await receive("notification", { event: "messageUpdate" });
  assert.deepEqual(shown.lines, ["00:00:00 user: status", "00:00:00 notification: messageUpdate"]);
});

for (const [title, value, reason] of [
  ["no value", "", "new_ScreenPopSettings has no value in this environment"],
  ["a broken value", '{"version":2}', "version must be 1"],
  ["no answer", () => { throw { message: "no privilege" }; }, "no privilege"],
]) {
  test(`settings with ${title} are shown as a problem, and no frame is mounted`, async () => {
    const { shown } = await prepare({ value });
    assert.deepEqual([shown.mounted, shown.states], [[], ["silent: Not started"]]);
    const [{ problem, detail }] = shown.panels;
    assert.deepEqual([problem, detail], [true, reason]);
  });
}

test("trying again starts the page when the settings are there", async () => {
  const answers = ["", JSON.stringify(settings)];
  const { shown } = await prepare({ value: () => answers.shift() });
  await shown.panels[0].choices[0].run();
  assert.equal(shown.mounted.length, 1);
});

test("a country whose notations are not known is named in the log", async () => {
  const { shown } = await prepare({
    value: JSON.stringify({ ...settings, screenPop: { ...settings.screenPop, countries: ["US", "ZZ"] } }),
  });
  assert.deepEqual(shown.lines, ["00:00:00 no notations of ZZ"]);
});

test("the page speaks the agent's language, and English where a text is missing", async (t) => {
  t.after(() => useTexts({}));
  const { shown } = await prepare({ lcid: 2055, fetchTexts: async (lcid) => ({ lang: "de", silent: "Nicht verbunden " + lcid }) });
  assert.deepEqual([shown.languages, text("silent"), text("connected"), shown.lines], [["de"], "Nicht verbunden 1031", "Connected", []]);
});

test("texts that cannot be fetched cost the language and not the phone", async () => {
  const { shown } = await prepare({ lcid: 1031, fetchTexts: async () => { throw new Error("404"); } });
  assert.deepEqual([shown.languages, shown.lines, shown.mounted.length], [["en"], ["texts: 404"], 1]);
});

test("English is at hand and never fetched", async () => {
  const { shown } = await prepare({ lcid: 2057, fetchTexts: async () => { throw new Error("asked"); } });
  assert.deepEqual([shown.languages, shown.lines], [["en"], []]);
});

test("a search that was refused for a moment is made again, and the call pops", async () => {
  const { shown, receive } = await prepare({ refusals: [{ status: 429, retryAfter: 0 }, new TypeError("Failed to fetch")] });
  await receive("screen-pop", { searchString: "", interaction: call });
  assert.deepEqual([shown.opened, shown.lines.length], [["contact a"], 3]);
});

test("a search that is refused for good is shown with a way on, and made again on demand", async () => {
  const { shown, receive } = await prepare({ refusals: [{ status: 403, message: "no privilege" }] });
  await receive("screen-pop", { searchString: "", interaction: call });
  const { problem, detail, choices } = shown.panels.at(-1);
  assert.deepEqual([problem, detail], [true, "This did not work: no privilege"]);
  await choices[0].run();
  assert.deepEqual(shown.opened, ["contact a"]);
});

test("settings that were refused for a moment are read again", async () => {
  const answers = [() => { throw { status: 503 }; }, () => JSON.stringify(settings)];
  const { shown } = await prepare({ value: () => answers.shift()() });
  assert.equal(shown.mounted.length, 1);
});

const other = { id: "chat1", direction: "Inbound", isChat: true, isConnected: true, displayAddress: "x" };

test("a call that ended while the client loaded anew holds no other one back", async () => {
  const { shown, receive } = await prepare();
  await receive("interaction", { event: "connect", interaction: other });
  shown.mounted[0].onState("waiting", "");
  await receive("screen-pop", { searchString: "", interaction: call });
  assert.deepEqual([shown.opened, shown.notices], [["contact a"], []]);
});

test("an agent with another customer selected is asked and not interrupted", async () => {
  const { shown, receive } = await prepare();
  await receive("interaction", { event: "connect", interaction: other });
  await receive("notification", { event: "interactionSelection", interactionId: "chat1" });
  await receive("screen-pop", { searchString: "", interaction: call });
  assert.deepEqual([shown.opened, shown.notices.at(-1)], [[], "Call from +15550100001: Ann"]);
});

test("an agent who selected the ringing call is taken to its record", async () => {
  const { shown, receive } = await prepare();
  await receive("interaction", { event: "connect", interaction: other });
  await receive("notification", { event: "interactionSelection", interactionId: "i1" });
  await receive("screen-pop", { searchString: "", interaction: call });
  assert.deepEqual(shown.opened, ["contact a"]);
});

test("an agent with unsaved changes is asked and not interrupted", async () => {
  const { shown, receive } = await prepare({ dirty: true });
  await receive("screen-pop", { searchString: "", interaction: call });
  assert.deepEqual([shown.opened, shown.notices], [[], ["Call from +15550100001: Ann"]]);
});

test("a new record opens empty, and its form is handed the number", async () => {
  const value = JSON.stringify({ ...settings, screenPop: { ...settings.screenPop, noMatch: "new-record" } });
  const { shown, receive } = await prepare({ value, rows: [] });
  await receive("screen-pop", { searchString: "", interaction: call });
  await shown.panels.at(-1).choices[0].run();
  assert.deepEqual([shown.opened, shown.handed], [["new contact"], [["contact", { telephone1: "+15550100001" }]]]);
});

test("a new form that did not open leaves nothing that the next one is filled with", async () => {
  const value = JSON.stringify({ ...settings, screenPop: { ...settings.screenPop, noMatch: "new-record" } });
  const openNew = async () => { throw new Error("the agent stayed"); };
  const { shown, receive } = await prepare({ value, rows: [], openNew });
  await receive("screen-pop", { searchString: "", interaction: call });
  await shown.panels.at(-1).choices[0].run();
  assert.deepEqual([shown.handed.at(-1), shown.panels.at(-1).detail], [["", {}], "This did not work: the agent stayed"]);
});

test("numbers of the record in front are listed, and dialled with their record", async () => {
  const { shown } = await prepare({ rows: [{ contactid: ann, fullname: "Ann" }] });
  shown.mounted[0].onState("connected", "");
  const form = { table: "contact", id: ann, numbers: [{ number: "312-555-0143" }, { number: "312-555-0143" }, { number: "x" }] };
  shown.forms[0].onForm(form, { dials: false });
  const { numbers, dial } = shown.numbers.at(-1);
  assert.deepEqual(numbers, ["312-555-0143", "x"]);
  await dial("312-555-0143");
  await new Promise(setImmediate);
  assert.deepEqual(shown.posted, [["dial", { number: "+13125550143", record: { table: "contact", id: ann, name: "Ann" } }]]);
  await dial("x");
  assert.equal(shown.numbers.at(-1).problem, "x is no telephone number.");
});

for (const [title, refusal] of [
  ["cannot be read is dialled all the same", { status: 403, message: "no privilege" }],
  ["cannot be read now is dialled at once", { status: 429, retryAfter: 3000, message: "Busy" }],
]) {
  test(`a record whose name ${title}`, async () => {
    const { shown } = await prepare({ rows: [{ contactid: ann, fullname: "Ann" }], refusals: [refusal] });
    shown.mounted[0].onState("connected", "");
    shown.forms[0].onForm({ table: "contact", id: ann, numbers: [{ number: "312-555-0143" }] }, { dials: true });
    await new Promise(setImmediate);
    assert.deepEqual(shown.posted, [["dial", { number: "+13125550143", record: { table: "contact", id: ann, name: "contact" } }]]);
  });
}

test("a command dials the only number, and shows them where there are several or none", async () => {
  const { shown } = await prepare();
  shown.mounted[0].onState("connected", "");
  const say = (...numbers) => shown.forms[0].onForm({ table: "contact", id: "", numbers: numbers.map((number) => ({ number })) }, { dials: true });
  say("+13125550143");
  await new Promise(setImmediate);
  assert.deepEqual(shown.posted, [["dial", { number: "+13125550143", record: null }]]);
  say();
  assert.equal(shown.numbers.at(-1).problem, "This record holds no number.");
  say("+13125550143", "+13125550144");
  assert.deepEqual([shown.posted.length, shown.numbers.at(-1).numbers.length], [1, 2]);
});

for (const [title, waited, expected] of [["within a minute", 59000, 1], ["later", 61000, 0]]) {
  test(`a number dialled while the phone connects is said to wait; a phone that connects ${title} dials it ${expected} times`, async () => {
    let time = 0;
    const { shown } = await prepare({ now: () => time });
    shown.forms[0].onForm({ table: "contact", id: "", numbers: [{ number: "+13125550143" }] }, { dials: true });
    await new Promise(setImmediate);
    assert.deepEqual(shown.posted, []);
    assert.match(shown.numbers.at(-1).problem, /not connected yet/);
    time = waited;
    shown.mounted[0].onState("connected", "");
    shown.mounted[0].onState("connected", "");
    assert.deepEqual(shown.posted.filter(([kind]) => kind === "dial").length, expected);
    assert.equal(shown.numbers.at(-1).problem, "");
  });
}

test("a call that the client refuses to place is shown with its reason", async () => {
  const { shown, receive } = await prepare();
  await receive("notice", { event: "dial-failed", reason: "not on queue" });
  assert.equal(shown.numbers.at(-1).problem, "This did not work: not on queue");
});

test("stopping takes the frame away", async () => {
  const { shown, stop } = await prepare();
  stop();
  assert.deepEqual([shown.unmounted, shown.unlinked], [1, 1]);
});

test("the frame is told the agent's language, and framework.js whose call was opened", async () => {
  const { shown, receive } = await prepare({ lcid: 1031, fetchTexts: async () => ({}) });
  assert.equal(shown.mounted[0].language, 1031);
  await receive("screen-pop", { interaction: { id: "i1", direction: "Inbound", ani: "+13125550143" } });
  const record = { table: "contact", id: "a", name: "Ann" };
  assert.deepEqual(shown.posted, [["record", { id: "i1", record, inFront: true }]]);
});

test("a search of the agent in the client is answered with its question's number, a failed one with its reason", async () => {
  const rows = [{ contactid: "a", fullname: "Ann", telephone1: "+13125550143" }];
  const { shown, receive } = await prepare({ rows });
  await receive("contact-search", { question: 3, text: "ann" });
  const value = [{ type: "external", name: "Ann", phone: [{ number: "+13125550143", label: "contact" }] }];
  assert.deepEqual(shown.posted, [["answer", { question: 3, value }]]);
  const refused = await prepare({ refusals: [new Error("no access")] });
  await refused.receive("contact-search", { question: 4, text: "ann" });
  assert.deepEqual(refused.shown.posted, [["answer", { question: 4, reason: "no access" }]]);
  const missing = await prepare({ search: async () => { throw new Error("contact-search.js cannot be loaded"); } });
  await missing.receive("contact-search", { question: 5, text: "ann" });
  assert.deepEqual(missing.shown.posted, [["answer", { question: 5, reason: "contact-search.js cannot be loaded" }]]);
});

test("an answer and the first note of a call are told, and what stands in the note is not", async () => {
  const { shown, receive } = await prepare();
  await receive("interaction", { event: "connect", interaction: { ...call, isConnected: true } });
  const log = { event: "interactionChanged", question: 1, interaction: call };
  await receive("call-log", { ...log, log: { id: "", notes: "" } });
  await receive("call-log", { ...log, log: { id: "", notes: "Ann rang" } });
  assert.deepEqual(shown.told.filter(([name]) => name === "phone" || name === "note"), [
    ["phone", { event: "connect", id: "i1" }], ["note", { id: "i1" }],
  ]);
});
