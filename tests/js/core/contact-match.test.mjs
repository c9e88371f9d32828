import assert from "node:assert/strict";
import test from "node:test";

import { buildQueries, mergeMatches } from "../../../webresources/src/core/contact-match.js";
import { hostileText, seeded } from "./seeded.mjs";

const contact = {
  table: "contact",
  columns: ["telephone1", "mobilephone"],
  emailColumns: ["emailaddress1"],
  nameColumn: "fullname",
};
const account = { table: "account", columns: ["telephone1"], emailColumns: [], nameColumn: "name" };
const tables = [contact, account];
const phone = (text) => ({ kind: "phone", text });

test("a short number asks each table once, in each of its columns", () => {
  assert.deepEqual(buildQueries({ address: phone("1001"), tables, countries: ["US"] }), [
    {
      table: "contact",
      query: "?$select=fullname,telephone1,mobilephone,emailaddress1&$filter=telephone1 eq '1001' or mobilephone eq '1001'",
      pageSize: 10,
    },
    { table: "account", query: "?$select=name,telephone1&$filter=telephone1 eq '1001'", pageSize: 10 },
  ]);
});

test("every notation is asked for, with the plus encoded", () => {
  const [, { query }] = buildQueries({ address: phone("tel:+15550100001"), tables, countries: ["US"] });
  assert.ok(query.includes("telephone1 eq '%2B15550100001' or "));
  assert.ok(query.includes("telephone1 eq '(555)%20010-0001'"));
  assert.equal(query.split(" or ").length, 20);
});

test("an e-mail address asks only the tables with a column for it", () => {
  const address = { kind: "email", text: "ann.o'neill@example.com" };
  assert.deepEqual(buildQueries({ address, tables, countries: [] }).map(({ table, query }) => [table, query.split("&")[1]]), [
    ["contact", "$filter=emailaddress1 eq 'ann.o''neill%40example.com'"],
  ]);
});

test("what is no number asks nothing", () => {
  assert.deepEqual(buildQueries({ address: phone("' or 1 eq 1"), tables, countries: ["US"] }), []);
});

test("however many columns, the conditions stay below what Dataverse refuses", () => {
  const columns = Array.from({ length: 30 }, (_, index) => "phone" + index);
  const [{ query }] = buildQueries({ address: phone("+442079460000"), tables: [{ ...contact, columns }], countries: ["GB"] });
  assert.equal(query.split(" or ").length, 240);
  assert.ok(columns.every((column) => query.includes(column + " eq '%2B442079460000'")));
});

test("hostile text never adds a condition of its own", () => {
  const random = seeded(4);
  const condition = /^(?:telephone1|mobilephone|emailaddress1) eq '(?:[^'&#+]|'')*'$/;
  for (let round = 0; round < 2000; round += 1) {
    const text = hostileText(random);
    for (const kind of ["phone", "email"]) {
      for (const { query } of buildQueries({ address: { kind, text }, tables, countries: ["US", "GB"] })) {
        const [, filter] = /&\$filter=([^&]*)$/.exec(query);
        for (const part of filter.split(" or ")) assert.match(part, condition);
      }
    }
  }
});

const rows = [{ contactid: "A", fullname: "Ann" }, { contactid: "B", fullname: "Bob" }];

test("rows become matches in the order of the tables", () => {
  const answers = [{ table: "contact", rows }, { table: "account", rows: [{ accountid: "A", name: "Acme" }] }];
  assert.deepEqual(mergeMatches({ answers, tables }), [
    { table: "contact", id: "A", name: "Ann" },
    { table: "contact", id: "B", name: "Bob" },
    { table: "account", id: "A", name: "Acme" },
  ]);
});

test("the same row is one match, whatever the case of its id", () => {
  const answers = [{ table: "contact", rows: [rows[0], { contactid: "a", fullname: "Later" }] }];
  assert.deepEqual(mergeMatches({ answers, tables }), [{ table: "contact", id: "A", name: "Ann" }]);
});

for (const fullname of [null, undefined, "", 7]) {
  test(`a row whose name is ${JSON.stringify(fullname)} can still be chosen`, () => {
    const answers = [{ table: "contact", rows: [{ contactid: "A", fullname }] }];
    assert.deepEqual(mergeMatches({ answers, tables }), [{ table: "contact", id: "A", name: "(no name)" }]);
  });
}

test("a row without an id is no match", () => {
  const answers = [{ table: "contact", rows: [{ fullname: "Ann" }, { contactid: 5 }, { contactid: "" }] }];
  assert.deepEqual(mergeMatches({ answers, tables }), []);
});
