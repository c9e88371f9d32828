import assert from "node:assert/strict";
import test from "node:test";

import { linkClicks } from "../../../webresources/src/platform/cif-clicks.js";
import { startCif } from "../../../webresources/src/platform/cif-start.js";
import { createCif } from "../../../webresources/src/platform/cif.js";

const id = "d3650000-0000-4000-8000-000200000001";

function fakeFramework() {
  const calls = [];
  const handlers = {};
  const record = (name) => async (...values) => void calls.push([name, ...values]);
  return {
    calls,
    handlers,
    getEnvironment: async () => JSON.stringify({ userId: "{ABC}", userLcid: 1031, clientUrl: "https://org" }),
    openForm: record("openForm"),
    searchAndOpenRecords: record("searchAndOpenRecords"),
    setClickToAct: record("setClickToAct"),
    setMode: record("setMode"),
    addHandler: (event, handler) => {
      handlers[event] = handler;
    },
  };
}

function answering(body, { status = 200, headers = {} } = {}) {
  const asked = [];
  const get = async (path, options) => {
    asked.push([path, options]);
    const type = { "Content-Type": "application/json", ...headers };
    return new Response(status === 204 ? null : JSON.stringify(body), { status, headers: type });
  };
  return { asked, get };
}

function prepare() {
  const framework = fakeFramework();
  const opened = [];
  const known = {};
  const xrm = createCif({
    framework,
    environment: { userId: "{ABC}", userLcid: 1031, clientUrl: "https://org" },
    rows: {
      send: async (path) => {
        assert.equal(path, "EntityDefinitions(LogicalName='contact')?$select=PrimaryIdAttribute");
        return { PrimaryIdAttribute: "contactid" };
      },
      isSignedOut: async () => true,
    },
    clicks: { follow: (front) => Object.assign(known, { front }) },
    scope: { open: (url) => opened.push(url) },
  });
  return { xrm, framework, opened, known };
}

test("records, new rows and lists are opened by the framework", async () => {
  const { xrm, framework } = prepare();
  await xrm.openRecord({ table: "contact", id });
  await xrm.openNew("lead");
  await xrm.openList("contact");
  assert.deepEqual(framework.calls, [
    ["openForm", JSON.stringify({ entityName: "contact", entityId: id })],
    ["openForm", JSON.stringify({ entityName: "lead" })],
    ["searchAndOpenRecords", "contact", "?$select=contactid&$search=", false],
  ]);
});

test("what wants the agent docks the panel", async () => {
  const { xrm, framework } = prepare();
  await xrm.notify({ message: "", actionLabel: "", run: () => assert.fail("nobody accepted") });
  xrm.reveal();
  assert.deepEqual(framework.calls, [["setMode", 1], ["setMode", 1]]);
});

test("a panel that cannot be docked costs nothing else", async () => {
  const { xrm, framework } = prepare();
  framework.setMode = () => Promise.reject(new Error("This session has no panel."));
  await xrm.notify({ message: "", actionLabel: "", run: () => assert.fail("nobody accepted") });
});

test("a panel without sessions takes a record's name for nothing more", async () => {
  const { xrm, framework } = prepare();
  await xrm.openRecord({ table: "contact", id, name: "Marta" });
  assert.deepEqual(framework.calls, [["openForm", JSON.stringify({ entityName: "contact", entityId: id })]]);
});

test("the agent, the language and the sign-in come from the environment", async () => {
  const { xrm, opened } = prepare();
  assert.deepEqual([xrm.userId(), xrm.languageCode(), await xrm.isSignedOut()], ["abc", 1031, true]);
  xrm.signIn();
  assert.deepEqual(opened, ["https://org"]);
});

for (const [title, value, expected] of [
  ["a record", `https://org/main.aspx?pagetype=entityrecord&etn=contact&id=%7B${id.toUpperCase()}%7D`, { table: "contact", id }],
  ["a list", "https://org/main.aspx?pagetype=entitylist&etn=contact", null],
  ["the home page", "https://org/main.aspx", null],
]) {
  for (const payload of [JSON.stringify({ value }), { value }]) {
    test(`what is in front is known after ${title} was shown, told as ${typeof payload}`, async () => {
      const { xrm, framework } = prepare();
      await framework.handlers.onpagenavigate(payload);
      assert.deepEqual(xrm.frontRecord(), expected);
    });
  }
}

