import assert from "node:assert/strict";
import test from "node:test";

import { linkToForms } from "../../../webresources/src/platform/form-link.js";
import { createFormSide, tabOf } from "../../../webresources/src/platform/form-side.js";

const id = "a0000000-0000-4000-8000-000000000001";

let names = 6;

/** One tab: channels of one name hear each other, and timers run by hand. */
function tab() {
  const channels = [];
  const timers = [];
  class FakeChannel {
    constructor(name) {
      this.name = name;
      channels.push(this);
    }
    postMessage(data) {
      const text = JSON.stringify(data);
      channels.filter((other) => other !== this && other.name === this.name).forEach((other) => other.onmessage && other.onmessage({ data: JSON.parse(text) }));
    }
    close() { channels.splice(channels.indexOf(this), 1); }
  }
  return {
    timers, channels,
    BroadcastChannel: FakeChannel,
    crypto: { getRandomValues: (values) => values.fill((names += 1)) },
    setTimeout: (run) => timers.push(run),
    clearTimeout: (id) => { timers[id - 1] = () => {}; },
  };
}

function formOf({ table = "contact", rowId = `{${id.toUpperCase()}}`, type = 2, dirty = false, values = {} } = {}) {
  const attributes = new Map(Object.entries(values));
  return {
    attributes,
    ui: { getFormType: () => type },
    data: { entity: { getEntityName: () => table, getId: () => rowId, getIsDirty: () => dirty } },
    getAttribute: (name) => (attributes.has(name) ? { getValue: () => attributes.get(name), setValue: (value) => attributes.set(name, value) } : null),
  };
}

function prepare() {
  const scope = tab();
  const heard = [];
  let now = 0;
  const page = linkToForms({
    columns: { contact: ["telephone1", "mobilephone"] }, scope, now: () => now,
    onForm: ({ table, numbers, ...more }, { dials }) => heard.push([table, more.id, numbers.map(({ number }) => number), dials]),
  });
  return { scope, heard, page, form: createFormSide(scope), pass: (time) => { now += time; } };
}

test("a form that opens tells its numbers, in the columns that count", () => {
  const { heard, form } = prepare();
  form.loaded(formOf({ values: { telephone1: "1", mobilephone: null, fax: "3" } }));
  assert.deepEqual(heard, [["contact", id, ["1"], false]]);
});

test("a page that starts behind the form hears of it all the same", () => {
  const scope = tab();
  createFormSide(scope).loaded(formOf({ values: { telephone1: "1" } }));
  const heard = [];
  linkToForms({ columns: { contact: ["telephone1"] }, scope, now: () => 0, onForm: ({ numbers }) => heard.push(numbers.length) });
  assert.deepEqual(heard, [1]);
});

test("a command wants to dial, once", () => {
  const { heard, form, page } = prepare();
  form.dial(formOf({ values: { telephone1: "1" } }));
  page.isDirty({ isKnown: true });
  assert.deepEqual(heard.map(([, , , dials]) => dials), [true, false]);
});

test("a command before the page listens is heard by it once it does, once", () => {
  const scope = tab();
  createFormSide(scope).dial(formOf({ values: { telephone1: "1" } }));
  const heard = [];
  const page = linkToForms({ columns: { contact: ["telephone1"] }, scope, now: () => 0, onForm: (_form, { dials }) => heard.push(dials) });
  page.isDirty({ isKnown: true });
  assert.deepEqual(heard, [true, false]);
});

test("the form in front says whether it has unsaved changes", async () => {
  const { form, page } = prepare();
  form.loaded(formOf({ dirty: true }));
  assert.equal(await page.isDirty({ isKnown: true }), true);
  form.loaded(formOf());
  assert.equal(await page.isDirty({ isKnown: true }), false);
});

for (const isKnown of [true, false]) {
  test(`a form that is silent and ${isKnown ? "has answered before counts as unsaved" : "never answered as saved"}`, async () => {
    const { scope, page } = prepare();
    const asked = page.isDirty({ isKnown });
    scope.timers.forEach((run) => run());
    assert.equal(await asked, isKnown);
  });
}

test("the patience with an earlier question ends no later one", async () => {
  const { scope, page } = prepare();
  const first = page.isDirty({ isKnown: true });
  const second = page.isDirty({ isKnown: false });
  scope.timers[0]();
  assert.equal(await first, true);
  scope.timers[1]();
  assert.equal(await second, false);
});

test("a question that was answered is not answered again by its clock", async () => {
  const { scope, form, page } = prepare();
  form.loaded(formOf());
  assert.equal(await page.isDirty({ isKnown: true }), false);
  const later = page.isDirty({ isKnown: true });
  scope.timers.forEach((run) => run());
  assert.equal(await later, false);
});

test("a new form is filled once, in columns that are empty", () => {
  const { form, page } = prepare();
  page.handOver("contact", { telephone1: "+1", mobilephone: "+2", none: "+3" });
  const first = formOf({ type: 1, rowId: "", values: { telephone1: null, mobilephone: "kept" } });
  form.loaded(first);
  assert.deepEqual([...first.attributes], [["telephone1", "+1"], ["mobilephone", "kept"]]);
  const second = formOf({ type: 1, rowId: "", values: { telephone1: null } });
  form.loaded(second);
  assert.deepEqual([...second.attributes], [["telephone1", null]]);
});

for (const [what, options, late] of [["saved row", { type: 2 }], ["form of another table", { type: 1, table: "lead" }], ["form that opens late", { type: 1 }, 30_000]]) {
  test(`a ${what} is not filled`, () => {
    const { form, page, pass } = prepare();
    page.handOver("contact", { telephone1: "+1" });
    if (late) pass(late);
    const opened = formOf({ rowId: "", values: { telephone1: null }, ...options });
    form.loaded(opened);
    assert.deepEqual([...opened.attributes], [["telephone1", null]]);
  });
}

test("tabs do not hear of each other's forms", () => {
  const { heard } = prepare();
  createFormSide(tab()).loaded(formOf({ values: { telephone1: "1" } }));
  assert.deepEqual(heard, []);
});

test("a tab keeps its name", () => {
  const scope = tab();
  assert.equal(tabOf(scope), tabOf(scope));
  assert.match(tabOf(scope), /^\d+(,\d+){3}$/);
});

test("the frames of a tab share its name, and a tab that was opened out of it has one of its own", () => {
  const page = { document: {}, sessionStorage: { d365popTab: "copied" } };
  page.parent = page;
  const frame = (top) => ({ ...tab(), document: {}, parent: { document: {}, parent: top } });
  const copy = { ...page };
  copy.parent = copy;
  assert.equal(tabOf(frame(page)), tabOf(frame(page)));
  assert.notEqual(tabOf(frame(copy)), tabOf(frame(page)));
});

test("a tab that a page of another origin embeds keeps its name in the topmost frame of its own", () => {
  const foreign = { get document() { throw Object.assign(new Error("blocked"), { name: "SecurityError" }); } };
  foreign.parent = foreign;
  const app = { document: {}, parent: foreign };
  const name = tabOf({ ...tab(), document: {}, parent: app });
  assert.equal(app.d365popTab, name);
});

test("closing leaves no channel behind", () => {
  const { scope, page } = prepare();
  page.close();
  assert.equal(scope.channels.length, 0);
});
