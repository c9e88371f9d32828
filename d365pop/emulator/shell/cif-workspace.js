// @ts-check
/** An app with several sessions: their tabs, notifications with buttons, the agent's presence. */

import { HOME } from "./address.js";
import { h, iconButton } from "./dom.js";

const HOME_SESSION = "session-id-0";
const MOST_SESSIONS = 10;
const MOST_NOTIFICATIONS = 10;
/** Those that Omnichannel comes with. */
const PRESENCES = ["Available", "Busy", "Busy - DND", "Away", "Offline"];
const TEMPLATE = [
  ...["msdyn_title", "msdyn_timeout", "msdyn_showtimeout", "msdyn_acceptbuttontext"],
  ...["msdyn_showrejectbutton", "msdyn_rejectbuttontext", "msdyn_autoacceptnotification"],
].join();

/** @typedef {{ actionName: string, responseReason: string }} Decision */
/** @typedef {{ title: string, page: import("./address.js").Page, wanted: boolean }} AppSession */
/**
 * @typedef {object} Parts
 * @property {HTMLElement} app
 * @property {import("./web-api.js").WebApi} webApi
 * @property {(page: import("./address.js").Page) => Promise<void>} go
 * @property {(event: string, payload: object) => void} tell
 */

/** What version 2 of the framework offers beside version 1. */
export class Workspace {
  /** @type {Map<string, AppSession>} */
  #sessions = new Map([[HOME_SESSION, { title: "Home", page: HOME, wanted: false }]]);
  #focused = HOME_SESSION;
  #created = 0;
  #presence = "Available";
  /** @type {Map<string, () => void>} */
  #cancels = new Map();

  /** @param {Parts} parts */
  constructor(parts) {
    this.parts = parts;
    this.tabs = h("nav", { class: "sessions", "aria-label": "Sessions" });
    this.notices = h("div", { class: "cif-notices", role: "region", "aria-label": "Incoming" });
    this.presence = h("span", { class: "presence" });
    const { app } = parts;
    app.querySelector(".content")?.prepend(this.tabs);
    app.querySelector(".persona")?.before(this.presence);
    app.append(this.notices);
    this.#render();
  }

  /** @param {import("./address.js").Page} page what the session in front shows now */
  navigated(page) {
    const session = this.#sessions.get(this.#focused);
    if (session) session.page = page;
  }

  /** @param {string} type @param {Record<string, any>} data */
  async perform(type, data) {
    switch (type) {
      case "canCreateSession":
        return this.#own().length < MOST_SESSIONS;
      case "createSession":
        return this.#create(data.input);
      case "getAllSessions":
        return this.#own();
      case "getFocusedSession":
        return this.#focused === HOME_SESSION ? null : this.#focused;
      case "requestFocusSession":
        return this.#draw(data.sessionId);
      case "notifyEvent":
        return JSON.stringify({ value: await this.#notify(data) });
      case "cancelEvent":
        return this.#cancel(data.cancellationToken);
      case "getPresence":
        return this.#presence;
      case "setPresence":
        return this.#setPresence(data.presence);
      default:
        throw new Error(`This panel does not know ${type}`);
    }
  }

  #own() {
    return [...this.#sessions.keys()].filter((id) => id !== HOME_SESSION);
  }

  /** @param {{ templateName?: string, templateParameters?: Record<string, string> }} input */
  #create({ templateName, templateParameters = {} }) {
    if (!templateName || this.#own().length >= MOST_SESSIONS) throw new Error("No session can be created");
    this.#created += 1;
    const id = `session-id-${this.#created}`;
    this.#sessions.set(id, { title: templateParameters.customerName || "Session", page: HOME, wanted: false });
    this.#focus(id);
    return id;
  }

  /** @param {string} id the agent's eyes are drawn to it; the agent goes there */
  #draw(id) {
    const session = this.#sessions.get(id);
    if (!session) throw new Error(`There is no session ${id}`);
    session.wanted = true;
    this.#render();
  }

  /** @param {string} id */
  #focus(id) {
    this.#focused = id;
    const session = this.#sessions.get(id);
    if (session) session.wanted = false;
    this.#render();
    this.parts.tell("onSessionSwitched", { sessionId: id });
  }

