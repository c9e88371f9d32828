import assert from "node:assert/strict";
import test from "node:test";

import { knownCountries } from "../../../webresources/src/core/countries.js";
import { isWrittenAs, parsePhone, variants, withoutScheme } from "../../../webresources/src/core/phone-number.js";
import { hostileText, randomDigits, seeded } from "./seeded.mjs";

for (const [text, codes, e164] of [
  ["tel:+1 (555) 010-0001", ["US"], "+15550100001"],
  ["+15550100001", [], "+15550100001"],
  ["(555) 010-0001", ["US"], "+15550100001"],
  ["555.010.0001", ["US"], "+15550100001"],
  ["1-555-010-0001", ["US"], "+15550100001"],
  ["011 44 20 7946 0000", ["US"], "+442079460000"],
  ["0044 20 7946 0000", ["US"], "+442079460000"],
  ["442079460000", ["US"], "+442079460000"],
  ["020 7946 0000", ["GB"], "+442079460000"],
  ["+44 (0)20 7946 0000", ["US"], "+442079460000"],
  ["030 / 1234 5678", ["DE"], "+493012345678"],
  ["01.23.45.67.89", ["FR"], "+33123456789"],
  ["06 1234 5678", ["IT"], "+390612345678"],
  ["612 345 678", ["ES"], "+34612345678"],
  ["081-234-5678", ["TH"], "+66812345678"],
  ["020 7946 0000", ["US", "GB"], "+442079460000"],
  ["030 901820", ["US", "GB", "DE"], "+4930901820"],
  ["030 90182000", ["US", "DE"], "+493090182000"],
  ["030 9018200", ["US", "DE"], "+49309018200"],
  ["0309018200", ["US"], ""],
  ["06 6981 2345", ["US", "IT"], "+390669812345"],
  ["01632 960001", ["US", "GB"], "+441632960001"],
  ["555 010 0001", ["DE", "US"], "+495550100001"],
  ["sip:+15550100001@host.example;user=phone", ["US"], "+15550100001"],
  ["SIPS:5550100001@host.example", ["US"], "+15550100001"],
  ["callto:5550100001", ["US"], "+15550100001"],
  ["＋１５５５０１００００１", [], "+15550100001"],
  ["+65 9123 4567", ["US"], "+6591234567"],
  ["\u202a+1 555 010 0001\u202c", ["US"], "+15550100001"],
  ["\u200e(555) 010\u00ad-0001\ufeff", ["US"], "+15550100001"],
]) {
  test(`${text} in ${codes.join(", ") || "no country"} is ${e164}`, () => {
    assert.equal(parsePhone(text, codes).e164, e164);
  });
}

for (const [text, extension] of [
  ["+15550100001;ext=42", "42"],
  ["555 010 0001 x42", "42"],
  ["(555) 010-0001 ext. 42", "42"],
  ["555-010-0001 #42", "42"],
  ["555-010-0001", ""],
]) {
  test(`the extension of ${text} is ${extension || "none"}`, () => {
    const { e164, extension: found } = parsePhone(text, ["US"]);
    assert.deepEqual([e164, found], ["+15550100001", extension]);
  });
}

for (const text of [
  "", "  ", "anonymous", "+", "12", "+0123456789", "+1234567890123456", "5".repeat(21), "5".repeat(10000), "+1 555" + " ".repeat(100) + "0100001", "555 OR 1=1",
  "555' or '1'='1", "tel:", "tel:%2B1555", "+1<b>5550100001", "𝟓𝟓abc", "1e10",
]) {
  test(`${JSON.stringify(text.slice(0, 40))} is no number and has no notations`, () => {
    assert.equal(parsePhone(text, ["US"]), null);
    assert.deepEqual(variants(text, ["US"]), []);
  });
}

