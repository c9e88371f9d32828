import assert from "node:assert/strict";
import test from "node:test";

import { bodiesOf, itemOf, itemsAgain, mostBytes } from "../../../webresources/src/core/ingestion.js";

const event = { name: "dial", operation: "o1", properties: { source: "pane" }, measurements: {} };
const options = { key: "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0", session: "s1", version: "1.0.0", time: 0 };
const item = itemOf(event, options);

test("an event becomes an item as the ingestion format has it", () => {
  assert.deepEqual(item, {
    time: "1970-01-01T00:00:00.000Z",
    iKey: "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0",
    name: "Microsoft.ApplicationInsights.0f1e2d3c4b5a69788796a5b4c3d2e1f0.Event",
    tags: { "ai.cloud.role": "d365pop", "ai.session.id": "s1", "ai.operation.id": "o1", "ai.internal.sdkVersion": "d365pop:1.0.0" },
    data: { baseType: "EventData", baseData: { ver: 2, name: "dial", properties: { source: "pane" }, measurements: {} } },
  });
});

test("items go in as few bodies as a beacon carries, and none is lost", () => {
  const items = Array.from({ length: 500 }, () => item);
  const bodies = bodiesOf(items);
  assert.ok(bodies.length > 1 && bodies.every((body) => body.length <= mostBytes));
  assert.deepEqual(bodies.flatMap((body) => JSON.parse(body)), items);
  assert.deepEqual(bodiesOf([]), []);
});

for (const [status, again] of [[200, 0], [400, 0], [401, 2], [402, 0], [403, 0], [408, 2], [429, 2], [439, 0], [500, 2], [503, 2], [504, 2]]) {
  test(`after ${status} ${again || "no"} items are sent again`, () => assert.equal(itemsAgain([item, item], { status }).length, again));
}

test("of a part that was taken only what may be taken later is sent again", () => {
  const items = [1, 2, 3].map((time) => itemOf(event, { ...options, time }));
  const errors = [{ index: 0, statusCode: 400 }, { index: 2, statusCode: 503 }, { index: 9, statusCode: 503 }];
  assert.deepEqual(itemsAgain(items, { status: 206, errors }), [items[2]]);
});
