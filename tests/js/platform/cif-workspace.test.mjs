import assert from "node:assert/strict";
import test from "node:test";

import { createCif } from "../../../webresources/src/platform/cif.js";
import { createWorkspace, singleSession } from "../../../webresources/src/platform/cif-workspace.js";

const marta = { table: "contact", id: "1", name: "Marta" };

function fakeFramework({ answer = "", all = [], focused = null, may = true } = {}) {
  const calls = [];
  const handlers = {};
  return {
    calls,
    handlers,
    all,
    focused,
    notifyEvent: async (input) => {
      calls.push(["notifyEvent", input]);
      return typeof answer === "function" ? answer() : answer;
    },
    getAllSessions: async () => all,
    getFocusedSession() {
      return Promise.resolve(this.focused);
    },
    canCreateSession: async () => may,
    createSession: async (input) => {
      calls.push(["createSession", input]);
      all.push("s1");
      return "s1";
    },
    requestFocusSession: async (session) => void calls.push(["requestFocusSession", session]),
    addHandler: (event, handler) => void (handlers[event] = handler),
  };
}

const prepare = (framework, sessionTemplate = "pre_call") => createWorkspace({ framework, notification: "pre_pop", sessionTemplate });

/** What the agent's decision leads to. */
function announced(answer) {
  const framework = fakeFramework({ answer });
  const happened = [];
  const done = new Promise((resolve) => {
    prepare(framework).announce({ id: "i1", message: "Call: Marta", run: () => resolve(happened.push("run")) }, () => resolve(happened.push("reveal")));
    setTimeout(resolve, 20);
  });
  return { framework, happened, done };
}

test("a notification says what popped, in the template that the deploy wrote", async () => {
  const { framework, done } = announced({});
  await done;
  assert.deepEqual(framework.calls, [["notifyEvent", { templateName: "pre_pop", templateParameters: { notice: "Call: Marta" }, cancellationToken: "i1" }]]);
});

const accepted = { actionName: "Accept", responseReason: "Accept" };
for (const [title, answer] of [
  ["in value, as text", JSON.stringify({ value: accepted })],
  ["in value, as texts in one another", JSON.stringify({ value: JSON.stringify(accepted) })],
  ["bare, as text", JSON.stringify(accepted)],
  ["bare, as an object", accepted],
]) {
  test(`accepted runs what the notice is for, told ${title}`, async () => {
    const { happened, done } = announced(answer);
    await done;
    assert.deepEqual(happened, ["run"]);
  });
}

for (const [title, answer, expected] of [
  ["declined leaves the card where it is", { actionName: "Reject", responseReason: "DeclinedByAgent" }, []],
  ["a time-out docks the panel", { actionName: "Timeout", responseReason: "DisplayTimeout" }, ["reveal"]],
  ["a full queue docks the panel", { actionName: "Reject", responseReason: "NotificationQueueLimitExceeded" }, ["reveal"]],
  ["a queue that took too long docks the panel", { actionName: "Reject", responseReason: "NotificationQueueTimeLimitExceeded" }, ["reveal"]],
  ["a template that accepts by itself has asked nobody", { actionName: "Accept", responseReason: "AutoAccept" }, ["reveal"]],
  ["an answer that says nothing docks the panel", "", ["reveal"]],
  ["a template that is not there docks the panel", () => Promise.reject(new Error("NotificationTemplateNotFoundError")), ["reveal"]],
]) {
  test(title, async () => {
    const { happened, done } = announced(answer);
    await done;
    assert.deepEqual(happened, expected);
  });
}

test("a framework that knows no notifications docks the panel", async () => {
  const happened = [];
  prepare({}).announce({ message: "", run: () => happened.push("run") }, () => happened.push("reveal"));
  await new Promise((resolve) => setTimeout(resolve));
  assert.deepEqual(happened, ["reveal"]);
});

for (const [title, told, expected] of [
  ["is withdrawn once", ["i1", "i1"], ["i1"]],
  ["stays when that of another interaction is withdrawn", ["i2"], []],
  ["is not withdrawn after the agent has decided", ["decided", "i1"], []],
]) {
  test(`a notification ${title}`, async () => {
    const cancelled = [];
    const decided = {};
    const framework = {
      ...fakeFramework({ answer: () => new Promise((resolve) => (decided.by = resolve)) }),
      cancelEvent: (token) => Promise.reject(cancelled.push(token)),
    };
    const workspace = prepare(framework, "");
    workspace.announce({ id: "i1", message: "", run: () => undefined }, () => undefined);
    for (const each of told) {
      if (each === "decided") decided.by("");
      else workspace.withdraw(each);
      await new Promise((resolve) => setTimeout(resolve));
    }
    assert.deepEqual(cancelled, expected);
  });
}

test("a record opens in a session of its own, named after it", async () => {
  const framework = fakeFramework();
  assert.equal(await prepare(framework).enter(marta), false);
  const templateParameters = { customerName: "Marta", entityName: "contact", entityId: "1" };
  assert.deepEqual(framework.calls, [["createSession", { templateName: "pre_call", templateParameters }]]);
});

test("a record that has its session already is drawn to the agent's eyes, not opened twice", async () => {
  const framework = fakeFramework();
  const workspace = prepare(framework);
  await workspace.enter(marta);
  assert.equal(await workspace.enter(marta), true);
  assert.deepEqual(framework.calls.at(-1), ["requestFocusSession", "s1"]);
  framework.focused = "s1";
  assert.equal(await workspace.enter(marta), false);
  framework.all.length = 0;
  assert.equal(await workspace.enter(marta), false);
  assert.equal(framework.calls.filter(([name]) => name === "createSession").length, 2);
});

test("without a template, and without room, the record opens in the session in front", async () => {
  const framework = fakeFramework({ may: false });
  assert.equal(await prepare(framework).enter(marta), false);
  assert.equal(await prepare(framework, "").enter(marta), false);
  assert.deepEqual(framework.calls, []);
});

test("a session that cannot be made costs the session, not the record", async () => {
  const framework = { ...fakeFramework(), createSession: () => Promise.reject(new Error("no such template")) };
  assert.equal(await prepare(framework).enter(marta), false);
  assert.equal(await prepare({}).enter(marta), false);
});

test("of version 1 nothing of it is asked", async () => {
  const happened = [];
  assert.equal(await singleSession.enter(marta), false);
  singleSession.withdraw("i1");
  singleSession.announce({ message: "", run: () => happened.push("run") }, () => happened.push("reveal"));
  assert.deepEqual(happened, ["reveal"]);
});

test("what was in front is no longer known in another session, and a session in front needs no form", async () => {
  const framework = { ...fakeFramework(), opened: [], openForm: async (options) => void framework.opened.push(options) };
  const workspace = prepare(framework);
  const xrm = createCif({ framework, environment: {}, rows: {}, clicks: { follow: () => undefined }, scope: {}, workspace });
  await xrm.openRecord(marta);
  assert.deepEqual(xrm.frontRecord(), { table: "contact", id: "1" });
  await framework.handlers.onSessionSwitched("{}");
  assert.equal(xrm.frontRecord(), null);
  await xrm.openRecord(marta);
  assert.equal(framework.opened.length, 1);
});
