import assert from "node:assert/strict";
import test from "node:test";

import { makeEnvelope } from "../../../webresources/src/core/messages.js";
import { mountGenesysFrame } from "../../../webresources/src/platform/genesys-frame.js";
import { fakeScope } from "./fakes.mjs";

const origin = "https://apps.mypurecloud.com";
const url = origin + "/crm/embeddableFramework.html";
const hello = makeEnvelope("hello", { version: "1.0.0", language: 1031 });

function prepare({ diagnose = async () => "" } = {}) {
  const scope = fakeScope();
  const container = scope.document.createElement("main");
  const states = [];
  const got = [];
  const { stop: unmount, post, reload } = mountGenesysFrame({
    container, url, version: "1.0.0", language: 1031, scope, diagnose,
    onEnvelope: (envelope) => got.push(envelope),
    onState: (state, version) => states.push(version ? `${state} ${version}` : state),
  });
  const frame = container.children[0];
  const say = (data, from = {}) => scope.send({ source: frame.contentWindow, origin, data, ...from });
  return { scope, container, states, got, frame, say, unmount, post, reload };
}

test("the frame is named, and the device is shared with the exact origin only", () => {
  const { frame } = prepare();
  assert.deepEqual([frame.src, frame.title], [url, "Genesys Cloud phone"]);
  assert.equal(frame.allow, `camera ${origin}; microphone ${origin}; autoplay ${origin}; hid ${origin}`);
});

test("hello is said to the exact origin once the frame has loaded, each second until the answer", () => {
  const { scope, frame, say } = prepare();
  scope.pass(1000);
  assert.deepEqual(frame.posted, []);
  frame.dispatch("load");
  scope.pass(1000);
  assert.deepEqual(frame.posted, [[hello, origin], [hello, origin]]);
  say(makeEnvelope("welcome", { version: "1.0.0" }));
  scope.pass(1000);
  assert.deepEqual([frame.posted.length, scope.timers.size], [2, 0]);
});

for (const [version, state] of [["1.0.0", "connected 1.0.0"], ["0.9.0", "differs 0.9.0"], [undefined, "differs"], [7, "differs"]]) {
  test(`a welcome from version ${version} means ${state}`, () => {
    const { frame, states, say } = prepare();
    frame.dispatch("load");
    say(makeEnvelope("welcome", { version }));
    assert.deepEqual(states, ["loading", "waiting", state]);
  });
}

test("a framework.js that never answers is told, and greeted further", () => {
  const { scope, frame, states } = prepare();
  frame.dispatch("load");
  scope.pass(20000);
  assert.deepEqual(states, ["loading", "waiting", "silent"]);
  scope.pass(1000);
  assert.equal(frame.posted.length, 2);
});

test("once the agent is told, hello is said less often", () => {
  const { scope, frame } = prepare();
  frame.dispatch("load");
  for (let second = 0; second < 19; second += 1) scope.pass(1000);
  assert.equal(frame.posted.length, 20);
  scope.pass(1000);
  assert.equal(frame.posted.length, 20);
  scope.pass(5000);
  assert.equal(frame.posted.length, 21);
});

test("a frame that went away is not spoken to", () => {
  const { scope, frame } = prepare();
  frame.dispatch("load");
  frame.contentWindow = null;
  scope.pass(1000);
  assert.equal(frame.posted.length, 1);
});

test("a frame that loads again and stays silent is told as well", () => {
  const { scope, frame, states, say } = prepare();
  frame.dispatch("load");
  say(makeEnvelope("welcome", { version: "1.0.0" }));
  frame.dispatch("load");
  scope.pass(20000);
  assert.equal(states.at(-1), "silent");
});

test("a frame that never loads is told too", () => {
  const { scope, states } = prepare();
  scope.pass(20000);
  assert.deepEqual(states, ["loading", "silent"]);
});

test("a frame that loads again is greeted again, since its framework.js is a new one", () => {
  const { frame, states, say } = prepare();
  frame.dispatch("load");
  say(makeEnvelope("welcome", { version: "1.0.0" }));
  frame.dispatch("load");
  assert.deepEqual([frame.posted.length, states.at(-1)], [2, "waiting"]);
});

test("an envelope of the frame is passed on", () => {
  const { frame, got, say } = prepare();
  frame.dispatch("load");
  say(makeEnvelope("screen-pop", { searchString: "1" }));
  assert.deepEqual(got, [makeEnvelope("screen-pop", { searchString: "1" })]);
});

for (const [title, data, from] of [
  ["of another window", makeEnvelope("screen-pop", {}), { source: {} }],
  ["of another origin", makeEnvelope("screen-pop", {}), { origin: "https://apps.mypurecloud.com.evil.example" }],
  ["of an opaque origin", makeEnvelope("screen-pop", {}), { origin: "null" }],
  ["of another shape", { kind: "screen-pop" }, {}],
  ["that is text", JSON.stringify(makeEnvelope("screen-pop", {})), {}],
  ["that welcomes from another origin", makeEnvelope("welcome", { version: "1.0.0" }), { origin: "https://evil.example" }],
]) {
  test(`a message ${title} changes nothing`, () => {
    const { frame, got, states, say } = prepare();
    frame.dispatch("load");
    say(data, from);
    assert.deepEqual([got, states], [[], ["loading", "waiting"]]);
  });
}

