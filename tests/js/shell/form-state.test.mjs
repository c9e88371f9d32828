import assert from "node:assert/strict";
import { test } from "node:test";

import { createExecutionContext, createFormContext, createSaveArguments } from "../../../d365pop/emulator/shell/execution-context.js";
import { readFormModel } from "../../../d365pop/emulator/shell/form-model.js";
import { FormState } from "../../../d365pop/emulator/shell/form-state.js";
import { cell, formOfRows, LOOKUP } from "./xml.mjs";

const ID = "1a2b3c4d-0000-4000-8000-00000000abcd";
const COMPANY = "_parentcustomerid_value";
const ROW = {
  fullname: "Ana Berg",
  telephone1: "+49 30 1",
  [COMPANY]: ID,
  [`${COMPANY}@OData.Community.Display.V1.FormattedValue`]: "Larkspur",
  [`${COMPANY}@Microsoft.Dynamics.CRM.lookuplogicalname`]: "account",
};

function open(more = {}) {
  const xml = formOfRows([cell("fullname"), cell("telephone1"), cell("parentcustomerid", { classid: LOOKUP })]);
  const state = new FormState({
    entityName: "contact",
    entityId: ID,
    primaryName: "fullname",
    form: { id: "f1", label: "Contact" },
    model: readFormModel(xml, { languageCode: 1033 }),
    row: ROW,
    ...more,
  });
  const actions = { save: async () => {}, globalContext: () => "global" };
  const formContext = createFormContext(state, actions);
  return { state, formContext, context: createExecutionContext(formContext, actions) };
}

test("a script reads the row's identity from the form context", () => {
  const { entity } = open().context.getFormContext().data;
  assert.deepEqual(
    [entity.getId(), entity.getEntityName(), entity.getPrimaryAttributeValue(), entity.getIsDirty()],
    [`{${ID.toUpperCase()}}`, "contact", "Ana Berg", false],
  );
});

test("a lookup's value is a reference", () => {
  assert.deepEqual(open().formContext.getAttribute("parentcustomerid").getValue(), [
    { id: `{${ID.toUpperCase()}}`, name: "Larkspur", entityType: "account" },
  ]);
});

test("a lookup cannot be written", () => {
  assert.throws(() => open().formContext.getAttribute("parentcustomerid").setValue([]), /does not write lookups/);
});

test("a column that is not on the form has no attribute", () => {
  assert.equal(open().formContext.getAttribute("emailaddress1"), null);
});

test("a changed value makes the form dirty and is all that a save sends", () => {
  const { formContext, state } = open();
  formContext.getAttribute("telephone1").setValue("+49 30 2");
  assert.deepEqual([formContext.data.entity.getIsDirty(), state.changes()], [true, { telephone1: "+49 30 2" }]);
});

test("the old value again is no change", () => {
  const { formContext } = open();
  formContext.getAttribute("telephone1").setValue("x");
  formContext.getAttribute("telephone1").setValue("+49 30 1");
  assert.equal(formContext.data.getIsDirty(), false);
});

test("what was read back after a save is clean", () => {
  const { formContext, state } = open();
  formContext.getAttribute("telephone1").setValue("x");
  state.saved({ ...ROW, telephone1: "x" });
  assert.deepEqual([state.isDirty, formContext.getAttribute("telephone1").getValue()], [false, "x"]);
});

test("the form type tells a new row from a stored one", () => {
  assert.equal(open().formContext.ui.getFormType(), 2);
  assert.equal(open({ entityId: "", row: {} }).formContext.ui.getFormType(), 1);
});

test("form parameters fill a new row's form", () => {
  const { state } = open({ entityId: "", row: {}, defaults: { telephone1: "1", unknown: "2" } });
  assert.deepEqual(state.changes(), { telephone1: "1" });
});

test("the current form is the one on screen", () => {
  const item = open().formContext.ui.formSelector.getCurrentItem();
  assert.deepEqual([item.getId(), item.getLabel()], ["f1", "Contact"]);
});

test("a form notification stays until it is cleared", () => {
  const { formContext, state } = open();
  formContext.ui.setFormNotification("Hello", "INFO", "n");
  assert.deepEqual([...state.notifications.values()], [{ message: "Hello", level: "INFO", id: "n" }]);
  assert.deepEqual([formContext.ui.clearFormNotification("n"), formContext.ui.clearFormNotification("n")], [true, false]);
  assert.equal(state.notifications.size, 0);
});

test("a control can be hidden and locked", () => {
  const { formContext } = open();
  const control = formContext.getControl("telephone1");
  control.setVisible(false);
  control.setDisabled(true);
  const again = formContext.getControl("telephone1");
  assert.deepEqual([again.getVisible(), again.getDisabled()], [false, true]);
});

test("shared variables live as long as the event", () => {
  const { context } = open();
  context.setSharedVariable("a", 1);
  assert.deepEqual([context.getSharedVariable("a"), open().context.getSharedVariable("a")], [1, undefined]);
});

test("a save that a handler prevents is prevented", () => {
  const args = createSaveArguments();
  assert.equal(args.isDefaultPrevented(), false);
  args.preventDefault();
  assert.equal(args.isDefaultPrevented(), true);
});
