// @ts-check
/** The page in the pane, as text only: nothing that comes from outside is ever read as markup. */

import { text } from "../core/texts.js";

/**
 * @typedef {import("../core/pop-panels.js").Panel} Panel
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
     */
    setConnection(state, { text, hint }) {
      part("connection").textContent = text;
      part("connection").setAttribute("data-state", state);
      setText(part("hint"), hint);
    },
    /** @param {Panel} panel */
    show({ title, detail, busy = false, problem = false, choices = [] }) {
      setText(part("caller-title"), title);
      setText(part("caller-detail"), detail);
      part("caller").setAttribute("aria-busy", String(busy));
      part("caller").setAttribute("data-tone", problem ? "problem" : "plain");
      part("caller").hidden = false;
      part("choices").hidden = choices.length === 0;
      replaceChildren(part("choices"), choices.map((choice) => choiceItem(page, choice)));
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
 * @param {Document} page
 * @param {Choice} choice
 */
function choiceItem(page, { label, detail = "", run }) {
  const button = page.createElement("button");
  button.type = "button";
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
