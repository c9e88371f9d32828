import assert from "node:assert/strict";
import test from "node:test";

import { createLookup } from "../../../webresources/src/core/dataverse-lookup.js";

const tables = [{ table: "contact", columns: ["telephone1"], emailColumns: [], nameColumn: "fullname" }];
const settings = { tables, countries: ["US"] };
const id = "a0000000-0000-4000-8000-000000000001";

function prepare() {
  const asked = [];
  const retrieve = async ({ query }) => { asked.push(query); return [{ contactid: id, fullname: "Ann" }]; };
  return { asked, lookup: createLookup({ settings, retrieve, log: () => {} }) };
}

test("records are read again by their ids", async () => {
  const { asked, lookup } = prepare();
  assert.deepEqual(await lookup.read([{ table: "contact", id }]), [{ table: "contact", id, name: "Ann" }]);
  assert.deepEqual(asked, ["?$select=fullname&$filter=contactid eq " + id]);
});

for (const hostile of ["1 or true", id + " or contactid ne null", "", "%"]) {
  test(`what a storage calls the id ${JSON.stringify(hostile)} reaches no query`, async () => {
    const { asked, lookup } = prepare();
    assert.deepEqual(await lookup.read([{ table: "contact", id: hostile }]), []);
    assert.deepEqual(asked, []);
  });
}
