import assert from "node:assert/strict";
import test from "node:test";

import { createCards } from "../../../webresources/src/core/cards.js";
import { createExtensions } from "../../../webresources/src/core/extensions.js";
import { createLookup } from "../../../webresources/src/core/dataverse-lookup.js";
import { createSeen } from "../../../webresources/src/core/dedupe.js";
import { createScreenPop } from "../../../webresources/src/core/screen-pop.js";
import { hostileText, seeded } from "./seeded.mjs";

const settings = {
  countries: ["US"],
  tables: [
    { table: "contact", columns: ["telephone1"], emailColumns: [], nameColumn: "fullname" },
    { table: "account", columns: ["telephone1"], emailColumns: [], nameColumn: "name" },
  ],
  policies: { voice: "auto", chat: "soft", message: "off", email: "soft", callback: "auto" },
  noMatch: "search",
  newRecordTable: "lead",
};
const annId = "a0000000-0000-4000-8000-000000000001";
const acmeId = "c0000000-0000-4000-8000-000000000001";
const ann = { contactid: annId, fullname: "Ann" };
const acme = { accountid: acmeId, name: "Acme" };
const call = { id: "i1", direction: "Inbound", ani: "+15550100001" };

/** Return a screen pop over a Dynamics that holds the given rows and records what is done to it. */
function prepare({ text = "", rows = {}, retrieve, openRecord, noMatch = "search", tables = settings.tables, hooks, busy = () => false, recordOf, signedOut = false, limit = 200 } = {}) {
  const done = { asked: [], opened: [], shared: [], made: [], listed: [], notices: [], panels: [], lines: [], revealed: 0, signIns: 0, told: [] };
  const log = (line) => { done.lines.push(line); };
  const asking = retrieve || (async ({ table }) => { done.asked.push(table); return rows[table] || []; });
  const extensions = createExtensions({ hooks: hooks || {}, settings, log });
  const ports = {
    ...createLookup({ settings: { ...settings, tables }, retrieve: asking, search: extensions.around(asking), log }),
    share: (id, { table, name }) => { done.shared.push([id, table, name]); },
    openRecord: openRecord || (async ({ table, id }) => { done.opened.push(table + " " + id); }),
    tableLabels: async (table) => ({ one: "One " + table, many: "Many " + table }),
    openNew: async (table) => { done.made.push(table); },
    openList: async (table) => { done.listed.push(table); },
    notify: async (notice) => { done.notices.push(notice); },
    isBusy: async (id) => busy(id),
    reveal: () => { done.revealed += 1; },
    tell: (...told) => { done.told.push(told); },
    isSignedOut: async () => signedOut,
    signIn: () => { done.signIns += 1; },
    show: (panel, place) => { done.panels.push(panel); cards.show(panel, place); },
    log,
  };
  const cards = createCards({ render: (shown) => { done.cards = shown; } });
  const store = { text, read: () => store.text, write: (next) => { store.text = next; } };
  let clock = 0;
  const seen = createSeen({ store, limit, now: () => (clock += 1) });
  const { handle, restore } = createScreenPop({ settings: { ...settings, noMatch, tables }, seen, ports, extensions, recordOf: recordOf || (() => null) });
  return { done, store, restore, ring: (raw = call, trigger = "screen-pop") => handle({ trigger, raw }), last: () => done.cards[0] };
}

test("one match is opened", async () => {
  const { done, ring, last } = prepare({ rows: { contact: [ann] } });
  await ring();
  assert.deepEqual([done.asked, done.opened], [["contact", "account"], ["contact " + annId]]);
  assert.equal(last().detail, "Opened Ann.");
  assert.deepEqual(done.shared, [["i1", "contact", "Ann"]]);
});

test("the same call pops once, however often and under whatever event it comes", async () => {
  const { done, ring } = prepare({ rows: { contact: [ann] } });
  await Promise.all([ring(), ring(), ring(call, "connect")]);
  await ring();
  assert.deepEqual(done.opened, ["contact " + annId]);
});

test("a call that is added before its screen pop still pops", async () => {
  const { done, ring } = prepare({ rows: { contact: [ann] } });
  await ring(call, "add");
  assert.deepEqual(done.asked, []);
  await ring(call, "screen-pop");
  assert.deepEqual(done.opened, ["contact " + annId]);
});

