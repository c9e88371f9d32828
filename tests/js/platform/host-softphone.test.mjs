import assert from "node:assert/strict";
import test from "node:test";

import { deferred, fakeScope } from "./fakes.mjs";
import { makeEnvelope } from "../../../webresources/src/core/messages.js";
import { startHost } from "../../../webresources/src/platform/host-softphone.js";

const call = { id: "i1", direction: "Inbound", ani: "tel:+13125550143", remoteName: "Ann" };

/** Start a host over fakes; what the page is asked for lands in `done`. */
function prepare(options = {}, { state = "connected", kept = new Map() } = {}) {
  const done = { found: [], opened: [], notices: [], cards: [], posted: [], lines: [], states: [], events: [] };
  const timers = fakeScope();
  let mounted;
  const phone = startHost(
    {
      container: { appendChild() {} }, region: "mypurecloud.ie", countries: ["US"], language: "de",
      find: async (caller) => { done.found.push(caller); return [{ id: "42", name: "Ann" }]; },
      open: (customer) => { done.opened.push(customer); },
      show: (cards) => { done.cards = cards; },
      notify: (notice) => { done.notices.push(notice); },
      onConnection: (state, words) => done.states.push([state, words.text]),
      onLog: (line) => done.lines.push(line),
      onEvent: (name, facts) => done.events.push([name, facts]),
      ...options,
    },
    {
      version: "1.0.0", now: () => 0, timers, storeOf: ({ key }) => ({ read: () => kept.get(key) || "", write: (next) => kept.set(key, next) }),
      mount: (wishes) => {
        mounted = wishes;
        return { post: (kind, payload) => done.posted.push([kind, payload]), reload: () => {}, stop: () => {} };
      },
    },
  );
  mounted.onState(state, "1.0.0");
  const receive = async (kind, payload) => {
    mounted.onEnvelope(makeEnvelope(kind, payload));
    await new Promise(setImmediate);
  };
  return { done, phone, receive, timers, mounted: () => mounted };
}
const ring = ({ receive }, interaction = call) => receive("screen-pop", { interaction });

test("the client of the region is embedded, in the page's language", () => {
  const { url, language, version } = prepare().mounted();
  assert.deepEqual([url, language, version], ["https://apps.mypurecloud.ie/crm/embeddableFramework.html", "de", "1.0.0"]);
});

test("a caller is looked for under every notation, and the only customer is opened and travels with the call", async () => {
  const host = prepare();
  await ring(host);
  const [{ kind, text, variants }] = host.done.found;
  assert.deepEqual([kind, text], ["phone", "+13125550143"]);
  for (const notation of ["+13125550143", "3125550143", "(312) 555-0143"]) assert.ok(variants.includes(notation), notation);
  assert.deepEqual(host.done.opened, [{ id: "42", name: "Ann" }]);
  assert.deepEqual(host.done.posted, [["record", { id: "i1", record: { table: "customer", id: "42", name: "Ann" }, inFront: true }]]);
});

test("a busy agent gets a notice whose action opens the customer", async () => {
  const host = prepare({ isBusy: () => true });
  await ring(host);
  assert.deepEqual([host.done.opened, host.done.notices.map(({ message }) => message)], [[], ["Call from Ann: Ann"]]);
  await host.done.notices[0].run();
  assert.deepEqual(host.done.opened, [{ id: "42", name: "Ann" }]);
});

test("several customers are shown to choose from", async () => {
  const host = prepare({ find: () => [{ id: "1", name: "Ann" }, { id: "2", name: "Bo" }] });
  await ring(host);
  const [{ title, detail, choices }] = host.done.cards;
  assert.deepEqual([title, detail, choices.map(({ label }) => label)], ["Call from Ann", "2 records fit. Choose one.", ["Ann", "Bo"]]);
  await choices[1].run();
  assert.deepEqual(host.done.opened, [{ id: "2", name: "Bo" }]);
});

test("an unknown caller can be made a customer, with the number", async () => {
  const made = [];
  const host = prepare({ find: () => [], create: (given) => { made.push(given); } });
  await ring(host);
  await host.done.cards[0].choices[0].run();
  assert.deepEqual([host.done.cards[0].choices[0].label, made], ["New customer", [{ number: "+13125550143" }]]);
});

test("a search that fails is shown with its reason and a way on, and an internal call does nothing", async () => {
  const host = prepare({ find: () => { throw new Error("the CRM is down"); } });
  await ring(host, { ...call, id: "i2", isInternal: true });
  assert.deepEqual(host.done.cards, []);
  await ring(host);
  const [{ detail, problem, choices }] = host.done.cards;
  assert.deepEqual([detail, problem, choices.map(({ label }) => label)], ["This did not work: the CRM is down", true, ["Try again"]]);
});

