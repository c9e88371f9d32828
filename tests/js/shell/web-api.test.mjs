import assert from "node:assert/strict";
import { test } from "node:test";

import { createTransport, createWebApi, toWebApiError } from "../../../d365pop/emulator/shell/web-api.js";

const ID = "1a2b3c4d-0000-4000-8000-00000000abcd";

function createApi(answer) {
  const requests = [];
  const fetch = async (url, { body, headers, method }) => {
    requests.push({ method, url, body, prefer: headers.Prefer, match: headers["If-Match"] });
    const { headers: given = {}, json, status = 200 } = answer;
    return new Response(json === undefined ? null : JSON.stringify(json), { status, headers: given });
  };
  return { requests, api: createWebApi(createTransport({ baseUrl: "http://h/api/data/v9.2/", fetch })) };
}

test("a page of rows comes with the link to the next one", async () => {
  const { api, requests } = createApi({ json: { value: [{ a: 1 }], "@odata.nextLink": "next" } });
  const result = await api.retrieveMultipleRecords("contact", "?$select=fullname", 2);
  assert.deepEqual(result, { entities: [{ a: 1 }], nextLink: "next" });
  assert.deepEqual(requests, [
    {
      method: "GET",
      url: "http://h/api/data/v9.2/contacts?$select=fullname",
      body: undefined,
      prefer: 'odata.include-annotations="*",odata.maxpagesize=2',
      match: undefined,
    },
  ]);
});

for (const size of [0, -1, 1.5]) {
  test(`a page size of ${size} is refused`, async () => {
    const { api, requests } = createApi({ json: { value: [] } });
    await assert.rejects(api.retrieveMultipleRecords("contact", "", size), { message: /positive/ });
    assert.deepEqual(requests, []);
  });
}

test("an id in braces addresses the row", async () => {
  const { api, requests } = createApi({ json: { fullname: "Ana" } });
  assert.deepEqual(await api.retrieveRecord("contact", `{${ID.toUpperCase()}}`), { fullname: "Ana" });
  assert.equal(requests[0].url, `http://h/api/data/v9.2/contacts(${ID})`);
});

test("a new row's id is the one in OData-EntityId", async () => {
  const { api } = createApi({ status: 204, headers: { "OData-EntityId": `http://h/api/data/v9.2/leads(${ID})` } });
  assert.deepEqual(await api.createRecord("lead", { lastname: "x" }), { entityType: "lead", id: ID });
});

test("an update sends the given columns and makes no new row", async () => {
  const { api, requests } = createApi({ status: 204 });
  assert.deepEqual(await api.updateRecord("lead", ID, { a: 1 }), { entityType: "lead", id: ID });
  assert.deepEqual([requests[0].method, requests[0].body, requests[0].match], ["PATCH", '{"a":1}', "*"]);
});

test("a deletion names what is gone", async () => {
  const { api, requests } = createApi({ status: 204 });
  assert.deepEqual(await api.deleteRecord("lead", ID), { entityType: "lead", id: ID });
  assert.equal(requests[0].method, "DELETE");
});

test("the platform's error is rejected with its code as a number", async () => {
  const { api } = createApi({ status: 404, json: { error: { code: "0x80040217", message: "Does Not Exist" } } });
  await assert.rejects(async () => api.retrieveRecord("contact", ID), {
    errorCode: 2147746327,
    code: "0x80040217",
    message: "Does Not Exist",
  });
});

test("an answer that is no error of the platform is told by its status", () => {
  assert.deepEqual(toWebApiError(502, "<html>"), {
    errorCode: 0x80040216,
    code: "0x80040216",
    message: "The server answered 502",
  });
});
