import assert from "node:assert/strict";
import test from "node:test";

import { createTelemetry } from "../../../webresources/src/core/telemetry.js";
import { hostileText, seeded } from "./seeded.mjs";

function prepare() {
  let ids = 0;
  const read = createTelemetry({ newId: () => `o${(ids += 1)}` });
  const events = [];
  const tell = (name, facts, time = 0) => events.push(...read(name, facts, time));
  return { tell, events };
}

const pop = { id: "i1", medium: "voice", direction: "inbound", dialer: false, action: "auto" };
const properties = { medium: "voice", direction: "inbound", action: "auto", campaign: "false" };

test("a pop tells how long each stage took and what came of it", () => {
  const { tell, events } = prepare();
  tell("pop", pop, 100);
  tell("found", { id: "i1", matches: 1, opened: false }, 160);
  tell("found", { id: "i1", matches: 1, opened: true }, 185);
  tell("settled", { id: "i1" }, 190);
  assert.deepEqual(events, [{
    name: "screen pop", operation: "o1",
    properties: { ...properties, outcome: "one", opened: "true" },
    measurements: { search: 60, present: 30, total: 90, matches: 1 },
  }]);
});

for (const [matches, outcome] of [[0, "none"], [1, "one"], [7, "many"]]) {
  test(`${matches} records that fit are the outcome ${outcome}`, () => {
    const { tell, events } = prepare();
    tell("pop", pop);
    tell("found", { id: "i1", matches, opened: false });
    tell("settled", { id: "i1" });
    assert.deepEqual([events[0].properties.outcome, events[0].properties.opened], [outcome, "false"]);
  });
}

test("what the agent opens later tells how long it waited, as part of the same operation", () => {
  const { tell, events } = prepare();
  tell("pop", { ...pop, action: "soft" }, 0);
  tell("found", { id: "i1", matches: 1, opened: false }, 50);
  tell("settled", { id: "i1" }, 60);
  tell("found", { id: "i1", matches: 1, opened: true }, 5000);
  assert.deepEqual(events.map(({ name, operation, measurements }) => [name, operation, measurements.waited]), [
    ["screen pop", "o1", undefined], ["screen pop opened", "o1", 5000],
  ]);
});

for (const [title, error, code] of [
  ["a code of Dataverse", { code: "0x80040220", status: 403, message: "Ann Example may not" }, "0x80040220"],
  ["a status", { status: 503 }, "503"],
  ["a network that is gone", new TypeError("https://x/+15550100001"), "network"],
  ["anything else", new Error("Ann Example"), "unknown"],
  ["nothing", undefined, "unknown"],
]) {
  test(`a failure by ${title} is ${code}`, () => {
    const { tell, events } = prepare();
    tell("pop", pop, 0);
    tell("failed", { id: "i1", error }, 30);
    assert.deepEqual([events[0].properties, events[0].measurements], [{ ...properties, outcome: "failed", code }, { total: 30 }]);
  });
}

test("the first note after the answer is told once, with how long it took", () => {
  const { tell, events } = prepare();
  tell("phone", { id: "i1", event: "connect" }, 1000);
  tell("phone", { id: "i1", event: "connect" }, 2000);
  tell("note", { id: "i1" }, 31000);
  tell("note", { id: "i1" }, 41000);
  assert.deepEqual(events.map(({ name, measurements }) => [name, measurements]), [["first note", { afterAnswer: 30000 }]]);
});

test("a note without an answer, a pop that nobody began and a name that nobody knows tell nothing", () => {
  const { tell, events } = prepare();
  tell("note", { id: "i1" });
  tell("found", { id: "i1", matches: 1 });
  tell("settled", { id: "i1" });
  tell("constructor", {});
  assert.deepEqual(events, []);
});

test("a dial tells its source and what came of it, a connection its state", () => {
  const { tell, events } = prepare();
  tell("dial", { source: "pane", result: "placed" });
  tell("dial", { source: "command", result: "no-country" });
  tell("connection", { state: "unembeddable" });
  assert.deepEqual(events.map(({ name, properties: told }) => [name, told]), [
    ["dial", { source: "pane", result: "placed" }], ["dial", { source: "command", result: "no-country" }],
    ["connection", { state: "unembeddable" }],
  ]);
});

test("stars are one to five, and nothing else goes with them", () => {
  const { tell, events } = prepare();
  [0, 1, 5, 6, 2.5, "x"].forEach((stars) => tell("satisfaction", { stars, id: "i1" }));
  assert.deepEqual(events.map(({ name, properties: told, measurements }) => [name, told, measurements]), [
    ["satisfaction", {}, { stars: 1 }], ["satisfaction", {}, { stars: 5 }],
  ]);
});

test("whatever is told, only words of ours and numbers leave", () => {
  const random = seeded(7);
  const { tell, events } = prepare();
  for (let round = 0; round < 300; round += 1) {
    const secret = "SECRET" + hostileText(random);
    const facts = { id: secret, medium: secret, direction: secret, action: secret, dialer: secret, name: secret, matches: secret,
      opened: round % 2 === 0, error: { message: secret, name: secret, status: secret }, source: secret, result: secret, state: secret, stars: secret };
    ["pop", "phone", "found", "settled", "failed", "note", "dial", "connection", "satisfaction"].forEach((name) => tell(name, facts, round));
  }
  assert.ok(events.length > 1000);
  assert.ok(!JSON.stringify(events).includes("SECRET"));
  assert.ok(events.every(({ measurements }) => Object.values(measurements).every(Number.isFinite)));
});
