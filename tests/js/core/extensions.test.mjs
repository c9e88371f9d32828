import assert from "node:assert/strict";
import test from "node:test";

import { createLookup } from "../../../webresources/src/core/dataverse-lookup.js";
import { createSeen } from "../../../webresources/src/core/dedupe.js";
import { createExtensions } from "../../../webresources/src/core/extensions.js";
import { createScreenPop } from "../../../webresources/src/core/screen-pop.js";

const policies = { voice: "auto", chat: "soft", message: "off", email: "soft", callback: "auto" };
const tables = [{ table: "contact", columns: ["telephone1"], emailColumns: [], nameColumn: "fullname" }];
const settings = { countries: ["US"], tables, policies, noMatch: "search", newRecordTable: "lead" };
const call = { id: "i1", medium: "voice", address: { kind: "phone", text: "9995550100001" } };
const ann = { contactid: "a0000000-0000-4000-8000-000000000001", fullname: "Ann" };

function prepare(hooks) {
  const lines = [];
  return { lines, ...createExtensions({ hooks, settings, log: (line) => lines.push(line) }) };
}

function fails() {
  throw new Error("no");
}

test("without functions nothing changes", () => {
  const { adjust, policiesFor, around } = prepare({});
  const retrieve = async () => [];
  assert.equal(adjust(call), call);
  assert.equal(policiesFor(call), policies);
  assert.equal(around(retrieve), retrieve);
});

test("the normaliser gives the text to search by and gets copies", () => {
  const { adjust } = prepare({
    normalise: (address, interaction) => {
      interaction.id = "changed";
      address.kind = "email";
      return address.text.slice(3);
    },
  });
  assert.deepEqual(adjust(call), { ...call, address: { kind: "phone", text: "5550100001" } });
  assert.equal(call.id, "i1");
});

test("the normaliser is not asked where there is no address", () => {
  const { adjust, lines } = prepare({ normalise: fails });
  assert.equal(adjust({ ...call, address: null }).address, null);
  assert.deepEqual(lines, []);
});

for (const [name, normalise] of [["fails", fails], ["is empty", () => ""], ["is no text", () => 5]]) {
  test("a normaliser whose answer " + name + " is logged and passed over", () => {
    const { adjust, lines } = prepare({ normalise });
    assert.equal(adjust(call), call);
    assert.equal(lines.length, 1);
    assert.match(lines[0], /^extension normalise: /);
  });
}

test("the policy decides for this interaction, or leaves it to the settings", () => {
  const { policiesFor } = prepare({ policy: ({ medium }) => (medium === "voice" ? "off" : undefined) });
  assert.equal(policiesFor(call).voice, "off");
  assert.equal(policiesFor({ ...call, medium: "chat" }), policies);
});

for (const [name, policy] of [["fails", fails], ["names no mode", () => "loud"]]) {
  test("a policy that " + name + " is logged and passed over", () => {
    const { policiesFor, lines } = prepare({ policy });
    assert.equal(policiesFor(call), policies);
    assert.match(lines[0], /^extension policy: /);
  });
}

test("the lookup answers for a table or goes on to the page's own", async () => {
  const own = async () => [{ own: true }];
  const { around } = prepare({ lookup: async (query, retrieve) => (query.table === "contact" ? [ann] : retrieve(query)) });
  assert.deepEqual(await around(own)({ table: "contact" }), [ann]);
  assert.deepEqual(await around(own)({ table: "lead" }), [{ own: true }]);
});

for (const [name, lookup] of [["fails", fails], ["rejects", async () => fails()], ["answers no rows", async () => null]]) {
  test("a lookup that " + name + " is logged, and the page searches itself", async () => {
    const { around, lines } = prepare({ lookup });
    assert.deepEqual(await around(async () => [ann])({ table: "contact" }), [ann]);
    assert.match(lines[0], /^extension lookup: /);
  });
}

test("a ringing call goes through all three places", async () => {
  const opened = [];
  const asked = [];
  const ports = {
    share: () => {}, openRecord: async ({ table, id }) => { opened.push(table + " " + id); },
    notify: async () => undefined,
    reveal: () => undefined,
    isBusy: async () => false,
    show: () => undefined,
    log: () => undefined,
    tell: () => undefined,
  };
  const store = { text: "", read: () => store.text, write: (next) => { store.text = next; } };
  const hooks = {
    normalise: ({ text }) => text.replace(/^999/, ""),
    policy: ({ name }) => (name === "Spam" ? "off" : undefined),
    lookup: async ({ query }) => { asked.push(query); return [ann]; },
  };
  const retrieve = async () => [];
  const extensions = createExtensions({ hooks, settings, log: () => undefined });
  Object.assign(ports, createLookup({ settings, retrieve, search: extensions.around(retrieve), log: () => undefined }));
  const { handle } = createScreenPop({ settings, seen: createSeen({ store, now: () => 0 }), ports, extensions, recordOf: () => null });
  await handle({ trigger: "screen-pop", raw: { id: "i1", direction: "Inbound", ani: "9995550100", name: "Spam" } });
  assert.deepEqual([asked, opened], [[], []]);
  await handle({ trigger: "screen-pop", raw: { id: "i2", direction: "Inbound", ani: "9995550100" } });
  assert.equal(asked.length, 1);
  assert.match(asked[0], /5550100/);
  assert.doesNotMatch(asked[0], /9995550100/);
  assert.equal(opened.length, 1);
});
