import assert from "node:assert/strict";
import test from "node:test";

import { createXrm, findXrm, showAppError, XrmMissing } from "../../../webresources/src/platform/xrm.js";
import { fakeXrm } from "./fakes.mjs";

/** Return the innermost of nested frames; the last one given is the outermost, its own parent. */
function nested(...frames) {
  frames.forEach((frame, index) => {
    if (!("parent" in frame)) frame.parent = frames[index + 1] || frame;
  });
  return frames[0];
}

function foreignFrame() {
  const refuse = () => {
    throw Object.assign(new Error("Blocked a frame"), { name: "SecurityError" });
  };
  return Object.defineProperties({}, { Xrm: { get: refuse }, parent: { get: refuse } });
}

for (const [userSettings, expected] of [[{ languageId: 1031 }, 1031], [{}, 1033], [undefined, 1033]]) {
  test(`the agent's language is ${expected} where the host says ${JSON.stringify(userSettings)}`, () => {
    const Xrm = { ...fakeXrm(), Utility: { getGlobalContext: () => ({ userSettings }) } };
    assert.equal(createXrm({ start: { Xrm } }).languageCode(), expected);
  });
}

test("the nearest frame with a whole Xrm is taken", () => {
  const [near, far] = [fakeXrm(), fakeXrm()];
  assert.equal(findXrm(nested({}, { Xrm: near }, { Xrm: far })), near);
});

test("an Xrm without the parts that we use is passed over", () => {
  const whole = fakeXrm();
  assert.equal(findXrm(nested({ Xrm: { Page: {} } }, { Xrm: whole })), whole);
});

for (const [title, start] of [
  ["no frame has one", nested({}, {})],
  ["the frames above are of another origin", nested({}, foreignFrame())],
]) {
  test(`Xrm is missing when ${title}`, () => assert.throws(() => findXrm(start), XrmMissing));
}

test("an Xrm that fails in an unknown way is not passed over", () => {
  const frame = Object.defineProperty({}, "Xrm", { get: () => { throw new TypeError("broken"); } });
  assert.throws(() => findXrm(frame), TypeError);
});

test("Xrm is looked up on each use, because the client may have replaced it", async () => {
  const [first, second] = [fakeXrm(), fakeXrm()];
  const frame = nested({ Xrm: first });
  const xrm = createXrm({ start: frame });
  await xrm.openNew("lead");
  frame.Xrm = second;
  await xrm.openNew("contact");
  assert.deepEqual([first.calls, second.calls], [
    [["openForm", { entityName: "lead" }]],
    [["openForm", { entityName: "contact" }]],
  ]);
});

const values = "environmentvariabledefinition_environmentvariablevalue";

test("an environment variable is asked for by its schema name, escaped", async () => {
  const api = fakeXrm();
  await createXrm({ start: nested({ Xrm: api }) }).readVariable("new_It's");
  assert.deepEqual(api.calls, [[
    "retrieveMultipleRecords",
    "environmentvariabledefinition",
    `?$select=schemaname,defaultvalue&$filter=schemaname eq 'new_It''s'&$expand=${values}($select=value)`,
  ]]);
});

for (const [title, rows, expected] of [
  ["its current value", [{ defaultvalue: "d", [values]: [{ value: "v" }] }], "v"],
  ["its default where it has no value", [{ defaultvalue: "d", [values]: [] }], "d"],
  ["nothing where it has neither", [{ defaultvalue: null, [values]: [{ value: null }] }], ""],
  ["nothing where it does not exist", [], ""],
]) {
  test(`an environment variable is ${title}`, async () => {
    const api = fakeXrm({ answers: { environmentvariabledefinition: rows } });
    assert.equal(await createXrm({ start: nested({ Xrm: api }) }).readVariable("new_x"), expected);
  });
}

test("a record, a new form and a list are opened without any number in them", async () => {
  const api = fakeXrm();
  const xrm = createXrm({ start: nested({ Xrm: api }) });
  await xrm.openRecord({ table: "contact", id: "a" });
  await xrm.openNew("lead");
  await xrm.openList("account");
  assert.deepEqual(api.calls, [
    ["openForm", { entityName: "contact", entityId: "a" }],
    ["openForm", { entityName: "lead" }],
    ["navigateTo", { pageType: "entitylist", entityName: "account" }],
  ]);
});