test("a search that takes too long is given up with a way on, and what it finds late changes nothing", async () => {
  const searching = deferred();
  const host = prepare({ find: () => searching.promise });
  await ring(host);
  host.timers.pass(9000);
  await new Promise(setImmediate);
  const failed = host.done.cards.map(({ detail, choices }) => [detail, choices.map(({ label }) => label)]);
  assert.deepEqual(failed, [["This did not work: The page has not answered yet.", ["Try again"]]]);
  searching.resolve([{ id: "42", name: "Ann" }]);
  await new Promise(setImmediate);
  assert.deepEqual([host.done.opened, host.done.cards.length, host.timers.timers.size], [[], 1, 0]);
});

test("a search that gives no list says so", async () => {
  const host = prepare({ find: () => null });
  await ring(host);
  assert.equal(host.done.cards[0].detail, "This did not work: find and read must give a list");
});

test("a click dials a number for its customer, and the call that comes of it needs no search", async () => {
  const host = prepare();
  assert.equal(host.phone.dial("(312) 555-0143", { id: "42", name: "Ann" }), "");
  assert.deepEqual(host.done.posted, [["dial", { number: "+13125550143", record: { table: "customer", id: "42", name: "Ann" } }]]);
  await host.receive("interaction", { event: "add", interaction: { id: "o1", direction: "Outbound", calledNumber: "+13125550143" } });
  assert.deepEqual(host.done.found, []);
});

test("a number that cannot be dialled says why, and no log line holds a whole number", async () => {
  const { phone, done } = prepare();
  assert.equal(phone.dial("none"), "none is no telephone number.");
  phone.dial("+13125550143");
  assert.ok(done.lines.includes("dial …43"), done.lines.join());
});

for (const state of ["waiting", "signed-out", "silent", "blocked"]) {
  test(`a number is not dialled, and that is said, while the phone is ${state}`, () => {
    const { phone, done } = prepare({}, { state });
    assert.equal(phone.dial("+13125550143"), "The phone is not connected; the number was not dialled.");
    assert.deepEqual(done.posted, []);
    assert.deepEqual(done.events.at(-1), ["dial", { source: "page", result: "no-phone" }]);
  });
}

test("a number that the client refuses is a card with the reason, until it is dialled after all", async () => {
  const { phone, done, receive } = prepare();
  phone.dial("+13125550143", { id: "42", name: "Ann" });
  await receive("notice", { event: "dial-failed", reason: "no station is selected" });
  const [{ title, detail, problem, choices }] = done.cards;
  assert.deepEqual([title, detail, problem], ["Call to +13125550143", "This did not work: no station is selected", true]);
  choices[0].run();
  assert.deepEqual([choices[0].label, done.cards.length, done.posted.length], ["Try again", 0, 2]);
  assert.deepEqual(done.posted[1], done.posted[0]);
  assert.deepEqual(done.events.slice(-3).map(([name, { result }]) => [name, result]), [["dial", "placed"], ["dial", "refused"], ["dial", "placed"]]);
});

for (const [title, end] of [
  ["card", async ({ done }) => done.cards[0].dismiss()],
  ["choice", async ({ done }) => done.cards[0].choices[0].run()],
  ["call", ({ receive }) => receive("interaction", { event: "disconnect", interaction: { ...call, isDisconnected: true } })],
]) {
  test(`a notice is taken away with its ${title}`, async () => {
    let standing = 0;
    const host = prepare({ isBusy: () => true, notify: () => { standing += 1; return () => { standing -= 1; }; } });
    await ring(host);
    assert.equal(standing, 1);
    await end(host);
    assert.equal(standing, 0);
  });
}

test("a page is told what to count: pops, answers, notes and states of the connection", async () => {
  const host = prepare({ saveCallLog: () => "log-7" });
  await ring(host);
  await host.receive("interaction", { event: "connect", interaction: { ...call, isConnected: true } });
  await host.receive("call-log", { event: "interactionChanged", question: 5, log: { id: "", notes: "" }, interaction: call });
  await host.receive("call-log", log);
  assert.deepEqual(host.done.events.map(([name]) => name), ["connection", "pop", "found", "found", "settled", "phone", "note"]);
});

test("a page that fails to count loses no call", async () => {
  const host = prepare({ onEvent: () => { throw new Error("no counter"); } });
  await ring(host);
  assert.deepEqual(host.done.opened, [{ id: "42", name: "Ann" }]);
  assert.ok(host.done.lines.includes("onEvent: no counter"));
});

test("what is pending comes back to the same agent alone", async () => {
  const kept = new Map();
  const of = (user) => prepare({ user, find: () => [{ id: "1", name: "Ann" }, { id: "2", name: "Bo" }], read: (ids) => ids.map((id) => ({ id, name: "Ann" })) }, { kept });
  await ring(of("ada"));
  const [other, same] = [of("bob"), of("ada")];
  await new Promise(setImmediate);
  assert.deepEqual([other, same].map(({ done }) => done.cards.length), [0, 1]);
});