test("the agent sees who calls while the search runs, and the log says what came of it", async () => {
  const { done, ring } = prepare({ rows: { contact: [ann] } });
  await ring();
  assert.deepEqual(done.panels[0], { title: "Call from +15550100001", detail: "Searching…", busy: true });
  assert.deepEqual(done.lines, ["i1: 1 found by +15550100001"]);
});

test("the questions leave before the pane is drawn", async () => {
  const order = [];
  const { done, ring } = prepare({ retrieve: async ({ table }) => { order.push(table, done.panels.length); return []; } });
  await ring();
  assert.deepEqual(order, ["contact", 0, "account", 0]);
});

test("a call that the agent makes is a call to somebody", async () => {
  const { ring, last } = prepare({ rows: { contact: [ann] } });
  await ring({ id: "i1", direction: "Outbound", calledNumber: "+15550100001" }, "add");
  assert.equal(last().title, "Call to +15550100001");
});

test("several matches are shown to choose from, and the chosen one is opened", async () => {
  const { done, ring, last } = prepare({ rows: { contact: [ann], account: [acme] } });
  await ring();
  assert.deepEqual([done.opened, done.revealed, done.notices], [[], 1, []]);
  assert.deepEqual(last().choices.map(({ label, detail }) => [label, detail]), [["Ann", "One contact"], ["Acme", "One account"]]);
  await last().choices[1].run();
  assert.deepEqual(done.opened, ["account " + acmeId]);
});

test("a call that was consulted on pops once for whoever takes it over, and never for whoever gives it away", async () => {
  const { done, ring } = prepare({ rows: { contact: [ann] } });
  for (const event of ["consultTransfer", "completeConsultTransfer"]) await ring({ id: "i1" }, event);
  assert.deepEqual([done.asked, done.panels], [[], []]);
  await ring({ ...call, isConnected: true }, "add");
  await ring({ ...call, isConnected: true }, "connect");
  assert.deepEqual(done.opened, ["contact " + annId]);
});

test("an internal consult is never looked up", async () => {
  const { done, ring } = prepare({ rows: { contact: [ann] } });
  for (const trigger of ["add", "connect", "consultTransfer"]) await ring({ ...call, isInternal: true, isConnected: true }, trigger);
  assert.deepEqual([done.asked, done.panels], [[], []]);
});

test("what five hundred newer ones followed is as after a reload: shown again, never popped again", async () => {
  const { done, ring, last } = prepare({ rows: { contact: [ann], account: [acme] }, limit: 1000 });
  const others = async (from, to) => { for (let at = from; at < to; at += 1) await ring({ ...call, id: "other-" + at }); };
  const reported = async () => { done.panels.length = 0; await ring(call, "connect"); return done.panels.length; };
  await ring();
  await others(0, 499);
  assert.equal(await reported(), 0);
  await others(499, 500);
  const noticed = done.revealed;
  assert.equal(await reported(), 1);
  assert.deepEqual([done.opened, done.revealed, done.cards.length > 0], [[], noticed, true]);
  assert.ok(last());
});

test("no match offers the search lists", async () => {
  const { done, ring, last } = prepare();
  await ring();
  assert.equal(last().detail, "No record has +15550100001.");
  assert.deepEqual(last().choices.map(({ label }) => label), ["Open the list of Many contact", "Open the list of Many account"]);
  await last().choices[1].run();
  assert.deepEqual([done.opened, done.listed, done.revealed], [[], ["account"], 1]);
});

for (const [title, options, raw] of [
  ["a soft pop", {}, { ...call, isChat: true }],
  ["a busy agent", { busy: () => true }, call],
]) {
  test(`no match of ${title} is notified, and the offers wait in the pane`, async () => {
    const { done, ring } = prepare(options);
    await ring({ ...raw, name: "Ann L" });
    const [{ message, actionLabel, run }] = done.notices;
    assert.deepEqual([message.replace("Chat", "Call"), actionLabel, done.revealed], ["Call from Ann L: no record fits", "Choose", 0]);
    run();
    assert.equal(done.revealed, 1);
  });
}

test("no match without an offer notifies nobody", async () => {
  const { done, ring } = prepare({ noMatch: "nothing", busy: () => true });
  await ring();
  assert.deepEqual(done.notices, []);
});

