import assert from "node:assert/strict";
import test from "node:test";

import { isTemporary } from "../../../webresources/src/core/retry.js";
import { createWebApi } from "../../../webresources/src/platform/web-api.js";

const id = "d3650000-0000-4000-8000-000200000001";
const values = "environmentvariabledefinition_environmentvariablevalue";
const words = (text) => ({ UserLocalizedLabel: { Label: text, LanguageCode: 1033 }, LocalizedLabels: [] });

/** A Web API that answers one by one, and its requests. */
function prepare(...answers) {
  const asked = [];
  const get = async (path, options) => {
    asked.push([path, options]);
    const { status = 200, headers = {}, body = {}, redirected = false } = answers.shift();
    if (redirected) return { ok: false, status: 0, type: "opaqueredirect", headers: new Headers(), json: async () => { throw new SyntaxError(); } };
    return new Response(status === 204 ? null : typeof body === "string" ? body : JSON.stringify(body), { status, headers });
  };
  return { asked, ...createWebApi(get) };
}

test("rows are asked for by the set that the platform names, which is asked for once", async () => {
  const { asked, retrieve } = prepare({ body: { EntitySetName: "contacts" } }, { body: { value: [{ contactid: id }] } }, { body: { value: [] } });
  const query = { table: "contact", query: "?$top=1", pageSize: 10 };
  assert.deepEqual([await retrieve(query), await retrieve(query)], [[{ contactid: id }], []]);
  assert.deepEqual(asked.map(([path]) => path), [
    "/api/data/v9.2/EntityDefinitions(LogicalName='contact')?$select=EntitySetName,DisplayName,DisplayCollectionName",
    "/api/data/v9.2/contacts?$top=1", "/api/data/v9.2/contacts?$top=1",
  ]);
  assert.equal(asked[1][1].headers.Prefer, 'odata.include-annotations="*",odata.maxpagesize=10');
});

test("a definition that could not be read is asked for anew", async () => {
  const { entitySet } = prepare({ status: 503 }, { body: { EntitySetName: "contacts" } });
  await assert.rejects(entitySet("contact"), { status: 503 });
  assert.equal(await entitySet("contact"), "contacts");
});

test("a row is written as it is, and nothing is expected of an answer without content", async () => {
  const { asked, send } = prepare({ status: 204 });
  assert.equal(await send("phonecalls", { method: "POST", row: { subject: "x" } }), null);
  const [[path, { method, body, headers }]] = asked;
  assert.deepEqual([path, method, body, headers["Content-Type"]], ["/api/data/v9.2/phonecalls", "POST", '{"subject":"x"}', "application/json"]);
});

for (const [title, answer, expected] of [
  ["what the platform says", { status: 403, body: { error: { code: "0x80040220", message: "No privilege" } } }, { status: 403, code: "0x80040220", message: "No privilege", retryAfter: 0 }],
  ["how long to wait", { status: 429, headers: { "Retry-After": "3" }, body: { error: { code: "0x80072322", message: "Busy" } } }, { status: 429, code: "0x80072322", message: "Busy", retryAfter: 3000 }],
  ["its status where it is a page", { status: 502, body: "<html>" }, { status: 502, code: undefined, message: "The server answered 502.", retryAfter: 0 }],
  ["that nobody is signed in where it leads away", { redirected: true }, { status: 401, code: undefined, message: "The server answered 401.", retryAfter: 0 }],
]) {
  test(`a refusal says ${title}`, async () => {
    const refusal = await prepare(answer).send("contacts").catch((error) => error);
    assert.deepEqual(refusal, expected);
  });
}

test("a request that nobody answers says so in the page's words and not in the browser's, and may be sent again", async () => {
  const { send } = createWebApi(async () => { throw new TypeError("Failed to fetch"); });
  const failure = await send("contacts").catch((error) => error);
  assert.deepEqual([failure.message, isTemporary(failure)], ["Dynamics did not answer.", true]);
});

test("an environment variable is asked for by its schema name, escaped", async () => {
  const { asked, readVariable } = prepare({ body: { value: [] } });
  assert.equal(await readVariable("new_It's"), "");
  assert.equal(asked[0][0], `/api/data/v9.2/environmentvariabledefinitions?$select=defaultvalue&$filter=schemaname eq 'new_It''s'&$expand=${values}($select=value)`);
});

for (const [title, rows, expected] of [
  ["its current value", [{ defaultvalue: "d", [values]: [{ value: "v" }] }], "v"],
  ["its default where it has no value", [{ defaultvalue: "d", [values]: [] }], "d"],
  ["nothing where it has neither", [{ defaultvalue: null, [values]: [{ value: null }] }], ""],
  ["nothing where it does not exist", [], ""],
]) {
  test(`an environment variable is ${title}`, async () => {
    assert.equal(await prepare({ body: { value: rows } }).readVariable("new_x"), expected);
  });
}

for (const [title, answer, expected] of [
  ["what the agent reads", { body: { DisplayName: words("Kontakt"), DisplayCollectionName: words("Kontakte") } }, ["Kontakt", "Kontakte"]],
  ["by its name where it has no label", { body: { DisplayName: { UserLocalizedLabel: null }, DisplayCollectionName: { UserLocalizedLabel: null } } }, ["New visit", "New visit"]],
  ["by its name where it may not be read", { status: 403 }, ["New visit", "New visit"]],
]) {
  test(`a table is called ${title}`, async () => {
    const { one, many } = await prepare(answer).tableLabels("new_visit");
    assert.deepEqual([one, many], expected);
  });
}

for (const [title, answer, expected] of [
  ["refuses whoever asks has ended", { status: 401 }, true],
  ["sends to the sign-in page has ended", { redirected: true }, true],
  ["answers goes on", {}, false],
  ["is throttled goes on", { status: 429 }, false],
]) {
  test(`a sign-in to Dynamics that ${title}`, async () => {
    const { asked, isSignedOut } = prepare(answer);
    assert.deepEqual([await isSignedOut(), asked[0][0], asked[0][1].redirect], [expected, "/api/data/v9.2/WhoAmI", "manual"]);
  });
}

test("a sign-in to Dynamics that nobody answers for is not judged", async () => {
  const { isSignedOut } = createWebApi(async () => { throw new TypeError("Failed to fetch"); });
  assert.equal(await isSignedOut(), false);
});

test("rows that are no JSON come from something between the two, and are asked for again", async () => {
  const { entitySet } = prepare({ body: "<html>proxy</html>" }, { body: { EntitySetName: "contacts" } });
  await assert.rejects(entitySet("contact"), { status: 502, message: "The server answered 502." });
  assert.equal(await entitySet("contact"), "contacts");
});