  /** @param {string} id */
  async #visit(id) {
    this.#focus(id);
    await this.parts.go(this.#sessions.get(id)?.page ?? HOME);
  }

  /** @param {string} id */
  async #close(id) {
    this.#sessions.delete(id);
    this.parts.tell("onSessionClosed", { sessionId: id });
    if (this.#focused === id) await this.#visit(HOME_SESSION);
    else this.#render();
  }

  #render() {
    const tabs = [...this.#sessions].map(([id, { title, wanted }]) =>
      h(
        "span",
        { class: wanted ? "session wanted" : "session" },
        h("button", { type: "button", "aria-current": id === this.#focused, onclick: () => void this.#visit(id) }, title),
        id === HOME_SESSION ? null : iconButton(`Close ${title}`, "close", () => void this.#close(id)),
      ),
    );
    this.tabs.replaceChildren(...tabs);
    this.presence.textContent = this.#presence;
  }

  /** @param {string} text */
  #setPresence(text) {
    if (!PRESENCES.includes(text)) return false;
    this.#presence = text;
    this.#render();
    this.parts.tell("onPresenceChange", { presenceInfo: { presenceText: text } });
    return true;
  }

  /** @param {string} token */
  #cancel(token) {
    const cancel = this.#cancels.get(token);
    if (!cancel) throw new Error("RejectAfterClientError");
    cancel();
    return token;
  }

  /**
   * @param {Record<string, any>} input
   * @returns {Promise<Decision>}
   */
  async #notify({ templateName, templateParameters = {}, cancellationToken = "" }) {
    const quoted = String(templateName).replace(/'/g, "''");
    const { entities } = await this.parts.webApi.retrieveMultipleRecords(
      "msdyn_notificationtemplate",
      `?$select=${TEMPLATE}&$filter=msdyn_uniquename eq '${quoted}' and statecode eq 0`,
    );
    const [template] = entities;
    if (!template) throw new Error("NotificationTemplateNotFoundError");
    if (template.msdyn_autoacceptnotification) return { actionName: "Accept", responseReason: "AutoAccept" };
    if (this.notices.childElementCount >= MOST_NOTIFICATIONS) {
      return { actionName: "Reject", responseReason: "NotificationQueueLimitExceeded" };
    }
    // ASSUMED: placeholders of a title are filled as those of a field are.
    const title = String(template.msdyn_title).replace(/\{(\w+)\}/g, (whole, key) => templateParameters[key] ?? whole);
    return this.#ask(title, template, String(cancellationToken));
  }

  /**
   * @param {string} title
   * @param {Record<string, any>} template
   * @param {string} token
   * @returns {Promise<Decision>}
   */
  #ask(title, template, token) {
    return new Promise((resolve) => {
      /** @param {string} actionName @param {string} responseReason */
      const decide = (actionName, responseReason) => {
        clearTimeout(timer);
        this.#cancels.delete(token);
        notice.remove();
        resolve({ actionName, responseReason });
      };
      /** @param {string} text @param {() => void} onclick */
      const button = (text, onclick) => h("button", { type: "button", onclick }, text);
      const seconds = template.msdyn_timeout ?? 120;
      const notice = h(
        "section",
        { class: "cif-notice card", "aria-label": title },
        h("p", { role: "status" }, title),
        template.msdyn_showtimeout ? h("p", { class: "quiet" }, `Goes after ${seconds} s`) : null,
        button(template.msdyn_acceptbuttontext || "Accept", () => decide("Accept", "Accept")),
        template.msdyn_showrejectbutton
          ? button(template.msdyn_rejectbuttontext || "Reject", () => decide("Reject", "DeclinedByAgent"))
          : null,
      );
      const timer = setTimeout(() => decide("Timeout", "DisplayTimeout"), seconds * 1000);
      // ASSUMED: the answer of what was cancelled; the reference tells none.
      if (token) this.#cancels.set(token, () => decide("Reject", "Cancelled"));
      this.notices.append(notice);
    });
  }
}
