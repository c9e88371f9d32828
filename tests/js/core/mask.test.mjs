import assert from "node:assert/strict";
import test from "node:test";

import { maskLine, maskNumber } from "../../../webresources/src/core/mask.js";
import { parsePhone } from "../../../webresources/src/core/phone-number.js";
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

test("an e-mail address of any length keeps nothing before its domain", () => {
  assert.equal(maskLine("found by " + "a".repeat(200) + "@example.com"), "found by …@example.com");
});

for (const [title, number] of [
  ["hyphens that do not break", "06\u201112\u201134\u201156\u201178"],
  ["marks that nobody sees", "\u202a06\u200b12\u200b34\u200b56\u200b78\u202c"],
  ["many blanks", "06     12     34     56     78"],
  ["wide digits", "\uff10\uff16\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18"],
]) {
  test(`a number that is read through ${title} keeps its last two digits alone`, () => {
    assert.ok(parsePhone(number, ["FR"]));
    assert.equal(maskLine("found by " + number).normalize("NFKD").replace(/[^\d]/g, ""), "78");
  });
}

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
