// @ts-check
/** Telemetry, and the one question to the agent that may go with it: one to five stars, nothing else. */

import { createSurvey } from "../core/survey.js";
import { startInsights } from "./insights.js";
import { createStore } from "./storage.js";

/** @typedef {typeof import("../core/texts.js").text} Text */

const storeKey = "d365pop.asked";
const most = 5;

/**
 * @param {Parameters<typeof startInsights>[0] & { ask?: unknown, text: Text }} options ask: days between two questions; nobody is asked without a number of them
 * @returns {ReturnType<typeof startInsights>}
 */
export function startTelling({ ask, text, ...options }) {
  const receive = startInsights(options);
  const days = Number(ask);
  if (!(days > 0)) return receive;
  const decide = createSurvey({ days, store: createStore({ key: storeKey }) });
  const question = createQuestion(document, text, (stars) => receive("satisfaction", { stars }, Date.now()));
  return (name, facts, time) => {
    receive(name, facts, time);
    if (name !== "phone") return;
    const wish = decide(String(facts.event), facts.id, time);
    if (wish) question[wish]();
  };
}

/**
 * @param {Document} page
 * @param {Text} text
 * @param {(stars: number) => void} onStars
 */
function createQuestion(page, text, onStars) {
  /** @type {HTMLElement | null} */
  let shown = null;
  /** @type {<Name extends keyof HTMLElementTagNameMap>(name: Name, properties: Partial<HTMLElementTagNameMap[Name]>, children?: (Node | string)[]) => HTMLElementTagNameMap[Name]} */
  const make = (name, properties, children = []) => {
    const element = Object.assign(page.createElement(name), properties);
    element.append(...children);
    return element;
  };
  function hide() {
    if (shown) shown.remove();
    shown = null;
  }
  /** The button that had the focus goes; the next key moves on from where it stood. @param {HTMLElement} phone */
  function putOff(phone) {
    hide();
    phone.tabIndex = -1;
    phone.focus();
  }
  const star = (/** @type {number} */ count) => {
    const input = make("input", { type: "radio", name: "stars", value: String(count), required: true });
    input.setAttribute("aria-label", text("survey-stars", { count, most }));
    return make("label", {}, [input, count + " \u2605"]);
  };

  return {
    hide,
    /** Nothing takes the focus: the agent may be writing. */
    ask() {
      hide();
      const phone = page.getElementById("phone");
      const said = page.getElementById("said");
      if (!phone) return;
      const stars = Array.from({ length: most }, (_none, index) => star(index + 1));
      const legend = make("legend", { textContent: text("survey-question") });
      const send = make("button", { type: "submit", textContent: text("survey-send") });
      const later = make("button", { type: "button", textContent: text("survey-later"), onclick: () => putOff(phone) });
      const form = make("form", { id: "survey" }, [make("fieldset", {}, [legend, ...stars]), send, later]);
      form.onsubmit = (event) => {
        event.preventDefault();
        const checked = form.querySelector("input:checked");
        if (checked instanceof HTMLInputElement) onStars(Number(checked.value));
        const thanks = make("p", { tabIndex: -1, textContent: text("survey-thanks") });
        form.replaceChildren(thanks);
        thanks.focus();
      };
      shown = form;
      /** @type {Node} */ (phone.parentNode).insertBefore(form, phone);
      if (said) said.textContent = text("survey-question");
    },
  };
}
