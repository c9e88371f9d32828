import assert from "node:assert/strict";
import test from "node:test";

import { makeEnvelope } from "../../../webresources/src/core/messages.js";
import { followStatus } from "../../../webresources/src/platform/cif-presence.js";

const origin = "https://apps.example.test";
const presence = { ON_QUEUE: "Available", MEAL: "Away" };

function prepare({ now = "Busy", answer = true } = {}) {
  const written = [];
  const problems = [];
  let hear;
  const frame = { contentWindow: {}, src: origin + "/crm/index.html" };
  const state = { now, answer };
  const framework = {
    getPresence: async () => state.now,
    setPresence: async (text) => {
      written.push(text);
      if (state.answer === true) state.now = text;
      return state.answer;
    },
  };
  const scope = {
    document: { getElementById: (id) => (id === "genesys-frame" ? state.frame : null) },
    addEventListener: (_name, listener) => {
      hear = listener;
    },
  };
  state.frame = frame;
  followStatus({ framework, presence, scope, showProblem: (shown) => problems.push(shown) });
  const tell = async (message) => {
    hear({ source: frame.contentWindow, origin, data: makeEnvelope("user", { event: "status", status: "ON_QUEUE" }), ...message });
    await new Promise((resolve) => setTimeout(resolve));
  };
  return { tell, written, problems, state };
}

const statusOf = (status) => ({ data: makeEnvelope("user", { event: "status", status }) });

test("a status becomes the presence that is configured for it", async () => {
  const { tell, written, problems } = prepare();
  await tell({});
  await tell(statusOf("MEAL"));
  assert.deepEqual(written, ["Available", "Away"]);
  assert.deepEqual(problems, [false, false]);
});

test("a status is read as the agent reads it, too", async () => {
  const { tell, written } = prepare();
  await tell(statusOf("On Queue"));
  assert.deepEqual(written, ["Available"]);
});

test("a presence that is there already is not written again", async () => {
  const { tell, written } = prepare({ now: "Available" });
  await tell({});
  assert.deepEqual(written, []);
});

for (const [title, message] of [
  ["a status that is not configured", statusOf("TRAINING")],
  ["another event", { data: makeEnvelope("user", { event: "login" }) }],
  ["another kind", { data: makeEnvelope("notice", { event: "status", status: "MEAL" }) }],
  ["no envelope", { data: { event: "status", status: "MEAL" } }],
  ["another origin", { origin: "https://evil.example" }],
  ["another window", { source: {} }],
]) {
  test(title + " changes nothing", async () => {
    const { tell, written } = prepare();
    await tell(message);
    assert.deepEqual(written, []);
  });
}

test("before there is a frame, nobody is heard", async () => {
  const { tell, written, state } = prepare();
  state.frame = null;
  await tell({});
  assert.deepEqual(written, []);
});

for (const answer of [false, "FAILED"]) {
  test(`a presence that is answered with ${answer} is a problem, until one is taken`, async () => {
    const { tell, problems, state } = prepare({ answer });
    await tell({});
    assert.deepEqual(problems, [true]);
    state.answer = true;
    await tell(statusOf("MEAL"));
    assert.deepEqual(problems, [true, false]);
  });
}

test("a framework that cannot be asked is a problem", async () => {
  const problems = [];
  let hear;
  const frame = { contentWindow: {}, src: origin + "/" };
  const scope = { document: { getElementById: () => frame }, addEventListener: (_name, listener) => (hear = listener) };
  followStatus({ framework: {}, presence, scope, showProblem: (shown) => problems.push(shown) });
  hear({ source: frame.contentWindow, origin, ...statusOf("MEAL") });
  await new Promise((resolve) => setTimeout(resolve));
  assert.deepEqual(problems, [true]);
});
