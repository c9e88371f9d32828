import assert from "node:assert/strict";
import test from "node:test";

import { startInsights } from "../../../webresources/src/platform/insights.js";
import { fakeScope } from "./fakes.mjs";

const url = "https://in.example/v2/track";
const key = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0";

function prepare({ answers = [], beacons = true } = {}) {
  const sent = [];
  const scope = Object.assign(fakeScope(), {
    crypto: { getRandomValues: (bytes) => bytes.fill(171) },
    fetch: async (...request) => {
      sent.push(request);
      const answer = answers.shift() || { status: 200 };
      if (answer instanceof Error) throw answer;
      return answer;
    },
    navigator: { sendBeacon: (...beacon) => { sent.push(beacon); return beacons; } },
  });
  const tell = startInsights({ url, key, version: "1.0.0", scope });
  const pass = async (delay) => {
    scope.pass(delay);
    await new Promise(setImmediate);
  };
  const counts = () => sent.map(([, { body }]) => JSON.parse(body).length);
  return { tell, pass, sent, counts, scope };
}

const dial = (tell) => tell("dial", { source: "pane", result: "placed" }, 0);

test("events wait for company and go in one request; silence costs none", async () => {
  const { tell, pass, sent, counts } = prepare();
  await pass(15000);
  dial(tell);
  dial(tell);
  assert.deepEqual(sent, []);
  await pass(15000);
  await pass(15000);
  const [[asked, { method, headers, body }]] = sent;
  assert.deepEqual([asked, method, headers, counts()], [url, "POST", { "Content-Type": "application/json" }, [2]]);
  assert.equal(JSON.parse(body)[0].tags["ai.session.id"], "ab".repeat(16));
});

test("what was refused for a moment is sent again, later each time; what was refused for good is not", async () => {
  const { tell, pass, counts } = prepare({ answers: [{ status: 503 }, new TypeError("gone"), { status: 402 }] });
  dial(tell);
  await pass(15000);
  await pass(30000);
  await pass(60000);
  await pass(15000);
  assert.deepEqual(counts(), [1, 1, 1]);
});

test("the refused of a part are sent again alone", async () => {
  const partly = { status: 206, json: async () => ({ errors: [{ index: 1, statusCode: 429 }] }) };
  const { tell, pass, counts } = prepare({ answers: [partly] });
  dial(tell);
  dial(tell);
  await pass(15000);
  await pass(30000);
  assert.deepEqual(counts(), [2, 1]);
});

test("while nobody takes them the newest two hundred events are kept", async () => {
  const { tell, pass, counts } = prepare();
  for (let round = 0; round < 250; round += 1) dial(tell);
  await pass(15000);
  assert.deepEqual(counts(), [200]);
});

test("a page that goes sends the rest as plain text by a beacon, once", async () => {
  const { tell, sent, scope } = prepare();
  dial(tell);
  scope.send({});
  scope.send({});
  const [[asked, blob]] = sent;
  assert.deepEqual([sent.length, asked, blob.type, JSON.parse(await blob.text()).length], [1, url, "text/plain;charset=utf-8", 1]);
});

test("a beacon that the browser refuses becomes a request that outlives the page", () => {
  const { tell, sent, scope } = prepare({ beacons: false });
  dial(tell);
  scope.send({});
  const [, [asked, { method, keepalive }]] = sent;
  assert.deepEqual([asked, method, keepalive], [url, "POST", true]);
});
