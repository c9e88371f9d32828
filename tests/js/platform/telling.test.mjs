import assert from "node:assert/strict";
import test from "node:test";

import { text } from "../../../webresources/src/core/texts.js";
import { createTell } from "../../../webresources/src/platform/telling.js";

const telemetry = { url: "https://in.example/v2/track", key: "k" };

function prepare(settings = telemetry) {
  const scripts = [];
  const lines = [];
  const scope = { document: { createElement: () => ({}), head: { appendChild: (script) => scripts.push(script) } } };
  let time = 0;
  const tell = createTell({ telemetry: settings, version: "1.0.0", now: () => (time += 1), log: (line) => lines.push(line), scope });
  return { tell, scripts, lines, scope };
}

test("without a configuration nothing is loaded and nothing is kept", () => {
  const { tell, scripts } = prepare(null);
  tell("dial", {});
  assert.deepEqual(scripts, []);
});

test("what is told before telemetry.js is there is handed on with its time", async () => {
  const { tell, scripts, scope } = prepare();
  const told = [];
  tell("dial", { source: "pane" });
  scope.D365PopTelemetry = { start: (options) => { told.push(options); return (...one) => told.push(one); } };
  scripts[0].onload();
  await new Promise(setImmediate);
  tell("dial", { source: "command" });
  await new Promise(setImmediate);
  assert.deepEqual([scripts[0].src, told], ["telemetry.js", [
    { ...telemetry, version: "1.0.0", text }, ["dial", { source: "pane" }, 1], ["dial", { source: "command" }, 2],
  ]]);
});

test("a script that cannot be loaded is told in the log and keeps nothing", async () => {
  const { tell, scripts, lines } = prepare();
  scripts[0].onerror();
  await new Promise(setImmediate);
  tell("dial", {});
  assert.deepEqual(lines, ["telemetry.js cannot be loaded."]);
});