test("a number of an unknown country keeps its digits and gets no country", () => {
  assert.deepEqual(parsePhone("1001", ["US"]), { e164: "", digits: "1001", national: "", extension: "" });
  assert.deepEqual(variants("1001", ["US"]), ["1001"]);
});

test("the notations of an American number", () => {
  assert.deepEqual(variants("tel:+15550100001", ["US"]), [
    "+15550100001", "15550100001", "0015550100001", "tel:+15550100001", "5550100001", "01115550100001", "+1 5550100001",
    "(555) 010-0001", "+1 555 010 0001", "555 010 0001", "+1-555-010-0001", "555-010-0001", "+1 (555) 010-0001",
    "555.010.0001", "+1 555-010-0001", "(555)010-0001", "+1.555.010.0001", "1-555-010-0001", "1 (555) 010-0001",
    "tel:+1-555-010-0001", "1 555 010 0001", "001 555 010 0001", "(555) 010 0001", "555/010-0001",
  ]);
});

test("the notations of a French number, the usual grouping first", () => {
  assert.deepEqual(variants("+33123456789", ["FR"]).slice(0, 22), [
    "+33123456789", "33123456789", "0033123456789", "tel:+33123456789", "123456789", "0123456789", "+33 123456789",
    "01 23 45 67 89", "+33 1 23 45 67 89", "+33 (0)1 23 45 67 89", "(01) 23 45 67 89", "+33-1-23-45-67-89",
    "01-23-45-67-89", "+33 (1) 23 45 67 89", "01.23.45.67.89", "+33 1-23-45-67-89", "(01)23 45 67 89",
    "+33.1.23.45.67.89", "01/23456789", "+33 (0) 1 23 45 67 89", "tel:+33-1-23-45-67-89", "0033 1 23 45 67 89",
  ]);
});

test("a number of a country that is not configured is asked for without groups of digits", () => {
  assert.deepEqual(variants("+6591234567", ["US"]), [
    "+6591234567", "6591234567", "006591234567", "tel:+6591234567", "0116591234567", "+65 91234567",
  ]);
  assert.ok(variants("+65 9123 4567", ["US"]).includes("+65 9123 4567"), "but as it was given too");
});

test("a country whose patterns came too late for the build is still read", () => {
  assert.equal(parsePhone("9123 4567", ["SG"]).e164, "+6591234567");
  assert.deepEqual(variants("91234567", ["SG"]), [
    "+6591234567", "91234567", "6591234567", "006591234567", "tel:+6591234567", "+65 91234567",
  ]);
});

test("a number of no country is asked for as it is", () => {
  assert.deepEqual(variants("+999 1234 567", ["US"]), ["+9991234567", "+999 1234 567", "9991234567", "009991234567", "tel:+9991234567"]);
  assert.equal(parsePhone("+9991234567").national, "");
});

for (const [text, codes, e164] of [
  ["0114 496 0000", ["US", "GB"], "+441144960000"],
  ["392 345 6789", ["IT"], "+393923456789"],
  ["390612345678", ["IT"], "+390612345678"],
  ["06 20 123 4567", ["HU"], "+36201234567"],
  ["8 (912) 345-67-89", ["RU"], "+79123456789"],
  ["800 555-35-35", ["RU"], "+78005553535"],
  ["011 15-2345-6789", ["AR"], "+5491123456789"],
  ["0 15 11 96123-4567", ["BR"], "+5511961234567"],
  ["8 10 44 20 7946 0000", ["RU"], "+442079460000"],
  ["1001", ["DE"], ""],
]) {
  test(`${text} in ${codes.join(", ")} is ${e164 || "an extension"}`, () => assert.equal(parsePhone(text, codes).e164, e164));
}

for (const [text, e164] of [["123", ""], ["6591234567", "+16591234567"], ["99123456789", ""], ["33123456789", "+33123456789"]]) {
  test(`${text} without a plus is ${e164 || "of no country"}`, () => assert.equal(parsePhone(text, ["US"]).e164, e164));
}

