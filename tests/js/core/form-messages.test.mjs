import assert from "node:assert/strict";
import test from "node:test";

import { readForm } from "../../../webresources/src/core/form-messages.js";

const id = "a0000000-0000-4000-8000-000000000001";
const form = { kind: "form", event: "answer", table: "contact", id, isNew: false, isDirty: true, dials: true, numbers: [{ column: "telephone1", number: "1" }] };

test("what a form says is read", () => {
  assert.deepEqual(readForm(form), form);
  assert.deepEqual(readForm({ ...form, id: "", event: "loaded" }).event, "loaded");
});

for (const broken of [null, "form", { ...form, kind: "ask" }, { ...form, table: "Contact'" }, { ...form, id: "1" }, { ...form, id: 5 }]) {
  test(`${JSON.stringify(broken)} is nothing that a form says`, () => {
    assert.equal(readForm(broken), null);
  });
}

test("what is no number of a column is left out", () => {
  const numbers = [{ column: "a b", number: "1" }, { column: "fax", number: 5 }, { column: "fax", number: "5".repeat(101) }, null, ...form.numbers];
  assert.deepEqual(readForm({ ...form, numbers, event: "x", isDirty: 1, dials: 1 }), { ...form, isDirty: false, dials: false });
});