test("what was offered and not taken is offered after a reload, though the call is over; its number was not kept", async () => {
  const before = prepare({ noMatch: "new-record" });
  await before.ring();
  assert.doesNotMatch(before.store.text, /555/);
  const next = reload(before, { noMatch: "new-record" });
  const { done, last } = next;
  await next.restore();
  assert.deepEqual([last().title, last().detail, last().choices.map(({ label }) => label)], ["Before the reload", "No record fitted.", ["New One lead"]]);
  await last().choices[0].run();
  assert.deepEqual([done.made, done.notices], [["lead"], []]);
  const after = reload(next, { noMatch: "new-record" });
  await after.restore();
  assert.equal(after.done.cards, undefined);
});

for (const [title, options, raw] of [["without an offer", { noMatch: "nothing" }, call], ["of a withheld number", {}, { id: "i1", direction: "Inbound" }]]) {
  test(`no match ${title} is over, and not brought back by a reload`, async () => {
    const before = prepare(options);
    await before.ring(raw);
    const { done, restore } = reload(before, options);
    await restore();
    assert.equal(done.cards, undefined);
  });
}

test("a record that cannot be read after a reload is told as not restored, and read again on demand", async () => {
  const before = prepare({ rows: { contact: [ann] }, busy: () => true });
  await before.ring();
  const rows = [];
  const { done, restore, last } = prepare({
    text: before.store.text, retrieve: async () => { if (rows.length === 0) throw new Error("No access."); return rows; },
  });
  await restore();
  assert.deepEqual(done.lines.slice(-1), ["i1: not restored, No access."]);
  assert.match(last().detail, /No access\./);
  rows.push(ann);
  await last().choices.find(({ label }) => label === "Try again").run();
  assert.deepEqual(last().choices.map(({ label }) => label), ["Ann"]);
});

test("a search that failed is told after a reload, and made again where the call is still there", async () => {
  const before = prepare({ retrieve: async () => { throw new Error("no network"); } });
  await before.ring();
  const over = reload(before, {});
  await over.restore();
  assert.match(over.last().detail, /Not every table could be searched/);
  const live = reload(before, { rows: { contact: [ann] } });
  await live.ring({ ...call, isConnected: true }, "add");
  assert.deepEqual(live.done.opened, ["contact " + annId]);
});

test("no match offers a new record, where configured so", async () => {
  const { done, ring, last } = prepare({ noMatch: "new-record" });
  await ring();
  assert.deepEqual(last().choices.map(({ label }) => label), ["New One lead"]);
  await last().choices[0].run();
  assert.deepEqual(done.made, ["lead"]);
  // There is nothing left to do; until the next call comes it can be opened again.
  assert.deepEqual([last().settled, last().choices.length], [true, 1]);
});

test("no match offers nothing, where configured so", async () => {
  const { ring, last } = prepare({ noMatch: "nothing" });
  await ring();
  assert.deepEqual(last().choices, []);
});

test("a soft pop opens nothing by itself; its notification opens the match", async () => {
  const { done, ring, last } = prepare({ rows: { contact: [ann] } });
  await ring({ ...call, isChat: true, name: "Ann L" });
  assert.deepEqual(done.opened, []);
  assert.deepEqual([last().detail, last().choices.map(({ label }) => label)], ["One record fits.", ["Ann"]]);
  assert.deepEqual(done.notices.map(({ message, actionLabel }) => [message, actionLabel]), [["Chat from Ann L: Ann", "Open"]]);
  await done.notices[0].run();
  assert.deepEqual(done.opened, ["contact " + annId]);
});

test("a soft pop with several matches shows them when the agent asks", async () => {
  const { done, ring, last } = prepare({ rows: { contact: [ann], account: [acme] } });
  await ring({ ...call, isChat: true });
  assert.deepEqual([done.revealed, done.notices[0].message], [0, "Chat from +15550100001: 2 records fit"]);
  assert.deepEqual([done.panels.length, last().detail], [2, "2 records fit. Choose one."]);
  done.notices[0].run();
  assert.equal(done.revealed, 1);
});

test("a record that the flow names is opened without a search, under its own name", async () => {
  const { done, ring, last } = prepare({ rows: { account: [acme] } });
  await ring({ ...call, name: "tel:+15550100001", attributes: { D365_Record_Table: "account", "Participant.D365_Record_Id": acmeId } });
  assert.deepEqual([done.asked, done.opened], [["account"], ["account " + acmeId]]);
  assert.equal(last().detail, "Opened Acme.");
});

test("a record that the flow names and nobody finds any more costs nothing: the caller is looked up", async () => {
  const { done, ring, last } = prepare({ rows: { contact: [ann] } });
  await ring({ ...call, attributes: { d365_record_table: "account", d365_record_id: acmeId } });
  assert.deepEqual([done.opened, last().detail], [["contact " + annId], "Opened Ann."]);
  assert.equal(done.lines[0], "i1: account " + acmeId + " is gone");
});

