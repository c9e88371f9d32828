import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

import { text, useTexts } from "../../../webresources/src/core/texts.js";
import { createView } from "../../../webresources/src/platform/view.js";
import { fakeDocument } from "./fakes.mjs";

const html = readFileSync(new URL("../../../webresources/html/softphone.html", import.meta.url), "utf8");
const ids = [...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);

function prepare() {
  const page = fakeDocument(ids);
  return { page, view: createView({ page }), part: (id) => page.getElementById(id) };
}

test("the state of the connection is text and a word for the style sheet", () => {
  const { view, part } = prepare();
  view.setConnection("silent", { text: "Not connected", hint: "Sign in" });
  assert.deepEqual(
    [part("connection").textContent, part("connection").attributes["data-state"], part("hint").textContent, part("hint").hidden],
    ["Not connected", "silent", "Sign in", false],
  );
  view.setConnection("connected", { text: "Connected", hint: "" });
  assert.equal(part("hint").hidden, true);
});

test("the page's own words are put into the agent's language", (t) => {
  t.after(() => useTexts({}));
  const { view, page } = prepare();
  const heading = { getAttribute: () => "activity", textContent: "Activity" };
  Object.assign(page, { documentElement: { lang: "en" }, querySelectorAll: () => [heading] });
  useTexts({ lang: "de", activity: "Aktivität" });
  view.translate();
  assert.deepEqual([page.documentElement.lang, heading.textContent], ["de", "Aktivität"]);
});

test("every word that the page's own markup asks for is in the table", () => {
  const keys = [...html.matchAll(/data-text="([^"]+)">([^<]+)</g)].map(([, key, word]) => [text(key), word]);
  assert.ok(keys.length > 3);
  keys.forEach(([word, written]) => assert.equal(word, written));
});

test("a panel shows its texts, and its choices as buttons", () => {
  const { view, part } = prepare();
  const ran = [];
  view.show({ title: "Call", detail: "Two fit", choices: [{ label: "Ann", detail: "contact", run: () => ran.push("Ann") }] });
  assert.deepEqual([part("caller-title").textContent, part("caller-detail").textContent], ["Call", "Two fit"]);
  const [item] = part("choices").children;
  const [button] = item.children;
  assert.deepEqual([item.tagName, button.tagName, button.type, button.textContent], ["li", "button", "button", "Ann contact"]);
  button.dispatch("click");
  assert.deepEqual([ran, part("caller").hidden, part("choices").hidden], [["Ann"], false, false]);
});

test("a problem is marked as one, and a search as busy", () => {
  const { view, part } = prepare();
  view.show({ title: "A", detail: "a", busy: true, problem: true });
  assert.deepEqual(part("caller").attributes, { "aria-busy": "true", "data-tone": "problem" });
});

test("a choice without detail is its label alone", () => {
  const { view, part } = prepare();
  view.show({ title: "A", detail: "a", choices: [{ label: "Try again", run: () => {} }] });
  const [button] = part("choices").children[0].children;
  assert.deepEqual([button.textContent, button.children], ["Try again", []]);
});

test("a panel replaces the one before", () => {
  const { view, part } = prepare();
  view.show({ title: "A", detail: "a", busy: true, problem: true, choices: [{ label: "x", run: () => {} }] });
  view.show({ title: "B", detail: "b" });
  assert.deepEqual([part("caller-title").textContent, part("choices").children, part("choices").hidden], ["B", [], true]);
  assert.deepEqual(part("caller").attributes, { "aria-busy": "false", "data-tone": "plain" });
});

test("markup from outside stays text", () => {
  const { view, part } = prepare();
  const markup = "<img src=x onerror=alert(1)>";
  view.show({ title: markup, detail: markup, choices: [{ label: markup, detail: markup, run: () => {} }] });
  view.addLog(markup);
  assert.equal(part("caller-title").textContent, markup);
  assert.equal(part("log-lines").children[0].textContent, markup);
});

test("the log keeps its newest lines", () => {
  const { view, part } = prepare();
  for (let line = 1; line <= 60; line += 1) view.addLog("line " + line);
  const lines = part("log-lines").children.map((item) => item.textContent);
  assert.deepEqual([lines.length, lines[0], lines[49]], [50, "line 11", "line 60"]);
});

test("a page without its parts is refused", () => {
  assert.throws(() => createView({ page: fakeDocument([]) }), /softphone\.html has no part phone/);
});

test("the page is called Phone once for the tab and once for who hears it, and shows the word nowhere", () => {
  assert.equal(html.match(/<title[^>]*>Phone<\/title>/g).length, 1);
  assert.deepEqual(html.match(/<h1[^>]*>Phone/g), ['<h1 class="visually-hidden" data-text="phone">Phone']);
});

test("the page loads its siblings by relative address and holds no script or style of its own", () => {
  assert.deepEqual([...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address]) => address), ["softphone.css", "softphone.js"]);
  assert.doesNotMatch(html, /<style|style=|\son\w+=|<script(?![^>]*src=)/);
});
