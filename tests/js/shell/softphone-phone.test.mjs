import assert from "node:assert/strict";
import { test } from "node:test";

import { Phone } from "../../../d365pop/emulator/softphone_pages/phone.js";
import { createPureCloud, Subscribers } from "../../../d365pop/emulator/softphone_pages/pure-cloud.js";

const CALL = { address: "+4930", name: "Ana", direction: "Inbound", medium: "call" };

function memory() {
  const values = new Map();
  return { getItem: (key) => values.get(key) ?? null, setItem: (key, value) => values.set(key, value) };
}

function plug({ store = memory(), settings = {}, authToken = false } = {}) {
  const happened = [];
  const problems = [];
  const subscribers = new Subscribers();
  let count = 0;
  const phone = new Phone({
    store,
    now: () => "2026-01-02T10:00:00.000Z",
    newId: () => `i${(count += 1)}`,
    events: {
      emit: (type, category, data) => {
        happened.push(`${type} ${category}`);
        subscribers.emit(type, category, data);
      },
      screenPop: ({ id }) => happened.push(`screenPop ${id}`),
      callLog: () => {},
      changed: () => {},
    },
  });
  const dialed = [];
  const pureCloud = createPureCloud(subscribers, {
    phone,
    log: () => {},
    report: (problem) => problems.push(problem),
    showView: (view) => happened.push(`view ${view}`),
    notify: (message) => happened.push(`notify ${message}`),
    dial: (number, autoPlace) => dialed.push([number, autoPlace]),
    settings: () => settings,
    authToken,
  });
  return { dialed, happened, phone, problems, pureCloud };
}

test("an inbound call is added and popped, then changes and connects when it is answered", () => {
  const { happened, phone } = plug();
  phone.answer(phone.ring(CALL).id);
  assert.deepEqual(happened, ["Interaction add", "screenPop i1", "Interaction change", "Interaction connect"]);
});

test("an outbound call is not popped", () => {
  const { happened, phone } = plug();
  phone.ring({ ...CALL, direction: "Outbound" });
  assert.deepEqual(happened, ["Interaction add"]);
});

test("an answered call that ends asks for after-call work, and goes when it is done", () => {
  const { happened, phone } = plug();
  const { id } = phone.ring(CALL);
  phone.answer(id);
  happened.length = 0;
  phone.end(id);
  assert.equal(phone.interactions.get(id).state, "DISCONNECTED");
  phone.wrapUp(id, "Done");
  assert.deepEqual([happened, phone.interactions.size], [["Interaction disconnect", "Interaction acw"], 0]);
});

test("a call that nobody answered goes at once", () => {
  const { happened, phone } = plug();
  phone.end(phone.ring(CALL).id);
  assert.deepEqual([happened.at(-1), phone.interactions.size], ["Interaction disconnect", 0]);
});

test("a second answer and a second end change nothing", () => {
  const { happened, phone } = plug();
  const { id } = phone.ring(CALL);
  phone.answer(id);
  phone.answer(id);
  phone.end(id);
  phone.end(id);
  assert.deepEqual(happened.filter((one) => /connect$/.test(one)), ["Interaction connect", "Interaction disconnect"]);
});

test("a reload adds a connected call again, as connected, and pops nothing", () => {
  const store = memory();
  const first = plug({ store });
  first.phone.answer(first.phone.ring(CALL).id);
  const { happened, phone, pureCloud } = plug({ store });
  const added = [];
  pureCloud.subscribe([{ type: "Interaction", callback: (category, data) => added.push([category, data.isConnected]) }]);
  phone.restore();
  assert.deepEqual([happened, added], [["Interaction add"], [["add", true]]]);
});

test("a change carries what was and what is", () => {
  const { phone, pureCloud } = plug();
  const changes = [];
  pureCloud.subscribe([{ type: "Interaction", categories: ["change"], callback: (_, data) => changes.push([data.old.state, data.new.state]) }]);
  const { id } = phone.ring(CALL);
  phone.answer(id);
  phone.toggleHold(id);
  assert.deepEqual(changes, [["ALERTING", "CONNECTED"], ["CONNECTED", "HELD"]]);
});

test("a subscriber cannot change the phone's own interaction", () => {
  const { phone, pureCloud } = plug();
  pureCloud.subscribe([{ type: "Interaction", callback: (_, data) => { data.state = "BROKEN"; } }]);
  assert.equal(phone.ring(CALL).state, "ALERTING");
});

test("going off the queue tells status and routing status", () => {
  const { happened, pureCloud } = plug();
  pureCloud.User.updateStatus({ id: "AWAY" });
  assert.deepEqual(happened, ["UserAction status", "UserAction routingStatus"]);
});

test("custom attributes reach the interaction", () => {
  const { phone, pureCloud } = plug();
  const { id } = phone.ring({ ...CALL, attributes: { a: "1" } });
  pureCloud.addCustomAttributes({ interactionId: id, attributes: { b: "2" } });
  assert.deepEqual(phone.interactions.get(id).attributes, { a: "1", b: "2" });
});

test("a click to dial reaches the phone", () => {
  const { dialed, pureCloud } = plug();
  pureCloud.clickToDial({ number: "+4930", autoPlace: true });
  pureCloud.clickToDial({ number: "+4931" });
  assert.deepEqual(dialed, [["+4930", true], ["+4931", false]]);
});

for (const [name, call, problem] of [
  ["an unknown event type", (api) => api.subscribe([{ type: "Nothing", callback() {} }]), /no events of the type/],
  ["a subscription without a callback", (api) => api.subscribe([{ type: "Interaction" }]), /no callback/],
  ["an unknown action", (api) => api.Interaction.updateState({ action: "explode", id: "x" }), /no action/],
  ["an unknown interaction", (api) => api.Interaction.updateState({ action: "pickup", id: "x" }), /no interaction "x"/],
  ["an unknown status", (api) => api.User.updateStatus({ id: "ASLEEP" }), /no status/],
  ["an unknown view", (api) => api.User.setView({ type: "main", view: { name: "moon" } }), /no view/],
  ["a transfer context that is not switched on", (api) => api.addTransferContext({ name: "x", attributes: {} }), /enableTransferContext/],
]) {
  test(`${name} is refused`, () => {
    assert.throws(() => call(plug().pureCloud), problem);
  });
}

test("a name that Genesys does not have is reported, a real one is not", () => {
  const { problems, pureCloud } = plug();
  assert.equal(typeof pureCloud.subscribe, "function");
  assert.equal(pureCloud.connectAgent, undefined);
  assert.equal(pureCloud.User.getAuthToken, undefined);
  assert.deepEqual(problems, [
    "PureCloud.connectAgent is not part of the Embeddable Framework",
    "PureCloud.User.getAuthToken is not part of the Embeddable Framework",
  ]);
});

test("the page's own client id brings the token", () => {
  const { problems, pureCloud } = plug({ authToken: true });
  assert.equal(typeof pureCloud.User.getAuthToken, "function");
  assert.deepEqual(problems, []);
});
