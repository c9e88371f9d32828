import assert from "node:assert/strict";
import test from "node:test";

import { createCards } from "../../../webresources/src/core/cards.js";
import { createLookup } from "../../../webresources/src/core/dataverse-lookup.js";
import { createSeen } from "../../../webresources/src/core/dedupe.js";
import { createExtensions } from "../../../webresources/src/core/extensions.js";
import { createScreenPop } from "../../../webresources/src/core/screen-pop.js";
import { seeded } from "./seeded.mjs";

/** Whatever the order of events, of reloads and of what the agent does: what must hold of every interaction. */

const id = (number) => `a0000000-0000-4000-8000-${String(number).padStart(12, "0")}`;
const policies = { voice: "auto", chat: "soft", message: "off", email: "soft", callback: "auto", voicemail: "soft", dialer: "off" };
const settings = {
  countries: ["US"],
  tables: [{ table: "contact", columns: ["telephone1"], emailColumns: ["emailaddress1"], nameColumn: "fullname" }],
  policies, noMatch: "search", newRecordTable: "contact",
};
/** Each finds a record of its own, so that what is asked and opened tells whose it was. */
const interactions = [
  { id: "voice", ani: "+15550100001" }, { id: "chat", isChat: true, displayAddress: "c@example.com" },
  { id: "message", isMessage: true, phone: "+15550100003" }, { id: "internal", isInternal: true, ani: "+15550100004" },
  { id: "dialer", isDialer: true, ani: "+15550100005" }, { id: "callback", isCallback: true, callbackNumbers: ["+15550100006"] },
  { id: "voicemail", isVoicemail: true, phone: "+15550100007" },
].map((raw, at) => ({ ...raw, direction: "Inbound", record: id(at + 1) }));
const marks = ["0001", "c@example", "0003", "0004", "0005", "0006", "0007"];
const triggers = ["screen-pop", "add", "connect", "change", "disconnect", "acw", "blindTransfer", "constructor"];

/** Live through random events and return what was opened, asked and notified, by interaction. */
async function live(seed) {
  const random = seeded(seed);
  const pick = (list) => list[Math.floor(random() * list.length)];
  const told = { opened: [], asked: [], notices: 0 };
  let text = "";
  let time = 0;
  let shown = [];
  const whose = (query) => interactions[marks.findIndex((mark) => decodeURIComponent(query).includes(mark))];
  const retrieve = async ({ query }) => {
    const names = interactions.filter(({ record }) => query.includes(record));
    const found = names.length > 0 ? names : [whose(query)].filter(Boolean);
    if (names.length === 0) found.forEach((one) => told.asked.push(one.id));
    return found.map(({ record }) => ({ contactid: record, fullname: "Ann" }));
  };
  const ports = {
    ...createLookup({ settings, retrieve, log: () => {} }),
    openRecord: async (record) => { told.opened.push(interactions.find((one) => one.record === record.id).id); },
    tableLabels: async (table) => ({ one: table, many: table }),
    openNew: async () => {}, openList: async () => {}, share: () => {},
    notify: async () => { told.notices += 1; },
    isBusy: async () => random() < 0.2,
    reveal: () => {}, log: () => {}, tell: () => {}, signIn: () => {}, isSignedOut: async () => false,
  };
  const extensions = createExtensions({ hooks: {}, settings, log: () => {} });
  const start = () => {
    const seen = createSeen({ store: { read: () => text, write: (next) => { text = next; } }, now: () => (time += 1) });
    const cards = createCards({ render: (drawn) => { shown = drawn; }, onDismiss: seen.dismiss });
    return createScreenPop({ settings, seen, ports: { ...ports, show: cards.show }, extensions, recordOf: () => null });
  };
  let page = start();
  for (let round = 0; round < 60; round += 1) {
    if (random() < 0.08) {
      page = start();
      await page.restore();
    } else if (random() < 0.05 && shown.length > 0) {
      pick(shown).dismiss();
    } else {
      const { record, ...raw } = pick(interactions);
      const running = page.handle({ trigger: pick(triggers), raw: { ...raw, isConnected: random() < 0.5 } });
      if (random() < 0.7) await running;
    }
    await new Promise(setImmediate);
  }
  return told;
}

const many = Array.from({ length: 150 }, (_one, seed) => seed + 1);
const lives = await Promise.all(many.map(live));
const most = (list) => Math.max(0, ...interactions.map(({ id: one }) => list.filter((other) => other === one).length));

test("no interaction opens its record twice by itself", () => {
  lives.forEach(({ opened }, at) => assert.ok(most(opened) <= 1, `seed ${many[at]}: ${opened}`));
  assert.ok(lives.some(({ opened }) => opened.length > 0));
});

test("what was found is not searched again, whatever reports it", () => {
  lives.forEach(({ asked }, at) => assert.ok(most(asked) <= 2, `seed ${many[at]}: ${asked}`));
});

test("an internal call and a medium that is off ask nothing and open nothing", () => {
  const silent = ["internal", "message", "dialer"];
  lives.forEach(({ asked, opened }) => assert.deepEqual(asked.concat(opened).filter((one) => silent.includes(one)), []));
});

test("a soft medium opens nothing by itself, and tells the agent", () => {
  lives.forEach(({ opened }) => assert.deepEqual(opened.filter((one) => one === "chat" || one === "voicemail"), []));
  assert.ok(lives.some(({ notices }) => notices > 0));
});
