import assert from "node:assert/strict";
import test from "node:test";

import { createPaneKeeper } from "../../../webresources/src/platform/softphone-pane.js";
import { deferred, fakeXrm } from "./fakes.mjs";

const page = "new_/screenpop/softphone.html";
const icon = "new_/screenpop/phone.svg";

function prepare(options) {
  const Xrm = fakeXrm(options);
  return { Xrm, keep: createPaneKeeper({ page, icon, start: { Xrm } }), names: () => Xrm.calls.map(([name]) => name) };
}

test("the pane is created with the page in it, and stays alive while hidden", async () => {
  const { Xrm, keep } = prepare();
  await keep();
  assert.deepEqual(Xrm.calls, [
    ["createPane", {
      title: "Phone", paneId: "d365pop_softphone", canClose: false, imageSrc: "WebResources/" + icon, alwaysRender: true,
      isSelected: true, width: 360,
    }],
    ["navigate", { pageType: "webresource", webresourceName: page }],
  ]);
});

test("a pane that exists is left alone", async () => {
  const { keep, names } = prepare();
  await keep();
  await keep();
  assert.deepEqual(names(), ["createPane", "navigate"]);
});

test("a command brings a pane that exists to the front, and expands the side", async () => {
  const { Xrm, keep, names } = prepare();
  await keep(true);
  Xrm.App.sidePanes.state = 0;
  await keep(true);
  assert.deepEqual(names(), ["createPane", "navigate", "select"]);
  assert.equal(Xrm.App.sidePanes.state, 1);
});

test("forms that load at the same time make one pane", async () => {
  const gate = deferred();
  const { keep, names } = prepare({ createPane: () => gate.promise });
  const loads = [keep(), keep(), keep()];
  gate.resolve();
  await Promise.all(loads);
  assert.deepEqual(names(), ["createPane", "navigate"]);
});

test("a failure is shown once, and the next form tries again", async () => {
  const { Xrm, keep, names } = prepare({ createPane: () => Promise.reject(new Error("no room")) });
  await keep();
  await keep();
  assert.deepEqual(names(), ["createPane", "addGlobalNotification", "createPane"]);
  assert.deepEqual(Xrm.calls[1][1], {
    type: 2, level: 2, message: "The phone could not be opened: no room", showCloseButton: true,
  });
});

test("a pane whose page does not open is closed again, so that it does not pass for the phone", async () => {
  const { Xrm, keep, names } = prepare({ navigate: () => Promise.reject({ message: "no such web resource" }) });
  await keep();
  assert.deepEqual(names(), ["createPane", "navigate", "close", "addGlobalNotification"]);
  assert.equal(Xrm.panes.size, 0);
});

test("a pane that another form's script made in the meantime is no failure", async () => {
  const { Xrm, keep, names } = prepare({
    createPane: () => {
      Xrm.panes.set("d365pop_softphone", {});
      return Promise.reject(new Error("the pane exists"));
    },
  });
  await keep();
  assert.deepEqual(names(), ["createPane"]);
});

test("an app without side panes is told so", async () => {
  const { Xrm, keep } = prepare();
  delete Xrm.App.sidePanes;
  await keep();
  assert.equal(Xrm.calls[0][1].message, "The phone could not be opened: this app has no side panes");
});

for (const [title, Xrm] of [
  ["there is no Xrm", undefined],
  ["Xrm itself fails", { ...fakeXrm(), App: { sidePanes: { getPane() { throw new Error("broken"); } } } }],
]) {
  test(`the form goes on when ${title}`, async () => {
    const start = { Xrm };
    assert.equal(await createPaneKeeper({ page, icon, start })(), undefined);
  });
}
