import assert from "node:assert/strict";
import test from "node:test";

import { createFocus } from "../../../webresources/src/core/focus.js";

const on = { connected: true, ended: false };
const off = { connected: false, ended: true };

test("an agent on no other call is free", () => {
  const focus = createFocus();
  focus.note("connect", { id: "a", ...on });
  assert.equal(focus.isElsewhere("a"), false);
});

test("an agent on another call is elsewhere until it ends", () => {
  for (const [event, state] of [["disconnect", { connected: false, ended: false }], ["change", off], ["blindTransfer", on]]) {
    const focus = createFocus();
    focus.note("connect", { id: "a", ...on });
    assert.equal(focus.isElsewhere("b"), true);
    assert.equal(focus.note(event, { id: "a", ...state }), true, event);
    assert.equal(focus.isElsewhere("b"), false, event);
  }
});

test("an agent who consults a colleague is with the customer until the transfer is completed", () => {
  const focus = createFocus();
  focus.note("connect", { id: "a", ...on });
  // Both tell the id alone, so that nothing is known of the call's state.
  const bare = { id: "a", connected: false, ended: false };
  assert.equal(focus.note("consultTransfer", bare), false);
  assert.equal(focus.isElsewhere("b"), true);
  focus.note("completeConsultTransfer", bare);
  assert.equal(focus.isElsewhere("b"), false);
});

test("what is selected counts, not what is connected besides", () => {
  const focus = createFocus();
  focus.note("connect", { id: "a", ...on });
  focus.select("b");
  assert.equal(focus.isElsewhere("b"), false);
  focus.select("a");
  assert.equal(focus.isElsewhere("b"), true);
});

test("a selection that is left from a call that is over hides no other call", () => {
  const focus = createFocus();
  focus.select("gone");
  focus.note("connect", { id: "a", ...on });
  assert.deepEqual([focus.isElsewhere("b"), focus.isElsewhere("a")], [true, false]);
});

test("a selected interaction that is over holds nobody", () => {
  const focus = createFocus();
  focus.note("connect", { id: "a", ...on });
  focus.select("a");
  focus.note("disconnect", { id: "a", ...off });
  assert.equal(focus.isElsewhere("b"), false);
});

test("of what a client that has loaded anew does not tell, nobody is held", () => {
  const focus = createFocus();
  focus.note("connect", { id: "a", ...on });
  focus.note("connect", { id: "b", ...on });
  focus.select("a");
  focus.forget();
  assert.deepEqual([focus.isElsewhere("c"), focus.talks()], [false, false]);
  focus.note("add", { id: "b", ...on });
  assert.equal(focus.isElsewhere("c"), true);
});

test("ten thousand calls leave nothing behind", () => {
  const focus = createFocus();
  for (let at = 0; at < 10_000; at += 1) {
    focus.note("connect", { id: "i" + at, ...on });
    focus.note("disconnect", { id: "i" + at, ...off });
  }
  assert.equal(focus.isElsewhere("x"), false);
});