const label = (text) => ({ UserLocalizedLabel: { Label: text, LanguageCode: 1033 }, LocalizedLabels: [] });
const refuse = () => { throw { message: "no privilege" }; };

for (const [title, api, expected] of [
  ["texts", fakeXrm({ metadata: () => ({ DisplayName: "Kontakt", DisplayCollectionName: "Kontakte" }) }), ["Kontakt", "Kontakte"]],
  ["labels", fakeXrm({ metadata: () => ({ DisplayName: label("Kontakt"), DisplayCollectionName: label("Kontakte") }) }), ["Kontakt", "Kontakte"]],
  ["nothing", fakeXrm({ metadata: () => null }), ["New visit", "New visit"]],
  ["a refusal", fakeXrm({ metadata: refuse }), ["New visit", "New visit"]],
  ["no such function", { ...fakeXrm(), Utility: undefined }, ["New visit", "New visit"]],
]) {
  test(`a table is called ${expected[1]} where its metadata are ${title}`, async () => {
    const { one, many } = await createXrm({ start: nested({ Xrm: api }) }).tableLabels("new_visit");
    assert.deepEqual([one, many], expected);
  });
}

test("rows are asked for with the query and the page size given", async () => {
  const api = fakeXrm({ answers: { contact: [{ contactid: "a" }] } });
  const rows = await createXrm({ start: nested({ Xrm: api }) }).retrieve({ table: "contact", query: "?$top=1", pageSize: 10 });
  assert.deepEqual([rows, api.calls], [[{ contactid: "a" }], [["retrieveMultipleRecords", "contact", "?$top=1", 10]]]);
});

test("a notification is an information bar whose action runs once and takes it away", async () => {
  const api = fakeXrm();
  const ran = [];
  await createXrm({ start: nested({ Xrm: api }) }).notify({ message: "Ann", actionLabel: "Open", run: () => ran.push(1) });
  const [[, { action, ...shown }]] = api.calls;
  assert.deepEqual([shown, action.actionLabel], [{ type: 2, level: 4, message: "Ann", showCloseButton: true }, "Open"]);
  action.eventHandler();
  await new Promise(setImmediate);
  assert.deepEqual([ran, api.calls.at(-1)], [[1], ["clearGlobalNotification", "notice-1"]]);
});

test("an error is an error bar that can be closed", async () => {
  const api = fakeXrm();
  await showAppError(api, "broken");
  assert.deepEqual(api.calls, [["addGlobalNotification", { type: 2, level: 2, message: "broken", showCloseButton: true }]]);
});

test("revealing selects the pane, and does nothing where there is none", async () => {
  const api = fakeXrm();
  const xrm = createXrm({ start: nested({ Xrm: api }) });
  xrm.reveal();
  assert.deepEqual(api.calls, []);
  await api.App.sidePanes.createPane({ paneId: "d365pop_softphone" });
  xrm.reveal();
  assert.deepEqual(api.calls.at(-1), ["select", "d365pop_softphone"]);
});

for (const [title, get, expected] of [
  ["refuses whoever asks has ended", async () => ({ status: 401 }), true],
  ["sends to the sign-in page has ended", async () => ({ status: 0, type: "opaqueredirect" }), true],
  ["answers goes on", async () => ({ status: 200, type: "basic" }), false],
  ["is throttled goes on", async () => ({ status: 429, type: "basic" }), false],
  ["nobody answers for is not judged", async () => { throw new TypeError("Failed to fetch"); }, false],
]) {
  test(`a sign-in to Dynamics that ${title}`, async () => {
    const asked = [];
    const { isSignedOut } = createXrm({ start: {}, get: (...request) => { asked.push(request); return get(); } });
    assert.deepEqual([await isSignedOut(), asked], [expected, [["/api/data/v9.2/WhoAmI", { redirect: "manual" }]]]);
  });
}
