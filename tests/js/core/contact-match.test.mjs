import assert from "node:assert/strict";
import test from "node:test";

import { buildNameQueries, buildQueries, dropLongerNumbers, mergeMatches } from "../../../webresources/src/core/contact-match.js";
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
  assert.equal(query.split(" or ").filter((part) => part.includes(" eq ")).length, 24);
});

test("a number of seven digits or more is also asked for as the beginning of one with an extension", () => {
  const [, { query }] = buildQueries({ address: phone("+15125550175"), tables, countries: ["US"] });
  for (const beginning of ["%2B15125550175;ext=", "1-512-555-0175%20", "512-555-0175x"].map(encodeQuotes)) {
    assert.ok(query.includes(`startswith(telephone1,'${beginning}')`), beginning);
  }
  assert.doesNotMatch(buildQueries({ address: phone("1001"), tables, countries: ["US"] })[0].query, /startswith/);
});

/** `;` and `=` are encoded like all that has a meaning in an address. */
function encodeQuotes(text) {
  return text.replace(";", "%3B").replace("=", "%3D");
}

for (const number of ["+15125550175", "+442079460000", "+4930123456", "+4915112345678", "+390612345678"]) {
  test(`the address of a query for ${number} stays below 8 KB`, () => {
    const wide = { ...contact, columns: ["telephone1", "telephone2", "mobilephone"] };
    const countries = ["US", "GB", "DE", "IT"];
    const [{ query }] = buildQueries({ address: phone(number), tables: [wide], countries });
    assert.ok(encodeURI(query.replace(/%/g, "_")).length < 8000, `${query.length}`);
    assert.match(query, /startswith/);
  });
}

test("a number that only starts like the one asked for is dropped, one with an extension stays", () => {
  const search = { address: phone("+4930123456"), tables, countries: ["DE"] };
  const [kept, longer, hidden] = ["030 123456 ext. 7", "030 123456 78", null].map((telephone1) => ({ telephone1, mobilephone: null }));
  const answers = [{ table: "contact", rows: [kept, longer, hidden] }];
  assert.deepEqual(dropLongerNumbers(answers, search), [{ table: "contact", rows: [kept, hidden] }]);
});

test("a row stays for the one of its numbers that fits", () => {
  const search = { address: phone("+4930123456"), tables, countries: ["DE"] };
  const answers = [{ table: "contact", rows: [{ telephone1: "030 123456 78", mobilephone: "030123456" }] }];
  assert.deepEqual(dropLongerNumbers(answers, search), answers);
});

test("rows found by e-mail are left alone", () => {
  const answers = [{ table: "contact", rows: [{ emailaddress1: "a@b.example" }] }];
  const search = { address: { kind: "email", text: "a@b.example" }, tables, countries: [] };
  assert.deepEqual(dropLongerNumbers(answers, search), answers);
});

test("names are read again by id, a table at a time, and only from configured tables", () => {
  const records = [["contact", "a"], ["account", "c"], ["contact", "b"], ["incident", "d"]].map(([table, id]) => ({ table, id }));
  assert.deepEqual(buildNameQueries({ records, tables }), [
    { table: "contact", query: "?$select=fullname&$filter=contactid eq a or contactid eq b", pageSize: 3 },
    { table: "account", query: "?$select=name&$filter=accountid eq c", pageSize: 2 },
  ]);
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
  const column = "(?:telephone1|mobilephone|emailaddress1)";
  const condition = new RegExp(`^(?:${column} eq '(?:[^'&#+]|'')*'|startswith\\(${column},'(?:[^'&#+]|'')*'\\))$`);
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
