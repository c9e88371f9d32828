import assert from "node:assert/strict";
import test from "node:test";

import { messageOf } from "../../../webresources/src/core/failure.js";

for (const [error, message] of [
  [new Error("no privilege"), "no privilege"],
  [{ errorCode: 2147746581, message: "refused" }, "refused"],
  ["plain", "plain"],
  [null, "no reason was given"],
  [undefined, "no reason was given"],
  [{}, "no reason was given"],
  [new Error(""), "no reason was given"],
  [{ message: { a: 1 } }, "no reason was given"],
]) {
  test(`${JSON.stringify(error)} says "${message}"`, () => assert.equal(messageOf(error), message));
}
