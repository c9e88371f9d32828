// @ts-check
/** The page in the pane, as text only: nothing that comes from outside is ever read as markup. */

import { startTexts, text } from "../core/texts.js";

/**
 * @typedef {import("../core/cards.js").Card} Card
 * @typedef {import("../core/pop-panels.js").Choice} Choice
 */

/** Log lines kept; older ones go. */
const mostLines = 50;

/**
 * Return the writers of the page's parts. The parts stand in softphone.html.
 *
 * @param {{ page?: Document }} [options]
 */
export function createView({ page = document } = {}) {
  const part = /** @param {string} id */ (id) => partOf(page, id);
  startTexts(wordsOf(page));
  return {
    /** Put the page's own words into the agent's language. */
    translate() {
      page.documentElement.lang = text("lang");
      page.querySelectorAll("[data-text]").forEach((element) => {
        element.textContent = text(element.getAttribute("data-text") || "");
      });
    },
    /** Where the Genesys frame goes. */
    phone: part("phone"),
    /**
     * @param {string} state one word for the style sheet
     * @param {{ text: string, hint: string }} message
     * @param {Choice} action the one thing to do, if its label says something
     */
    setConnection(state, { text, hint }, { label, run }) {
      part("connection").textContent = text;
      part("connection").setAttribute("data-state", state);
      part("banner").hidden = hint === "";
      part("hint").textContent = hint;
      setText(part("way-on"), label);
      part("way-on").onclick = run;
    },
    /**
     * Show the cards, the newest first; what is new in the first is read out.
     *
     * @param {Card[]} cards
     */
    showCards(cards) {
      const focused = focusedIn(page, part("cards"));
      part("cards").hidden = cards.length === 0;
      replaceChildren(part("cards"), cards.map((card) => cardItem(page, card)));
      refocus(part("cards"), focused, part("phone"));
      const [first] = cards;
      const said = first ? first.title + ". " + first.detail : "";
      if (part("said").textContent !== said) part("said").textContent = said;
    },
    /**
     * Show the numbers of the record in front.
     *
     * @param {{ numbers: string[], problem: string, dial: (number: string) => void }} options
     */
    showNumbers({ numbers, problem, dial }) {
      const focused = focusedIn(page, part("numbers"));
      part("dial").hidden = numbers.length === 0 && !problem;
      setText(part("dial-problem"), problem);
      const items = numbers.map((number) => choiceItem(page, { label: number, run: () => dial(number) }));
      replaceChildren(part("numbers"), items);
      refocus(part("numbers"), focused, part("phone"));
    },
    /** @param {string} line */
    addLog(line) {
      const log = part("log-lines");
      const item = page.createElement("li");
      item.textContent = line;
      log.appendChild(item);
      while (log.childElementCount > mostLines && log.firstElementChild) log.firstElementChild.remove();
    },
  };
}

/**
 * The page brings its English along, so that no request is needed before it can say what is wrong.
 *
 * @param {Document} page
 */
function wordsOf(page) {
  const meta = page.querySelector("meta[name=texts]");
  return JSON.parse((meta && meta.getAttribute("content")) || "{}");
}

/**
 * @param {Document} page
 * @param {Card} card
 */
function cardItem(page, { id, title, detail, busy = false, problem = false, choices = [], dismiss }) {
  const item = page.createElement("li");
  item.setAttribute("aria-busy", String(busy));
  item.setAttribute("data-tone", problem ? "problem" : "plain");
  const heading = page.createElement("h2");
  heading.textContent = title;
  const close = page.createElement("button");
  close.type = "button";
  close.className = "dismiss";
  close.textContent = "\u00d7";
  close.setAttribute("aria-label", text("dismiss", { title }));
  close.setAttribute("data-key", id + " dismiss");
  close.addEventListener("click", dismiss);
  const more = page.createElement("p");
  more.textContent = detail;
  const list = page.createElement("ul");
  list.hidden = choices.length === 0;
  list.setAttribute("aria-label", title);
  choices.forEach((choice, at) => list.appendChild(choiceItem(page, choice, id + " " + at)));
  [heading, close, more, list].forEach((element) => item.appendChild(element));
  return item;
}

/**
 * Return the key of the button that has the focus, which drawing anew would take away.
 *
 * @param {Document} page
 * @param {HTMLElement} list
 */
function focusedIn(page, list) {
  const { activeElement } = page;
  return activeElement && list.contains(activeElement) ? activeElement.getAttribute("data-key") : null;
}

/**
 * Put the focus where it was, or to what is nearest: the next key moves on from there.
 *
 * @param {HTMLElement} list
 * @param {string | null} key of the button that had it; null where none had
 * @param {HTMLElement} behind what follows the list, where no button is left in it
 */
function refocus(list, key, behind) {
  if (key === null) return;
  const buttons = /** @type {HTMLElement[]} */ (Array.from(list.querySelectorAll("button")));
  const found = buttons.find((button) => button.getAttribute("data-key") === key) || buttons[0] || behind;
  if (found === behind) behind.tabIndex = -1;
  found.focus();
}

/**
 * @param {Document} page
 * @param {Choice} choice
 * @param {string} [key]
 */
function choiceItem(page, { label, detail = "", run }, key = label) {
  const button = page.createElement("button");
  button.type = "button";
  button.setAttribute("data-key", key);
  button.textContent = label;
  if (detail) {
    // The space keeps the two words apart for a screen reader.
    button.textContent = label + " ";
    const small = page.createElement("small");
    small.textContent = detail;
    button.appendChild(small);
  }
  button.addEventListener("click", () => {
    run();
  });
  const item = page.createElement("li");
  item.appendChild(button);
  return item;
}

/**
 * @param {HTMLElement} element
 * @param {HTMLElement[]} children
 */
function replaceChildren(element, children) {
  element.textContent = "";
  children.forEach((child) => element.appendChild(child));
}

/**
 * @param {HTMLElement} element
 * @param {string} text
 */
function setText(element, text) {
  element.textContent = text;
  element.hidden = text === "";
}

/**
 * @param {Document} page
 * @param {string} id
 */
function partOf(page, id) {
  const element = page.getElementById(id);
  if (!element) throw new Error("softphone.html has no part " + id);
  return element;
}
