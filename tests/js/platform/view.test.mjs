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

test("the state of the connection is text and a word for the style sheet, with a hint and the one thing to do", () => {
  const { view, part } = prepare();
  const ran = [];
  view.setConnection("silent", { text: "Not connected", hint: "Sign in" }, { label: "Try again", run: () => ran.push("again") });
  part("way-on").onclick();
  assert.deepEqual(
    [part("connection").textContent, part("connection").attributes["data-state"], part("hint").textContent, part("banner").hidden, part("way-on").textContent, ran],
    ["Not connected", "silent", "Sign in", false, "Try again", ["again"]],
  );
});

test("without a hint there is no banner, and without a way on no button", () => {
  const { view, part } = prepare();
  view.setConnection("connected", { text: "Connected", hint: "" }, { label: "", run: () => {} });
  assert.deepEqual([part("banner").hidden, part("way-on").hidden], [true, true]);
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

/** The parts of a card as drawn. */
const partsOf = ({ children: [heading, close, detail, list] }) => ({ heading, close, detail, list });
const card = (more) => ({ id: "i1", time: 1, title: "Call", detail: "Two fit", dismiss: () => {}, ...more });

test("a card shows its texts, and its choices as buttons", () => {
  const { view, part } = prepare();
  const ran = [];
  view.showCards([card({ choices: [{ label: "Ann", detail: "contact", run: () => ran.push("Ann") }], dismiss: () => ran.push("dismissed") })]);
  const [item] = part("cards").children;
  const { heading, close, detail, list } = partsOf(item);
  assert.deepEqual([heading.tagName, heading.textContent, detail.textContent, part("cards").hidden], ["h2", "Call", "Two fit", false]);
  const [button] = list.children[0].children;
  assert.deepEqual([button.tagName, button.type, button.textContent], ["button", "button", "Ann contact"]);
  button.dispatch("click");
  close.dispatch("click");
  assert.deepEqual([ran, close.attributes["aria-label"]], [["Ann", "dismissed"], "Dismiss: Call"]);
});

test("a problem is marked as one, and a search as busy", () => {
  const { view, part } = prepare();
  view.showCards([card({ busy: true, problem: true })]);
  const { "aria-busy": busy, "data-tone": tone } = part("cards").children[0].attributes;
  assert.deepEqual([busy, tone], ["true", "problem"]);
});

test("what is new in the first card is said once", () => {
  const { view, part } = prepare();
  view.showCards([card({})]);
  assert.equal(part("said").textContent, "Call. Two fit");
  view.showCards([]);
  assert.deepEqual([part("said").textContent, part("cards").hidden, part("cards").children], ["", true, []]);
});

test("a choice without detail is its label alone", () => {
  const { view, part } = prepare();
  view.showCards([card({ choices: [{ label: "Try again", run: () => {} }] })]);
  const [button] = partsOf(part("cards").children[0]).list.children[0].children;
  assert.deepEqual([button.textContent, button.children], ["Try again", []]);
});

test("numbers are buttons that dial, and a refusal is an alert", () => {
  const { view, part } = prepare();
  const dialled = [];
  view.showNumbers({ numbers: ["312-555-0143"], problem: "", dial: (number) => dialled.push(number) });
  part("numbers").children[0].children[0].dispatch("click");
  assert.deepEqual([dialled, part("dial").hidden, part("dial-problem").hidden], [["312-555-0143"], false, true]);
  view.showNumbers({ numbers: [], problem: "x is no telephone number.", dial: () => {} });
  assert.deepEqual([part("dial").hidden, part("dial-problem").textContent], [false, "x is no telephone number."]);
  view.showNumbers({ numbers: [], problem: "", dial: () => {} });
  assert.equal(part("dial").hidden, true);
});

test("markup from outside stays text", () => {
  const { view, part } = prepare();
  const markup = "<img src=x onerror=alert(1)>";
  view.showCards([card({ title: markup, detail: markup, choices: [{ label: markup, detail: markup, run: () => {} }] })]);
  view.addLog(markup);
  assert.equal(part("cards").children[0].children[0].textContent, markup);
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
