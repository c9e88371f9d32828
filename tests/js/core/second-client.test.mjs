import assert from "node:assert/strict";
import test from "node:test";

import { createCards } from "../../../webresources/src/core/cards.js";
import { tellOfClients } from "../../../webresources/src/core/second-client.js";

test("a second client is warned of until it is gone", () => {
  let shown = [];
  const cards = createCards({ render: (next) => { shown = next; } });
  const told = (event) => tellOfClients(event, { cards, now: () => 1, text: (key) => key });
  told("second-client");
  told("second-client");
  assert.deepEqual(shown.map(({ title, detail, problem }) => [title, detail, problem]), [["second-client", "second-client-hint", true]]);
  told("only-client");
  assert.deepEqual(shown, []);
});
