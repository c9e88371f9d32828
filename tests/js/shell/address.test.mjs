import assert from "node:assert/strict";
import { test } from "node:test";

import { bareId, formatAddress, HOME, parseAddress, webResourceAddress } from "../../../d365pop/emulator/shell/address.js";

const ID = "1a2b3c4d-0000-4000-8000-00000000abcd";

test("an address without a page type is the home", () => {
  assert.deepEqual(parseAddress(""), HOME);
});

for (const page of [
  { pageType: "entitylist", entityName: "account" },
  { pageType: "entityrecord", entityName: "contact", entityId: ID },
  { pageType: "entityrecord", entityName: "contact", formParameters: { lastname: "O'Neil & Söhne" } },
  { pageType: "webresource", webresourceName: "new_/a b.html", data: "x=1&y=2" },
]) {
  test(`a page survives its address: ${JSON.stringify(page)}`, () => {
    assert.deepEqual(parseAddress(formatAddress(page).replace("/main.aspx", "")), page);
  });
}

for (const [search, problem] of [
  ["?pagetype=dashboard", /no page of the type "dashboard"/],
  ["?pagetype=entitylist", /not the logical name/],
  ["?pagetype=entitylist&etn=contact' or 1 eq 1", /not the logical name/],
  ["?pagetype=entityrecord&etn=contact&id=1)/x", /not a GUID/],
  ["?pagetype=webresource", /names no web resource/],
]) {
  test(`the address ${search} is refused`, () => {
    assert.throws(() => parseAddress(search), problem);
  });
}

test("form parameters stand in the address", () => {
  const address = formatAddress({ pageType: "entityrecord", entityName: "lead", formParameters: { telephone1: "+49 30 1" } });
  assert.equal(address, "/main.aspx?pagetype=entityrecord&etn=lead&extraqs=telephone1%3D%252B49%2B30%2B1");
});

test("an id loses its braces and its capitals", () => {
  assert.equal(bareId(`{${ID.toUpperCase()}}`), ID);
});

test("a web resource's data is one encoded value", () => {
  assert.equal(webResourceAddress("new_/x.html", "a=1&b=2"), "/WebResources/new_/x.html?data=a%3D1%26b%3D2");
});
