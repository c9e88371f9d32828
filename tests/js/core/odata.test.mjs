import assert from "node:assert/strict";
import test from "node:test";

import { isLogicalName, odataString } from "../../../webresources/src/core/odata.js";
import { hostileText, seeded } from "./seeded.mjs";

test("a quote is doubled, so that it can't end the literal", () => {
  assert.equal(odataString("O'Neill"), "'O''Neill'");
});

test("a plus is encoded, because a plus in a URL is a space", () => {
  assert.equal(odataString("+1 555"), "'%2B1%20555'");
});

test("whatever the text, the literal ends where it should and nothing leaves the parameter", () => {
  const random = seeded(1);
  for (let round = 0; round < 2000; round += 1) {
    const text = hostileText(random);
    const literal = odataString(text);
    assert.match(literal, /^'(?:[^'&#+]|'')*'$/);
    const expected = Buffer.from(text, "utf8").toString("utf8");
    assert.equal(decodeURIComponent(literal.slice(1, -1)).replace(/''/g, "'"), expected);
  }
});

for (const name of ["contact", "new_table2", "_x"]) {
  test(`${name} is a logical name`, () => assert.equal(isLogicalName(name), true));
}

for (const name of ["", "Contact", "a b", "a'b", "2a", "a".repeat(129), null, 5, "a\n"]) {
  test(`${JSON.stringify(name)} is no logical name`, () => assert.equal(isLogicalName(name), false));
}
