import assert from "node:assert/strict";
import { test } from "node:test";

import { createFrameworkCalls } from "../../../d365pop/emulator/softphone_pages/framework-calls.js";

const INTERACTION = { id: "i1", remoteName: "Ana", displayAddress: "+4930", attributes: {} };

function wire(framework) {
  const problems = [];
  const base = { config: { name: "Pop", clientIds: {} }, initialSetup() {} };
  const scope = { Framework: { ...base, ...framework } };
  return { problems, calls: createFrameworkCalls({ scope, report: (problem) => problems.push(problem) }) };
}

test("a screen pop gives the displayed address and a copy of the interaction", () => {
  const popped = [];
  wire({ screenPop: (...given) => popped.push(given) }).calls.screenPop(INTERACTION);
  assert.deepEqual(popped, [["+4930", INTERACTION]]);
  assert.notEqual(popped[0][1], INTERACTION);
});

test("a call log is created first and updated under the id that it was given", () => {
  const logs = [];
  const config = { name: "Pop", clientIds: {}, settings: { enableCallLogs: true } };
  const { calls } = wire({
    config,
    processCallLog: (log, _interaction, eventName, onSuccess) => {
      logs.push([eventName, log.id]);
      onSuccess({ id: "log-1" });
    },
  });
  calls.callLog("interactionChanged", INTERACTION);
  calls.callLog("interactionDisconnected", INTERACTION);
  assert.deepEqual(logs, [["interactionChanged", undefined], ["interactionDisconnected", "log-1"]]);
});

test("without the setting there is no call log", () => {
  const logs = [];
  const { calls } = wire({ processCallLog: () => logs.push(1) });
  calls.callLog("interactionChanged", INTERACTION);
  assert.deepEqual([logs, calls.logsCalls()], [[], false]);
});

test("a call log that fails is told", () => {
  const config = { name: "Pop", clientIds: {}, settings: { enableCallLogs: true } };
  const { calls, problems } = wire({ config, processCallLog: (_a, _b, _c, _done, onFailure) => onFailure("full") });
  calls.callLog("interactionChanged", INTERACTION);
  assert.deepEqual(problems, ["processCallLog failed: full"]);
});

test("contacts are searched where the settings name them", async () => {
  const config = { name: "Pop", clientIds: {}, settings: { searchTargets: ["FrameworkContacts"] } };
  const { calls } = wire({ config, contactSearch: (text, onSuccess) => onSuccess([{ name: text }]) });
  assert.equal(calls.searchesContacts(), true);
  assert.deepEqual(await calls.searchContacts("Ana"), [{ name: "Ana" }]);
  assert.equal(wire({}).calls.searchesContacts(), false);
});

test("a script that sets no framework is refused", () => {
  const calls = createFrameworkCalls({ scope: {}, report() {} });
  assert.throws(() => calls.initialSetup(), /sets no window.Framework/);
});
