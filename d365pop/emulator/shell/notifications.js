// @ts-check
/** Message bars: the app's (Xrm.App.addGlobalNotification) and a form's. */

import { h, icon, iconButton } from "./dom.js";
import { platformPromise } from "./promise.js";

/** @type {Record<number, { css: string, icon: import("./dom.js").IconName, word: string }>} */
const LEVELS = {
  1: { css: "success", icon: "check", word: "Success" },
  2: { css: "error", icon: "alert", word: "Error" },
  3: { css: "warning", icon: "alert", word: "Warning" },
  4: { css: "info", icon: "info", word: "Information" },
};

/** @type {Record<string, number>} */
const FORM_LEVELS = { ERROR: 2, WARNING: 3, INFO: 4 };

/**
 * @param {HTMLElement} place
 * @returns {Pick<Xrm.App, "addGlobalNotification" | "clearGlobalNotification">}
 */
export function createGlobalNotifications(place) {
  /** @type {Map<string, HTMLElement>} */
  const bars = new Map();

  /** @param {string} id */
  const clear = async (id) => {
    bars.get(id)?.remove();
    bars.delete(id);
    return id;
  };

  /** @param {Xrm.App.Notification} notification */
  const add = async (notification) => {
    if (notification.type !== 2) {
      throw { errorCode: 0, message: "A global notification must have the type 2, a message bar" };
    }
    const id = crypto.randomUUID();
    const { action, level, message, showCloseButton } = notification;
    const dismiss = showCloseButton ? () => void clear(id) : undefined;
    const bar = messageBar(level, message, { action, dismiss });
    bars.set(id, bar);
    place.append(bar);
    return id;
  };

  return {
    addGlobalNotification: (notification) => platformPromise(add(notification)),
    clearGlobalNotification: (id) => platformPromise(clear(id)),
  };
}

/**
 * @param {import("./form-state.js").FormNotification} notification
 * @returns {HTMLElement}
 */
export function formNotification({ level, message }) {
  return messageBar(FORM_LEVELS[level] ?? 4, message, {});
}

/**
 * @param {number} level
 * @param {string} message
 * @param {{ action?: Xrm.App.Action, dismiss?: () => void }} options
 * @returns {HTMLElement}
 */
function messageBar(level, message, { action, dismiss }) {
  const look = LEVELS[level] ?? LEVELS[4];
  return h(
    "div",
    { class: `message-bar ${look.css}`, role: level === 2 ? "alert" : "status" },
    icon(look.icon),
    h("span", { class: "visually-hidden" }, `${look.word}: `),
    h("span", { class: "message" }, message),
    action
      ? h("button", { type: "button", onclick: () => action.eventHandler?.() }, action.actionLabel ?? "Open")
      : null,
    dismiss ? iconButton("Dismiss", "close", dismiss) : null,
  );
}