const log = { event: "interactionDisconnected", question: 5, log: { id: "", notes: "Asked for a copy" }, interaction: call };

test("a call log is answered once the page has stored it", async () => {
  const saved = [];
  const host = prepare({ saveCallLog: async (entry) => { saved.push(entry); return "log-7"; } });
  await host.receive("call-log", log);
  const [{ event, notes, interaction }] = saved;
  assert.deepEqual([event, notes, interaction.id], ["interactionDisconnected", "Asked for a copy", "i1"]);
  assert.deepEqual(host.done.posted, [["answer", { question: 5, value: { id: "log-7" } }]]);
});

for (const [title, options, reason] of [
  ["fails", { saveCallLog: async () => { throw new Error("full"); } }, "full"],
  ["is not stored here", {}, "This page stores no call log."],
]) {
  test(`a call log that ${title} is answered with the reason`, async () => {
    const host = prepare(options);
    await host.receive("call-log", log);
    assert.deepEqual(host.done.posted, [["answer", { question: 5, reason }]]);
  });
}

test("a call log that the page stores late is told as that, and the next one names what it came to", async () => {
  const saved = [];
  const storing = [deferred(), deferred()];
  const host = prepare({ saveCallLog: ({ id, notes }) => { saved.push([id, notes]); return storing[saved.length - 1].promise; } });
  await host.receive("call-log", log);
  host.timers.pass(9000);
  assert.deepEqual(host.done.posted, [["answer", { question: 5, reason: "The page has not answered yet." }]]);
  await host.receive("call-log", { ...log, question: 6, log: { id: "", notes: "And paid" } });
  assert.deepEqual(saved, [["", "Asked for a copy"]]);
  storing[0].resolve("log-7");
  storing[1].resolve("log-7");
  await new Promise(setImmediate);
  await new Promise(setImmediate);
  assert.deepEqual(saved, [["", "Asked for a copy"], ["log-7", "And paid"]]);
  assert.deepEqual(host.done.posted.at(-1), ["answer", { question: 6, value: { id: "log-7" } }]);
  assert.equal(host.timers.timers.size, 0);
});

test("a call log that failed leaves the id of the one before, and another call has one of its own", async () => {
  const saved = [];
  const host = prepare({ saveCallLog: async ({ id, notes, interaction }) => {
    saved.push([interaction.id, id]);
    if (notes === "full") throw new Error("full");
    return "log of " + interaction.id;
  } });
  for (const [id, notes] of [["i1", ""], ["i1", "full"], ["i1", ""], ["i2", ""]]) {
    await host.receive("call-log", { ...log, interaction: { ...call, id }, log: { id: "", notes } });
  }
  assert.deepEqual(saved, [["i1", ""], ["i1", "log of i1"], ["i1", "log of i1"], ["i2", ""]]);
});

test("a second client is a card of the page until it is gone", async () => {
  const host = prepare();
  await host.receive("notice", { event: "second-client" });
  assert.deepEqual(host.done.cards.map(({ title }) => title), ["A second Genesys client runs in this browser"]);
  await host.receive("notice", { event: "only-client" });
  assert.deepEqual(host.done.cards, []);
});

test("a search in the client is answered by the page", async () => {
  const host = prepare({ searchContacts: (text) => [{ type: "external", name: text, phone: [] }] });
  await host.receive("contact-search", { question: 1, text: "ann" });
  assert.deepEqual(host.done.posted, [["answer", { question: 1, value: [{ type: "external", name: "ann", phone: [] }] }]]);
});

for (const [title, options, message] of [
  ["no place", { container: undefined }, "container must be an element"],
  ["no search", { find: undefined }, "find must be a function"],
  ["a search that is none", { find: "contacts" }, "find must be a function"],
  ["something else than a function", { saveCallLog: true }, "saveCallLog must be a function"],
  ["no region", { region: undefined }, /region/],
  ["an address without https", { frameUrl: "http://apps.example/crm" }, "genesys.frameUrl must be an https address"],
  ["a user that is no text", { user: 7 }, "user must be a text"],
  ["an option that does not exist", { isbusy: () => true }, "isbusy is no option"],
  ["a policy of a medium that does not exist", { policies: { sms: "off" } }, "policies.sms is no medium"],
  ["a policy that is none", { policies: { voice: "loud" } }, /policies\.voice must be one of auto, soft, off/],
]) {
  test(`a page that gives ${title} is told at once`, () => {
    assert.throws(() => prepare(options), { name: "SettingsError", ...(typeof message === "string" ? { message } : {}), ...(message instanceof RegExp && { message }) });
  });
}