for (const payload of [JSON.stringify({ value: "555 0102" }), { value: "555 0102" }]) {
  test(`a clicked number is dialled for the record in front, told as ${typeof payload}`, async () => {
    const framework = fakeFramework();
    const forms = [];
    const clicks = linkClicks({ framework, link: () => "linked" });
    clicks.follow(() => ({ table: "contact", id }));
    assert.equal(clicks.linkForms({ onForm: (form, how) => forms.push([form, how]) }), "linked");
    assert.ok(framework.handlers.onclicktoact(payload) instanceof Promise);
    await null;
    const [[form, how]] = forms;
    assert.deepEqual([form.table, form.id, form.numbers, how], ["contact", id, [{ column: "", number: "555 0102" }], { dials: true }]);
  });
}

const firstVersion = { sessions: false, notification: "", sessionTemplate: "", presence: {} };

function scopeWith({ loads }) {
  const listeners = {};
  const lines = [];
  const scope = {
    lines,
    location: { origin: "https://org", search: "" },
    addEventListener: (name, listener) => {
      listeners[name] = listener;
    },
    setTimeout: () => 1,
    clearTimeout: () => undefined,
    document: {
      createElement: () => ({ attributes: {}, setAttribute(name, value) { this.attributes[name] = value; } }),
      querySelector: (name) => ({ appendChild: (line) => void (name === "header" && lines.push(line)) }),
      head: { appendChild: (script) => loads(script, scope, listeners) },
    },
  };
  return scope;
}

/** A window in which the framework loads. */
function scopeOf(framework) {
  const loaded = [];
  const scope = scopeWith({
    loads: (script, window, listeners) => {
      loaded.push(script);
      window.Microsoft = { CIFramework: framework };
      listeners.CIFInitDone();
    },
  });
  return { scope, loaded };
}

const shownLines = (scope) => scope.lines.filter(({ hidden }) => !hidden).map(({ attributes }) => attributes["data-text"]);

test("the library is loaded from the organisation, and click-to-act is switched on", async () => {
  const framework = fakeFramework();
  const { scope, loaded: scripts } = scopeOf(framework);
  const host = await startCif({ scope, get: async () => undefined, panel: firstVersion });
  const [loaded] = scripts;
  assert.deepEqual(shownLines(scope), []);
  assert.equal(loaded.src, "https://org/webresources/Widget/msdyn_ciLibrary.js");
  assert.deepEqual(loaded.attributes, { "data-crmurl": "https://org", "data-cifid": "CIFMainLibrary" });
  assert.deepEqual(framework.calls, [["setClickToAct", true]]);
  assert.equal(host.xrm.languageCode(), 1031);
});

test("clicks that are refused are a line in the page, and the phone lives", async () => {
  const framework = { ...fakeFramework(), setClickToAct: () => Promise.reject(new Error("refused")) };
  const { scope } = scopeOf(framework);
  const { xrm } = await startCif({ scope, get: async () => undefined, panel: firstVersion });
  await null;
  assert.deepEqual(shownLines(scope), ["clicks-refused-hint"]);
  assert.equal(xrm.userId(), "abc");
});

test("a panel with sessions is docked when it starts, and without a presence nobody listens", async () => {
  const framework = fakeFramework();
  const { scope } = scopeOf(framework);
  const panel = { ...firstVersion, sessions: true };
  await startCif({ scope, get: async () => undefined, panel });
  assert.deepEqual(framework.calls, [["setClickToAct", true], ["setMode", 1]]);
  assert.deepEqual(scope.lines.map(({ attributes }) => attributes["data-text"]), ["clicks-refused-hint"]);
});

test("a page without its panel says why it cannot start", async () => {
  const scope = scopeWith({ loads: (script) => script.onerror() });
  const { xrm } = await startCif({ scope, get: async () => undefined, panel: firstVersion });
  await assert.rejects(xrm.readVariable("x"), /cannot be loaded: is the Channel Integration Framework installed/);
});
