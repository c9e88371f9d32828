import assert from "node:assert/strict";
import test from "node:test";

import { fetchResx } from "../../../webresources/src/platform/resx.js";

const value = (name, textContent) => ({ textContent, parentElement: { getAttribute: () => name } });

function parserOf(values, read = []) {
  return {
    parseFromString(text, type) {
      read.push(text, type);
      return { querySelectorAll: (selector) => (selector === "data > value" ? values : []) };
    },
  };
}

test("texts come by their names from the file beside the page", async () => {
  const [read, asked] = [[], []];
  const get = async (address) => { asked.push(address); return { ok: true, text: async () => "<root/>" }; };
  const parser = parserOf([value("open", "Öffnen"), value("", "x"), value(null, "y"), value("empty", null)], read);
  assert.deepEqual(await fetchResx(1031, { get, parser }), { open: "Öffnen", empty: "" });
  assert.deepEqual([asked, read], [["strings.1031.resx"], ["<root/>", "application/xml"]]);
});

test("a file that is not there is an error with its status", async () => {
  await assert.rejects(fetchResx(1031, { get: async () => ({ ok: false, status: 404 }), parser: parserOf([]) }), {
    message: "strings.1031.resx: 404",
  });
});
