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

test("a notification is an information bar whose action runs once and takes it away", async () => {
  const api = fakeXrm();
  const ran = [];
  await createXrm({ start: nested({ Xrm: api }) }).notify({ id: "i1", message: "Ann", actionLabel: "Open", run: () => ran.push(1) });
  const [[, { action, ...shown }]] = api.calls;
  assert.deepEqual([shown, action.actionLabel], [{ type: 2, level: 4, message: "Ann", showCloseButton: true }, "Open"]);
  action.eventHandler();
  await new Promise(setImmediate);
  assert.deepEqual([ran, api.calls.at(-1)], [[1], ["clearGlobalNotification", "notice-1"]]);
});

test("a notification is withdrawn, and another of the same interaction takes its place", async () => {
  const api = fakeXrm();
  const bars = [];
  api.App.addGlobalNotification = async ({ message }) => { bars.push(message); return message; };
  api.App.clearGlobalNotification = async (id) => { bars.splice(bars.indexOf(id), 1); };
  const xrm = createXrm({ start: nested({ Xrm: api }) });
  const shown = async (run) => {
    await run();
    await new Promise(setImmediate);
    return [...bars];
  };
  const notify = (id, message) => shown(() => xrm.notify({ id, message, actionLabel: "Open", run: () => {} }));
  const withdraw = (id) => shown(() => xrm.withdraw(id));
  assert.deepEqual(await notify("i1", "Ann"), ["Ann"]);
  assert.deepEqual(await notify("i2", "Acme"), ["Ann", "Acme"]);
  assert.deepEqual(await notify("i1", "Anna"), ["Acme", "Anna"]);
  assert.deepEqual(await withdraw("i1"), ["Acme"]);
  assert.deepEqual(await withdraw("i1"), ["Acme"]);
});

test("a notification that was refused, or that the agent has closed, is withdrawn without a word", async () => {
  const api = fakeXrm();
  api.App.addGlobalNotification = () => Promise.reject(new Error("no bar"));
  const xrm = createXrm({ start: nested({ Xrm: api }) });
  await assert.rejects(xrm.notify({ id: "i1", message: "Ann", actionLabel: "Open", run: () => {} }), { message: "no bar" });
  xrm.withdraw("i1");
  await new Promise(setImmediate);
  assert.deepEqual(api.calls, []);
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