test("a record that was dialled is opened without asking Dynamics", async () => {
  const dialled = { table: "account", id: acmeId, name: "Acme" };
  const { done, ring, last } = prepare({ recordOf: () => dialled });
  await ring({ id: "o1", direction: "Outbound", calledNumber: "+15550100001" }, "add");
  assert.deepEqual([done.asked, done.opened, last().detail], [[], ["account " + acmeId], "Opened Acme."]);
});

test("a record of a table that is not configured is not opened; the caller is looked up instead", async () => {
  const { done, ring } = prepare({ rows: { contact: [ann] } });
  const id = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0";
  await ring({ ...call, attributes: { d365_record_table: "systemuser", d365_record_id: id } });
  assert.deepEqual(done.opened, ["contact " + annId]);
  assert.equal(done.lines[0], "i1: systemuser is not configured");
});

test("no scheme is shown of a number", async () => {
  const { ring, last } = prepare();
  await ring({ ...call, ani: "", phone: "tel:+15550100001", name: "tel:+15550100001" });
  assert.deepEqual([last().title, last().detail], ["Call from +15550100001", "No record has +15550100001."]);
});

/** Return the page after a reload: the same storage, the same Dynamics, nothing else. */
function reload({ store }, options) {
  return prepare({ text: store.text, ...options });
}

test("after a reload an opened record can be opened again, under its name of now", async () => {
  const before = prepare({ rows: { contact: [ann] } });
  await before.ring();
  assert.doesNotMatch(before.store.text, /Ann|5550100001/);
  const { done, ring, last } = reload(before, { rows: { contact: [{ ...ann, fullname: "Ann Late" }] } });
  await ring({ ...call, isConnected: true }, "add");
  assert.deepEqual([last().detail, done.opened], ["Opened Ann Late.", []]);
  await last().choices[0].run();
  assert.deepEqual(done.opened, ["contact " + annId]);
});

test("after a reload the list to choose from is there, and nothing is brought up by itself", async () => {
  const rows = { contact: [ann], account: [acme] };
  const before = prepare({ rows });
  await before.ring();
  const { done, ring, last } = reload(before, { rows });
  await ring(call, "add");
  await ring();
  assert.deepEqual(last().choices.map(({ label }) => label), ["Ann", "Acme"]);
  assert.deepEqual([done.opened, done.notices, done.revealed, done.panels.length], [[], [], 0, 1]);
});

test("after a reload one offered record is offered, without a second notification", async () => {
  const chat = { ...call, isChat: true };
  const before = prepare({ rows: { contact: [ann] } });
  await before.ring(chat);
  const { done, ring, last } = reload(before, { rows: { contact: [ann] } });
  await ring(chat, "add");
  assert.deepEqual([last().detail, done.notices], ["One record fits.", []]);
});

for (const [title, raw, detail] of [
  ["that nothing was found", call, "No record has +15550100001."],
  ["that there was nothing to search by", { ...call, ani: "anonymous" }, "There is no number or address to search by."],
]) {
  test(`after a reload the pane says again ${title}, without a search`, async () => {
    const before = prepare();
    await before.ring(raw);
    const { done, ring, last } = reload(before, {});
    await ring(raw, "add");
    assert.deepEqual([last().detail, done.asked], [detail, []]);
  });
}

test("a lookup of the customer's own is not asked for names after a reload", async () => {
  const hooks = { lookup: async ({ table }) => (table === "account" ? [acme] : []) };
  const before = prepare({ hooks });
  await before.ring();
  const present = reload(before, { hooks, rows: { account: [acme] } });
  await present.ring(call, "add");
  assert.deepEqual([before.last().detail, present.last().detail], ["Opened Acme.", "Opened Acme."]);
  const gone = reload(before, { hooks });
  await gone.ring(call, "add");
  assert.equal(gone.last().detail, "What was found is no longer there.");
});

test("after a reload a record that is gone is not offered", async () => {
  const before = prepare({ rows: { contact: [ann] } });
  await before.ring();
  const { ring, last } = reload(before, {});
  await ring(call, "add");
  assert.equal(last().detail, "What was found is no longer there.");
});

