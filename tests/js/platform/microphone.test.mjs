import assert from "node:assert/strict";
import test from "node:test";

import { createCards } from "../../../webresources/src/core/cards.js";
import { createSeen } from "../../../webresources/src/core/dedupe.js";
import { text } from "../../../webresources/src/core/texts.js";
import { checkMicrophone, probeMicrophone } from "../../../webresources/src/platform/microphone.js";

const permissions = (state) => ({ query: async ({ name }) => ({ state: name === "microphone" ? state : "granted" }) });
const refused = { getUserMedia: async () => { throw Object.assign(new Error("Permission denied"), { name: "NotAllowedError" }); } };
const scope = ({ allows = true, state = "granted", mediaDevices = refused } = {}) => ({
  document: { featurePolicy: { allowsFeature: (name) => name === "microphone" && allows } },
  navigator: { permissions: permissions(state), mediaDevices },
});

for (const [title, given, expected] of [
  ["handed on and allowed can be used", scope(), ""],
  ["not yet asked for can be used", scope({ state: "prompt" }), ""],
  ["kept by the page around is told", scope({ allows: false }), "kept"],
  ["refused by the user is told", scope({ state: "denied" }), "denied"],
  ["of a browser that knows neither is asked for by the phone", { document: {}, navigator: { permissions: { query: async () => { throw new TypeError(); } } } }, ""],
]) {
  test(`a microphone ${title}`, async () => assert.equal(await probeMicrophone(given), expected));
}

function prepare(given) {
  let kept = "";
  const shown = { cards: [], settings: 0 };
  const seen = createSeen({ store: { read: () => kept, write: (text) => { kept = text; } }, now: () => 0 });
  const cards = createCards({ render: (drawn) => { shown.cards = drawn; }, onDismiss: seen.dismiss });
  const check = () => checkMicrophone({ cards, seen, now: () => 0, scope: given, text, openSettings: () => { shown.settings += 1; } });
  return { shown, check };
}

test("a microphone that cannot be used is told with its reason, and the phone's window is offered", async () => {
  const { shown, check } = prepare(scope({ state: "denied" }));
  await check();
  const [{ title, detail, problem, choices }] = shown.cards;
  assert.deepEqual([title, problem, choices.map(({ label }) => label)], ["The phone cannot hear you", true, ["Open the phone's settings", "Try again"]]);
  assert.match(detail, /told to keep the microphone/);
  choices[0].run();
  assert.equal(shown.settings, 1);
});

test("another attempt tells the browser's own words", async () => {
  const { shown, check } = prepare(scope({ allows: false }));
  await check();
  await shown.cards[0].choices[1].run();
  assert.match(shown.cards[0].detail, /^This did not work: NotAllowedError: Permission denied\. The page around the phone/);
});

test("an attempt that works lets go of the microphone and takes the card away", async () => {
  const stopped = [];
  const stream = { getTracks: () => [{ stop: () => stopped.push("track") }] };
  const { shown, check } = prepare(scope({ state: "denied", mediaDevices: { getUserMedia: async () => stream } }));
  await check();
  await shown.cards[0].choices[1].run();
  assert.deepEqual([shown.cards, stopped], [[], ["track"]]);
});

test("a microphone that can be used is not spoken of, nor is one that was dismissed", async () => {
  const good = prepare(scope());
  await good.check();
  const bad = prepare(scope({ state: "denied" }));
  await bad.check();
  bad.shown.cards[0].dismiss();
  await bad.check();
  assert.deepEqual([good.shown.cards, bad.shown.cards], [[], []]);
});
