import assert from "node:assert/strict";
import { test } from "node:test";

import { describeTable, entitySetName } from "../../../d365pop/emulator/shell/tables.js";

for (const [table, set] of [
  ["contact", "contacts"],
  ["opportunity", "opportunities"],
  ["customeraddress", "customeraddresses"],
  ["webresource", "webresourceset"],
  ["environmentvariabledefinition", "environmentvariabledefinitions"],
  ["new_key", "new_keys"],
]) {
  test(`the rows of ${table} are the set ${set}`, () => {
    assert.equal(entitySetName(table), set);
  });
}

test("an unknown table has the primary key that Dataverse would give it", () => {
  assert.equal(describeTable("new_visit").primaryId, "new_visitid");
});
