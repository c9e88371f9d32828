import assert from "node:assert/strict";
import test from "node:test";

import { makeEnvelope } from "../../../webresources/src/core/messages.js";
import { linkToDynamics } from "../../../webresources/src/platform/dynamics-link.js";
import { fakeScope } from "./fakes.mjs";

const origins = ["https://contoso.crm.dynamics.com", "https://contoso-test.crm.dynamics.com"];
const hello = makeEnvelope("hello", { version: "1.0.0" });
const welcome = makeEnvelope("welcome", { version: "1.0.0", name: "d365pop", dropped: 0 });
const one = makeEnvelope("user", { event: "one" });
const two = makeEnvelope("user", { event: "two" });

function prepare() {
  const scope = fakeScope();
  const posted = [];
  scope.parent = { postMessage: (...message) => posted.push(message) };
  const link = linkToDynamics({ origins, version: "1.0.0", name: "d365pop", scope });
  const say = (data, from = {}) => scope.send({ source: scope.parent, origin: origins[0], data, ...from });
  return { scope, posted, link, say };
}

test("nothing is said before hello; then welcome, what waited, and what comes", () => {
  const { posted, link, say } = prepare();
  link.post("user", { event: "one" });
  assert.deepEqual(posted, []);
  say(hello);
  link.post("user", { event: "two" });
  assert.deepEqual(posted, [[welcome, origins[0]], [one, origins[0]], [two, origins[0]]]);
});

test("the newest hello decides to whom is spoken", () => {
  const { posted, link, say } = prepare();
  say(hello);
  say(hello, { origin: origins[1] });
  link.post("user", { event: "one" });
  assert.deepEqual(posted, [[welcome, origins[0]], [welcome, origins[1]], [one, origins[1]]]);
});

test("a long silence costs the oldest, and welcome says how many", () => {
  const { posted, link, say } = prepare();
  for (let count = 0; count < 53; count += 1) link.post("user", { event: String(count) });
  say(hello);
  assert.deepEqual([posted[0][0].payload.dropped, posted[1][0].payload.event, posted.length], [3, "3", 51]);
});

test("a hello of another version is answered in ours, so that the page can say so, and nothing else happens", () => {
  const { posted, link, say } = prepare();
  say({ ...hello, d365pop: 2 });
  link.post("user", { event: "one" });
  const { version, name } = welcome.payload;
  assert.deepEqual(posted, [[makeEnvelope("welcome", { version, name }), origins[0]]]);
});

for (const [title, data, from] of [
  ["from another window", hello, { source: {} }],
  ["from an origin that is not listed", hello, { origin: "https://contoso.crm.dynamics.com.evil.example" }],
  ["from an opaque origin", hello, { origin: "null" }],
  ["of another shape", { kind: "hello" }, {}],
  ["of another kind", makeEnvelope("user", {}), {}],
]) {
  test(`a message ${title} gets no answer`, () => {
    const { posted, link, say } = prepare();
    link.post("user", { event: "one" });
    say(data, from);
    assert.deepEqual(posted, []);
  });
}

test("a window that nobody embeds listens to nobody", () => {
  const scope = fakeScope();
  scope.parent = scope;
  linkToDynamics({ origins, version: "1.0.0", name: "d365pop", scope });
  assert.equal(scope.listeners.size, 0);
});

test("a closed link answers no more", () => {
  const { scope, posted, link, say } = prepare();
  link.close();
  say(hello);
  assert.deepEqual([posted, scope.listeners.size], [[], 0]);
});

test("welcome tells how far the client is, each time anew", () => {
  const scope = fakeScope();
  const posted = [];
  scope.parent = { postMessage: (message) => posted.push(message.payload) };
  const answers = [{ ready: false }, { ready: true }];
  linkToDynamics({ origins, version: "1.0.0", name: "d365pop", scope, health: () => answers.shift() });
  [1, 2].forEach(() => scope.send({ source: scope.parent, origin: origins[0], data: hello }));
  assert.deepEqual(posted.map(({ ready }) => ready), [false, true]);
});
