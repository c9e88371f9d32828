import assert from "node:assert/strict";
import test from "node:test";

import { buildQueries } from "../../../webresources/src/core/contact-match.js";
import { searchContacts } from "../../../webresources/src/core/contact-search.js";
import { lookUp } from "../../../webresources/src/core/dataverse-lookup.js";

const tables = [
  { table: "contact", columns: ["telephone1", "mobilephone"], emailColumns: ["emailaddress1"], nameColumn: "fullname" },
  { table: "account", columns: ["telephone1"], emailColumns: [], nameColumn: "name" },
];
const queriesOf = (address) => buildQueries({ address, tables, countries: ["US"] });

/** Search over fakes; `rows` is what each table holds, or an error. */
async function search(text, rows = {}) {
  const asked = [];
  const retrieve = async ({ table, query }) => {
    asked.push([table, decodeURIComponent(query)]);
    if (rows[table] instanceof Error) throw rows[table];
    return rows[table] || [];
  };
  const tableLabels = async (table) => ({ one: table.toUpperCase() });
  const found = await searchContacts(text, { tables, queriesOf, ask: (queries) => lookUp(queries, { retrieve, log: () => {} }), tableLabels }).catch((error) => error.message);
  return { asked, found };
}

test("a name is looked for from its beginning, in every table at once", async () => {
  const { asked } = await search(" Ann O'Neil ");
  assert.deepEqual(asked, [
    ["contact", "?$select=fullname,telephone1,mobilephone&$filter=startswith(fullname,'Ann O''Neil')"],
    ["account", "?$select=name,telephone1&$filter=startswith(name,'Ann O''Neil')"],
  ]);
});

test("who is found has a name, each number once, and says what kind of record it is", async () => {
  const contact = [
    { fullname: "Ann", telephone1: "+1 555", mobilephone: "+1 555" },
    { fullname: "Bo", telephone1: "+1 556", mobilephone: "+1 557" },
    { fullname: "Cy", telephone1: null, mobilephone: "" },
  ];
  const { found } = await search("an", { contact, account: [{ name: "Anvil", telephone1: "+1 558" }] });
  assert.deepEqual(found, [
    { type: "external", name: "Ann", phone: [{ number: "+1 555", label: "CONTACT" }] },
    { type: "external", name: "Bo", phone: [{ number: "+1 556", label: "CONTACT" }, { number: "+1 557", label: "CONTACT" }] },
    { type: "external", name: "Anvil", phone: [{ number: "+1 558", label: "ACCOUNT" }] },
  ]);
});

test("a number and an address are looked for as those of a caller are", async () => {
  const byNumber = await search("+1 312 555 0143");
  assert.ok(byNumber.asked.every(([, query]) => query.includes("telephone1 eq '+13125550143'")));
  assert.deepEqual(byNumber.asked.map(([table]) => table), ["contact", "account"]);
  const byAddress = await search("ann@contoso.example");
  assert.deepEqual(byAddress.asked, [
    ["contact", "?$select=fullname,telephone1,mobilephone,emailaddress1&$filter=emailaddress1 eq 'ann@contoso.example'"],
  ]);
});

for (const text of ["", "a", "%", "%%%", "_[^*]", "--", "  - a", "x".repeat(0)]) {
  test(`${JSON.stringify(text)} asks for nothing, since it would read the whole table`, async () => {
    assert.deepEqual(await search(text), { asked: [], found: [] });
  });
}

test("wildcards in a name are no wildcards, and a long text is cut", async () => {
  const { asked } = await search("-%Smi_th]" + "x".repeat(10000));
  assert.equal(asked[0][1], `?$select=fullname,telephone1,mobilephone&$filter=startswith(fullname,'Smith${"x".repeat(91)}')`);
});

test("a table that refuses costs its own rows; that all refuse is said", async () => {
  const refused = new Error("no access");
  const { found } = await search("an", { contact: refused, account: [{ name: "Anvil", telephone1: "1" }] });
  assert.deepEqual(found, [{ type: "external", name: "Anvil", phone: [{ number: "1", label: "ACCOUNT" }] }]);
  assert.equal((await search("an", { contact: refused, account: refused })).found, "no access");
});