test("a lookup that a reload cut off is done by the next page", async () => {
  const before = prepare({ retrieve: () => new Promise(() => {}) });
  before.ring();
  const { done, ring } = reload(before, { rows: { contact: [ann] } });
  await ring();
  assert.deepEqual(done.opened, ["contact " + annId]);
});

test("of several live calls the one that popped last is on the pane after a reload", async () => {
  const outcome = { records: [], opened: false, note: "" };
  const { ring, last } = prepare({ text: JSON.stringify([["i1", -1, outcome], ["i2", -2, outcome]]) });
  await ring(call, "add");
  await ring({ ...call, id: "i2", ani: "+15550100002" }, "add");
  assert.equal(last().detail, "No record has +15550100001.");
});

test("a call that is over does not come back to the pane", async () => {
  const before = prepare({ rows: { contact: [ann] } });
  await before.ring();
  const { done, ring } = reload(before, { rows: { contact: [ann] } });
  await ring({ id: "i1", isDisconnected: true }, "disconnect");
  assert.deepEqual(done.panels, []);
});

for (const [title, raw] of [
  ["an internal call", { ...call, isInternal: true }],
  ["a medium that is off", { ...call, isMessage: true }],
  ["a call without id", { ...call, id: "" }],
]) {
  test(`${title} asks nothing and shows nothing`, async () => {
    const { done, ring } = prepare({ rows: { contact: [ann] } });
    await ring(raw);
    assert.deepEqual([done.asked, done.panels, done.lines.length], [[], [], 1]);
  });
}

test("a withheld number asks nothing and says so", async () => {
  const { done, ring, last } = prepare();
  await ring({ ...call, ani: "anonymous" });
  assert.deepEqual([done.asked, last().detail], [[], "There is no number or address to search by."]);
  assert.deepEqual(done.lines, ["i1: no address to search by"]);
});

test("a call that arrives connected pops once, now and not at its next event", async () => {
  const { done, ring } = prepare({ rows: { contact: [ann] } });
  await ring({ ...call, isConnected: true }, "add");
  await ring({ ...call, isConnected: true }, "connect");
  assert.deepEqual(done.opened, ["contact " + annId]);
});

test("one table that refuses costs its own rows only, and the agent is told", async () => {
  const { done, ring, last } = prepare({
    retrieve: async ({ table }) => {
      if (table === "account") throw { message: "no privilege" };
      return [ann];
    },
  });
  await ring();
  assert.deepEqual(done.opened, ["contact " + annId]);
  assert.equal(last().detail, "Opened Ann. Not every table could be searched.");
  assert.equal(done.lines[0], "account failed, no privilege");
});

test("a table that fills its page may hold more, and the agent is told", async () => {
  const full = Array.from({ length: 10 }, (_, index) => ({ contactid: annId + index, fullname: "Ann " + index }));
  const { ring, last } = prepare({ rows: { contact: full } });
  await ring();
  assert.equal(last().detail, "10 records fit. Choose one. There may be more.");
});

test("the only table that refuses is a failed search, not an empty one", async () => {
  const retrieve = async () => { throw new Error("no privilege"); };
  const { ring, last } = prepare({ tables: settings.tables.slice(0, 1), retrieve });
  await ring();
  assert.equal(last().detail, "This did not work: no privilege");
});

test("a search that fails is shown with its reason, and can be tried again", async () => {
  let broken = true;
  const { done, ring, last } = prepare({
    retrieve: async ({ table }) => {
      if (broken) throw { message: "no network" };
      return table === "contact" ? [ann] : [];
    },
  });
  await ring();
  assert.deepEqual([last().problem, last().detail], [true, "This did not work: no network"]);
  assert.equal(done.lines.at(-1), "screen-pop i1: failed, no network");
  broken = false;
  await last().choices[0].run();
  assert.deepEqual(done.opened, ["contact " + annId]);
});

for (const [title, options, labels] of [
  ["of several", { rows: { contact: [ann], account: [acme] } }, ["Ann", "Acme"]],
  ["of one for a busy agent", { rows: { contact: [ann] }, busy: () => true }, ["Ann"]],
]) {
  test(`a chosen record ${title} that does not open is a problem, and can be chosen again`, async () => {
    let broken = true;
    const opened = [];
    const openRecord = async ({ table }) => {
      if (broken) throw new Error("no such form");
      opened.push(table);
    };
    const { ring, last } = prepare({ ...options, openRecord });
    await ring();
    for (const round of [1, 2]) {
      await last().choices[0].run();
      assert.deepEqual([last().problem, last().detail], [true, "This did not work: no such form"], `${round}`);
      assert.deepEqual(last().choices.map(({ label }) => label), labels);
    }
    broken = false;
    await last().choices.at(-1).run();
    assert.equal(opened.length, 1);
    assert.match(last().detail, /^Opened/);
  });
}

