import assert from "node:assert/strict";
import test from "node:test";

import { createSurvey } from "../../../webresources/src/core/survey.js";

const day = 24 * 60 * 60 * 1000;

function prepare(kept = "") {
  let text = kept;
  const store = { read: () => text, write: (value) => { text = value; } };
  const decide = createSurvey({ days: 30, store });
  const call = (id, time) => [decide("connect", id, time), decide("disconnect", id, time + 1)];
  return { decide, call };
}

test("an agent is asked after a call, and again only when the days are over", () => {
  const { call } = prepare();
  assert.deepEqual(call("a", 100 * day), ["hide", "ask"]);
  assert.deepEqual(call("b", 101 * day), ["hide", ""]);
  assert.deepEqual(call("c", 130 * day - 1), ["hide", ""]);
  assert.deepEqual(call("d", 130 * day + 1), ["hide", "ask"]);
});

test("nobody is asked about a call that was never connected, or ended twice", () => {
  const { decide, call } = prepare();
  assert.deepEqual([decide("add", "a", day), decide("disconnect", "a", day), decide("deallocate", "a", day)], ["", "", ""]);
  assert.deepEqual(call("b", 99 * day), ["hide", "ask"]);
  assert.equal(decide("deallocate", "b", 999 * day), "");
});

test("nobody is asked while another call goes on", () => {
  const { decide } = prepare();
  decide("connect", "a", 99 * day);
  decide("connect", "b", 99 * day);
  assert.equal(decide("disconnect", "a", 99 * day), "");
  assert.equal(decide("disconnect", "b", 99 * day), "ask");
});

test("a clock that was ahead, or something else that was kept, puts nothing off", () => {
  assert.deepEqual(prepare(String(9999 * day)).call("a", 100 * day), ["hide", "ask"]);
  assert.deepEqual(prepare("often").call("a", 100 * day), ["hide", "ask"]);
});