test("a frame that has not loaded has nothing to say", () => {
  const { got, say } = prepare();
  say(makeEnvelope("screen-pop", {}));
  assert.deepEqual(got, []);
});

test("unmounting leaves no frame, no listener and no timer", () => {
  const { scope, container, frame, unmount } = prepare();
  frame.dispatch("load");
  unmount();
  frame.dispatch("load");
  assert.deepEqual([container.children, scope.listeners.size, scope.timers.size], [[], 0, 0]);
});

test("what the page asks for goes to the exact origin", () => {
  const { frame, post } = prepare();
  post("dial", { number: "+15550100001" });
  assert.deepEqual(frame.posted, [[makeEnvelope("dial", { number: "+15550100001" }), origin]]);
});

test("a framework.js of other messages is refused, and nothing of it is acted on", () => {
  const { frame, say, states, got, scope } = prepare();
  frame.dispatch("load");
  say({ d365pop: 2, kind: "welcome", payload: { version: "9.0.0" } });
  say({ d365pop: 2, kind: "screen-pop", payload: {} });
  scope.pass(60_000);
  assert.deepEqual([states.at(-1), states.filter((state) => state.startsWith("refused")).length, got], ["refused 2", 1, []]);
});

test("a foreign window cannot have the connection refused", () => {
  const { frame, say, states } = prepare();
  frame.dispatch("load");
  say({ d365pop: 2, kind: "welcome", payload: {} }, { origin: "https://evil.example" });
  assert.equal(states.at(-1), "waiting");
});

const user = (event) => makeEnvelope("user", { event });
const arrived = makeEnvelope("welcome", { version: "1.0.0", ready: false });

test("a client in which nobody has signed in says so after a while, and is connected once somebody has", () => {
  const { scope, frame, states, say } = prepare();
  frame.dispatch("load");
  say(arrived);
  scope.pass(20000);
  say(user("started"));
  assert.deepEqual(states, ["loading", "waiting", "signed-out", "connected 1.0.0"]);
});

test("a client that starts at once never passes for signed out", () => {
  const { scope, frame, states, say } = prepare();
  frame.dispatch("load");
  [arrived, user("started"), user("login")].forEach((envelope) => say(envelope));
  scope.pass(20000);
  assert.deepEqual(states, ["loading", "waiting", "connected 1.0.0"]);
});

test("a logout is shown until the login, and what arrives meanwhile is passed on", () => {
  const { frame, states, got, say } = prepare();
  frame.dispatch("load");
  [makeEnvelope("welcome", { version: "0.9.0" }), user("logout"), makeEnvelope("screen-pop", {}), user("login")].forEach((envelope) => say(envelope));
  assert.deepEqual(states, ["loading", "waiting", "differs 0.9.0", "signed-out", "differs 0.9.0"]);
  assert.deepEqual(got.map(({ kind }) => kind), ["user", "screen-pop", "user"]);
});

test("a browser that keeps nothing for the client is named, unless the client runs all the same", () => {
  const outcomes = [false, true].map((ready) => {
    const { frame, states, say } = prepare();
    frame.dispatch("load");
    say(makeEnvelope("welcome", { version: "1.0.0", ready, storage: false }));
    return states.at(-1);
  });
  assert.deepEqual(outcomes, ["no-storage", "connected 1.0.0"]);
});

const violation = { effectiveDirective: "frame-src", blockedURI: origin };

test("a frame that this page's policy keeps out is named at once, error page or not", () => {
  const { scope, frame, states } = prepare();
  scope.document.report(violation);
  frame.dispatch("load");
  scope.pass(20000);
  assert.deepEqual([states, frame.posted], [["loading", "blocked"], []]);
});

for (const [title, other] of [
  ["another host", { ...violation, blockedURI: "https://apps.mypurecloud.com.evil.example" }],
  ["another kind of thing", { ...violation, effectiveDirective: "img-src" }],
]) {
  test(`a policy that keeps ${title} out says nothing of the frame`, () => {
    const { scope, states } = prepare();
    scope.document.report(other);
    assert.deepEqual(states, ["loading"]);
  });
}

test("a client that stays silent is looked into, and what was found is told", async () => {
  const { scope, frame, states } = prepare({ diagnose: async () => "unembeddable" });
  frame.dispatch("load");
  scope.pass(20000);
  await new Promise(setImmediate);
  assert.deepEqual(states, ["loading", "waiting", "silent", "unembeddable"]);
});

test("what was found too late is not told", async () => {
  const { scope, frame, states, say } = prepare({ diagnose: async () => "unreachable" });
  frame.dispatch("load");
  scope.pass(20000);
  say(makeEnvelope("welcome", { version: "1.0.0" }));
  await new Promise(setImmediate);
  assert.deepEqual(states, ["loading", "waiting", "silent", "connected 1.0.0"]);
});

test("a reload begins anew", () => {
  const { frame, states, say, reload } = prepare();
  frame.dispatch("load");
  say(user("logout"));
  frame.src = "";
  reload();
  frame.dispatch("load");
  assert.deepEqual([frame.src, states], [url, ["loading", "waiting", "signed-out", "loading", "waiting"]]);
});