for (const noMatch of ["new-record", "nothing"]) {
  test(`where no record fits and a table could not be searched, the agent may search again: ${noMatch}`, async () => {
    let broken = true;
    const asked = [];
    const retrieve = async ({ table }) => {
      asked.push(table);
      if (table === "account") return [];
      if (broken) throw new Error("no network");
      return [ann];
    };
    const page = prepare({ noMatch, retrieve });
    await page.ring();
    await page.ring(call, "connect");
    assert.deepEqual([asked.length, page.last().detail], [2, "No record has +15550100001. Not every table could be searched."]);
    assert.deepEqual(page.last().choices.map(({ label }) => label), noMatch === "nothing" ? ["Try again"] : ["Try again", "New One lead"]);
    broken = false;
    await page.last().choices[0].run();
    assert.deepEqual([page.done.opened, page.last().detail], [["contact " + annId], "Opened Ann."]);
  });
}

test("a lookup that answers after a newer call came does not take the agent away from it", async () => {
  const waiting = [];
  const { done, ring, last } = prepare({
    retrieve: ({ table }) => new Promise((resolve) => { waiting.push([table, resolve]); }),
  });
  const first = ring();
  const second = ring({ ...call, id: "i2", ani: "+15550100002" });
  waiting.slice(2).forEach(([table, resolve]) => resolve(table === "account" ? [acme] : []));
  await second;
  waiting.slice(0, 2).forEach(([table, resolve]) => resolve(table === "contact" ? [ann] : []));
  await first;
  assert.deepEqual(done.opened, ["account " + acmeId]);
  assert.deepEqual(done.notices.map(({ message }) => message), ["Call from +15550100001: Ann"]);
  assert.equal(last().detail, "Opened Acme.");
});

for (const [title, settle, notices] of [
  ["finds nothing", ({ resolve }) => resolve([]), ["Call from +15550100001: no record fits"]],
  ["fails", ({ reject }) => reject(new Error("no network")), []],
  ["finds several", ({ resolve, table }) => resolve(table === "contact" ? [ann] : [acme]), ["Call from +15550100001: 2 records fit"]],
]) {
  test(`a late lookup that ${title} leaves the newer call on the pane`, async () => {
    const waiting = [];
    const { done, ring, last } = prepare({
      retrieve: ({ table }) => new Promise((resolve, reject) => { waiting.push({ table, resolve, reject }); }),
    });
    const first = ring();
    const second = ring({ ...call, id: "i2", ani: "+15550100002" });
    waiting.slice(2).forEach(({ table, resolve }) => resolve(table === "account" ? [acme] : []));
    await second;
    waiting.slice(0, 2).forEach(settle);
    await first;
    assert.deepEqual([last().title, last().detail], ["Call from +15550100002", "Opened Acme."]);
    assert.deepEqual(done.notices.map(({ message }) => message), notices);
  });
}

test("hostile interactions open nothing and break nothing", async () => {
  const random = seeded(5);
  const { done, ring } = prepare();
  for (let round = 0; round < 300; round += 1) {
    const text = hostileText(random);
    await ring({ id: "h" + round, direction: "Inbound", phone: text, ani: text, name: text, attributes: { [text]: text } });
  }
  assert.deepEqual([done.opened, done.notices], [[], []]);
  assert.equal(done.panels.some(({ problem }) => problem), false);
});

test("a pop tells its stages, and nothing of the customer", async () => {
  const { done, ring } = prepare({ rows: { contact: [ann] } });
  await ring({ ...call, remoteName: "Ann" });
  assert.deepEqual(done.told, [
    ["pop", { id: "i1", medium: "voice", direction: "inbound", dialer: false, action: "auto" }],
    ["found", { id: "i1", matches: 1, opened: false }],
    ["found", { id: "i1", matches: 1, opened: true }],
    ["settled", { id: "i1" }],
  ]);
});

test("a pop that fails tells the failure", async () => {
  const error = { errorCode: 1 };
  const { done, ring } = prepare({ retrieve: async () => { throw error; } });
  await ring();
  assert.deepEqual(done.told.at(-1), ["failed", { id: "i1", error }]);
});
