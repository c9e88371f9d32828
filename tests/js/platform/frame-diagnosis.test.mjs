import assert from "node:assert/strict";
import test from "node:test";

import { diagnoseFrame } from "../../../webresources/src/platform/frame-diagnosis.js";

const url = "https://apps.example/crm/index.html";

/** A page whose inner frame tells of its object what `tell` makes of it. */
function pageWhere(tell) {
  const made = [];
  const inner = {
    body: { appendChild: (object) => tell(object, inner) },
    addEventListener: (type, listener) => { inner[type] = listener; },
    createElement: (tag) => { const object = { tag }; made.push(object); return object; },
  };
  const frame = { contentDocument: inner, attributes: {}, removed: 0, setAttribute: (name, value) => { frame.attributes[name] = value; }, remove: () => { frame.removed += 1; } };
  const document = { createElement: () => frame, body: { appendChild: () => frame.onload() } };
  return { document, frame, made };
}

const answered = async () => ({ type: "opaque" });

for (const [title, get, tell, expected] of [
  ["that nobody answers for is unreachable", async () => { throw new TypeError("Failed to fetch"); }, () => {}, "unreachable"],
  ["that may not be embedded is named", answered, (object) => object.onerror(), "unembeddable"],
  ["that may be embedded has no obstacle that can be seen", answered, (object) => object.onload(), ""],
  ["that this page's policy keeps from being tried has none", answered, (object, inner) => { object.onerror(); inner.securitypolicyviolation(); }, ""],
]) {
  test(`a client ${title}`, async () => {
    const { document } = pageWhere(tell);
    assert.equal(await diagnoseFrame({ url, document, get }), expected);
  });
}

test("the attempt runs no script, is seen by nobody and leaves nothing behind", async () => {
  const { document, frame, made } = pageWhere((object) => object.onload());
  const asked = [];
  await diagnoseFrame({ url, document, get: async (...request) => asked.push(request) });
  assert.deepEqual([frame.attributes, frame.tabIndex, frame.className, frame.removed, made[0].data], [{ sandbox: "allow-same-origin", "aria-hidden": "true" }, -1, "visually-hidden", 1, url]);
  assert.deepEqual(asked, [[url, { mode: "no-cors", cache: "no-store" }]]);
});