test("the national part is told where the country is known", () => {
  assert.equal(parsePhone("+33123456789").national, "123456789");
});

for (const notation of ["020 7946 0000", "(020) 7946 0000", "+44 (0)20 7946 0000", "+44 20 7946 0000", "02079460000"]) {
  test(`a call from London finds ${notation}`, () => {
    assert.ok(variants("+442079460000", ["GB"]).includes(notation));
  });
}

test("national notations of a country that is not configured are not asked for", () => {
  const found = variants("+442079460000", ["US"]);
  assert.ok(found.includes("+44 20 7946 0000"));
  assert.equal(found.some((notation) => /^\(?020/.test(notation)), false);
});

for (const stored of [
  "1-512-555-0175 x42", "+1 512-555-0175 ext. 7", "512/555-0175#9", "+15125550175;ext=3", "tel:+1-512-555-0175", " 5125550175 ",
]) {
  test(`${stored} is a notation of +15125550175`, () => {
    assert.equal(isWrittenAs(stored, variants("+15125550175", ["US"])), true);
  });
}

for (const stored of ["1-512-555-01751", "+15125550175 2", "512/555-0175-1", "512/555-0176 x5", "5125550175 or so", ""]) {
  test(`${JSON.stringify(stored)} is no notation of +15125550175`, () => {
    assert.equal(isWrittenAs(stored, variants("+15125550175", ["US"])), false);
  });
}

for (const [text, shown] of [
  ["tel:+1999", "+1999"], ["sip:+1999@host.example", "+1999"], ["+1 999", "+1 999"], ["Ann", "Ann"], ["a@b.example", "a@b.example"],
]) {
  test(`${text} is shown as ${shown}`, () => assert.equal(withoutScheme(text), shown));
}

test("the notation as given is asked for, without scheme and extension", () => {
  assert.ok(variants("+1 555 0100 001", ["US"]).includes("+1 555 0100 001"));
  assert.ok(variants("tel:+1 55501 00001;ext=9", ["US"]).includes("+1 55501 00001"));
});

test("an unknown country code is passed over, also one that every object has a property for", () => {
  const codes = knownCountries(["XX", "constructor", "__proto__", "US"]).map(({ code }) => code);
  assert.deepEqual(codes, ["US"]);
});

// Other lengths and beginnings are ambiguous without a prefix: 55 2491 2902 is in Brazil twice.
for (const [code, start, lengths] of [
  ["US", "5", [10]], ["AU", "2", [9]], ["DE", "2", [8, 9, 10, 11]], ["GB", "5", [9, 10]], ["FR", "5", [9]], ["IT", "02", [9, 10]],
  ["ES", "5", [9]], ["JP", "2", [9, 10]], ["RU", "5", [10]], ["HU", "5", [8, 9]], ["BR", "21", [10, 11]], ["TH", "5", [8, 9]],
]) {
  test(`any number of ${code} is found again from each of its notations`, () => {
    const random = seeded(code.charCodeAt(0) * 256 + code.charCodeAt(1));
    const [country] = knownCountries([code]);
    for (const length of lengths) {
      for (let round = 0; round < 20; round += 1) {
        const national = start + randomDigits(random, length - start.length);
        const e164 = "+" + country.calling + national;
        const found = variants(e164, [code]);
        assert.ok(found.length >= 9 && found.length <= 40, `${found.length} notations`);
        assert.equal(new Set(found).size, found.length);
        for (const notation of found) {
          assert.equal(parsePhone(notation, [code]).e164, e164, notation);
        }
      }
    }
  });
}

test("hostile text breaks nothing and yields only text of a number's letters", () => {
  const random = seeded(3);
  for (let round = 0; round < 3000; round += 1) {
    for (const notation of variants(hostileText(random), ["US", "GB", "DE"])) {
      assert.match(notation, /^(?:tel:)?[+\d\s().\-/\u2010-\u2015]+$/);
    }
  }
});
