import assert from "node:assert/strict";
import { test } from "node:test";

import { createLibraryLoader, parseParameters, resolveFunction, runHandlers } from "../../../d365pop/emulator/shell/handlers.js";

const handler = (functionName, more = {}) => ({
  event: "onload",
  attribute: "",
  functionName,
  libraryName: "new_/a.js",
  parameters: "",
  passExecutionContext: false,
  ...more,
});

async function run(handlers, globals) {
  const errors = [];
  await runHandlers(handlers, {
    executionContext: "context",
    globals,
    onError: ({ functionName }, error) => errors.push([functionName, error.message]),
  });
  return errors;
}

test("the execution context comes first, then the parameters", async () => {
  const calls = [];
  const globals = { A: { onLoad: (...given) => calls.push(given) } };
  await run([handler("A.onLoad", { passExecutionContext: true, parameters: '"a", {b: 2}' }), handler("A.onLoad", { parameters: "3" })], globals);
  assert.deepEqual(calls, [["context", "a", { b: 2 }], [3]]);
});

test("a function keeps the namespace that it is called on", () => {
  const globals = { A: { name: "A", who() { return this.name; } } };
  assert.equal(resolveFunction("A.who", globals)(), "A");
});

test("a handler that throws is told and stops nobody else", async () => {
  const calls = [];
  const globals = { A: { bad: () => { throw new Error("no"); }, good: () => calls.push("good") } };
  assert.deepEqual(await run([handler("A.bad"), handler("A.good")], globals), [["A.bad", "no"]]);
  assert.deepEqual(calls, ["good"]);
});

test("a promise that is rejected is told", async () => {
  const globals = { later: () => Promise.reject(new Error("later")) };
  assert.deepEqual(await run([handler("later")], globals), [["later", "later"]]);
});

for (const name of ["gone", "A.gone", "A.gone.too", "A.text"]) {
  test(`the handler ${name} is not a function and is told so`, async () => {
    assert.deepEqual(await run([handler(name)], { A: { text: "x" } }), [[name, `${name} is not defined`]]);
  });
}

test("parameters that are no argument list are an error of the handler", async () => {
  const [[, message]] = await run([handler("f", { parameters: '"a", }' })], { f() {} });
  assert.match(message, /Unexpected token/);
});

test("no parameters are no arguments", () => {
  assert.deepEqual(parseParameters("  "), []);
});

test("libraries are loaded once, in order, and a missing one does not stop the next", async () => {
  const loaded = [];
  const errors = [];
  const load = async (name) => {
    if (name === "gone.js") throw new Error("404");
    loaded.push(name);
  };
  const loadLibraries = createLibraryLoader({ load });
  await loadLibraries(["b.js", "gone.js", "a.js"], (name) => errors.push(name));
  await loadLibraries(["A.js", "c.js"], (name) => errors.push(name));
  assert.deepEqual({ loaded, errors }, { loaded: ["b.js", "a.js", "c.js"], errors: ["gone.js"] });
});
