import assert from "node:assert/strict";
import test from "node:test";

import { maskLine, maskNumber } from "../../../webresources/src/core/mask.js";
import { randomDigits, seeded } from "./seeded.mjs";

test("a number keeps its last two digits", () => {
  assert.equal(maskNumber("+1 (555) 010-0001"), "…01");
});

test("two digits alone are no secret, three are", () => {
  assert.deepEqual(["42", "421"].map(maskNumber), ["42", "…21"]);
});

test("a line keeps its words, and nothing of the numbers in it but two digits", () => {
  assert.equal(maskLine("1 found by tel:+1 (555) 010-0001 in 20 ms"), "1 found by tel:…01 in 20 ms");
});

test("an e-mail address keeps its domain", () => {
  assert.equal(maskLine("found by ann.neill+x@example.com"), "found by …@example.com");
});

test("the id of an interaction stays readable", () => {
  const id = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0";
  assert.equal(maskLine(`${id} and ${id}: +15550100001`), `${id} and ${id}: …01`);
});

test("in no notation do three digits of a number survive together", () => {
  const random = seeded(2);
  const glues = ["", " ", "-", ".", " - ", ") ", "/"];
  for (let round = 0; round < 500; round += 1) {
    const glue = glues[Math.floor(random() * glues.length)];
    const number = [3, 3, 4].map((length) => randomDigits(random, length)).join(glue);
    assert.doesNotMatch(maskLine("from " + number + " now").replace(/\D/g, ""), /\d{3}/);
  }
});
