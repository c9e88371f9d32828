import assert from "node:assert/strict";
import { test } from "node:test";

import { readFormModel } from "../../../d365pop/emulator/shell/form-model.js";
import { cell, el, form, formOfRows, LOOKUP } from "./xml.mjs";

const read = (element, languageCode = 1033) => readFormModel(element, { languageCode });
const onlySection = (model) => model.tabs[0].columns[0].sections[0];

test("a cell carries its label, its column and its kind", () => {
  const model = read(formOfRows([cell("parentcustomerid", { label: "Company", classid: LOOKUP })]));
  assert.deepEqual(onlySection(model).rows, [
    [
      {
        label: "Company",
        showLabel: true,
        visible: true,
        colSpan: 1,
        control: { id: "parentcustomerid", attribute: "parentcustomerid", kind: "lookup", disabled: false },
      },
    ],
  ]);
});

test("a control of an unknown class stays, as a control", () => {
  const model = read(formOfRows([cell("x", { classid: "{00000000-0000-0000-0000-000000000001}" })]));
  assert.equal(onlySection(model).rows[0][0].control.kind, "control");
});

test("rows that only make room for a span are left out", () => {
  assert.equal(onlySection(read(formOfRows([cell("a", { rowspan: "3" })], [], []))).rows.length, 1);
});

test("a section without a column count is as wide as its widest row", () => {
  assert.equal(onlySection(read(formOfRows([cell("a"), cell("b", { colspan: "2" })]))).columns, 3);
});

test("what a managed form removes is not there", () => {
  const model = read(formOfRows([cell("a"), cell("b", { solutionaction: "Removed" })]));
  assert.deepEqual(onlySection(model).rows[0].map(({ control }) => control.attribute), ["a"]);
});

test("a label is in the user's language, else English, else any", () => {
  const labels = (...codes) =>
    form(el("tabs", {}, el("tab", {}, el("labels", {}, ...codes.map((code) => el("label", { description: code, languagecode: code }))))));
  assert.equal(read(labels("1033", "1031"), 1031).tabs[0].label, "1031");
  assert.equal(read(labels("1031", "1033"), 1036).tabs[0].label, "1033");
  assert.equal(read(labels("1031"), 1036).tabs[0].label, "1031");
});

const handler = (name, attributes = {}) =>
  el("Handler", { functionName: name, libraryName: "new_/a.js", enabled: "true", ...attributes });

test("enabled handlers are read in document order", () => {
  const model = read(
    form(
      el("events", {}, el("event", { name: "onload" }, el("Handlers", {},
        handler("A.first", { passExecutionContext: "true", parameters: '"x", 1' }),
        handler("A.off", { enabled: "false" }),
        handler("A.second", { passExecutionContext: "0" })))),
    ),
  );
  assert.deepEqual(
    model.handlers.map(({ functionName, parameters, passExecutionContext }) => [functionName, passExecutionContext, parameters]),
    [["A.first", true, '"x", 1'], ["A.second", false, ""]],
  );
});

test("internal handlers are not run", () => {
  const model = read(form(el("events", {}, el("event", { name: "onload" }, el("InternalHandlers", {}, handler("Microsoft.own"))))));
  assert.deepEqual(model.handlers, []);
});

test("a handler under a tab is none of the form's", () => {
  const tab = el("tab", {}, el("events", {}, el("event", { name: "tabstatechange" }, el("Handlers", {}, handler("A.tab")))));
  assert.deepEqual(read(form(el("tabs", {}, tab))).handlers, []);
});

test("libraries keep their order", () => {
  const libraries = ["new_/b.js", "new_/a.js"].map((name) => el("Library", { name }));
  assert.deepEqual(read(form(el("formLibraries", {}, ...libraries))).libraries, ["new_/b.js", "new_/a.js"]);
});

test("the form is found inside its export", () => {
  assert.equal(read(el("forms", {}, el("systemform", {}, formOfRows([cell("a")])))).tabs.length, 1);
});

test("FormXml without a form is refused", () => {
  assert.throws(() => read(el("forms", {})), /no form element/);
});
