// @ts-check
/** The panel of the Channel Integration Framework: shows the provider's page, and does what it asks. */

import { bareId, formatAddress, tableName } from "./address.js";
import { Workspace } from "./cif-workspace.js";
import { h } from "./dom.js";

const MINIMIZED = 0;
const DOCKED = 1;
const HIDDEN = 2;
const CHANNELS = "msdyn_appconfig_msdyn_channelprovider";
const CHANNEL = "msdyn_label,msdyn_channelurl,msdyn_enableoutbound,msdyn_sortorder,msdyn_customparams,statecode";

/** @typedef {{ version: "1.0" | "2.0", label: string, url: string, clicks: boolean, customParams: string }} Provider */
/**
 * @typedef {object} Services
 * @property {import("./web-api.js").WebApi} webApi
 * @property {import("./xrm.js").XrmParts} xrm
 * @property {import("./xrm.js").Session} session
 * @property {HTMLElement} app
 * @property {(page: import("./address.js").Page) => Promise<void>} go
 */

/**
 * @param {import("./web-api.js").WebApi} webApi
 * @returns {Promise<Provider | undefined>} the one with the lowest order: there is one at a time.
 *   Where a profile of the one app has a provider, the app has several sessions, and version 2.
 */
export async function findProvider(webApi) {
  const second = await webApi.retrieveMultipleRecords(
    "msdyn_appconfiguration",
    `?$select=msdyn_name&$filter=statecode eq 0&$expand=${CHANNELS}($select=${CHANNEL})`,
  );
  const [channel] = second.entities
    .flatMap((profile) => profile[CHANNELS])
    .filter((row) => row.statecode === 0)
    .sort((a, b) => a.msdyn_sortorder - b.msdyn_sortorder);
  if (channel) return provider("2.0", channel, channel.msdyn_channelurl, channel.msdyn_enableoutbound);
  const first = await webApi.retrieveMultipleRecords(
    "msdyn_ciprovider",
    "?$select=msdyn_label,msdyn_landingurl,msdyn_clicktoact,msdyn_customparams&$filter=statecode eq 0&$orderby=msdyn_sortorder",
  );
  const [one] = first.entities;
  return one ? provider("1.0", one, one.msdyn_landingurl, one.msdyn_clicktoact) : undefined;
}

/**
 * @param {"1.0" | "2.0"} version
 * @param {Record<string, any>} row
 * @param {string} url
 * @param {boolean} clicks
 * @returns {Provider}
 */
function provider(version, row, url, clicks) {
  return { version, label: row.msdyn_label, url, clicks, customParams: row.msdyn_customparams ?? "" };
}

/** Shows one provider, and answers its library. */
export class CifHost {
  #mode = DOCKED;
  #clicks = false;
  /** @type {Set<string>} */
  #events = new Set();
  /** @type {Workspace | null} */
  #workspace = null;

  /** @param {Provider} provider @param {Services} services */
  constructor(provider, services) {
    this.provider = provider;
    this.services = services;
    this.frame = h("iframe", { src: provider.url, title: provider.label, allow: "microphone; camera; autoplay" });
    this.panel = h("aside", { class: "cif-panel", "aria-label": provider.label }, this.frame);
    const place = services.app.querySelector(".workspace");
    if (provider.version === "2.0") {
      const { app, go, webApi } = services;
      this.#workspace = new Workspace({ app, go, webApi, tell: (event, payload) => this.#tell(event, payload) });
      this.#setMode(MINIMIZED);
      place?.prepend(this.panel);
    } else {
      place?.append(this.panel);
    }
    window.addEventListener("message", (event) => void this.#hear(event));
    document.addEventListener("click-to-act", (event) => {
      const { value, name } = /** @type {CustomEvent} */ (event).detail;
      const { input } = services.xrm.Utility.getPageContext();
      const entityLogicalName = "entityName" in input ? input.entityName : "";
      if (this.#clicks) this.#tell("onclicktoact", { value, name, format: "Phone", entityLogicalName });
    });
  }

  /** @param {import("./address.js").Page} page the one that is shown now */
  navigated(page) {
    this.#workspace?.navigated(page);
    this.#tell("onpagenavigate", { value: location.origin + formatAddress(page) });
  }

  /** @param {string} event @param {object} payload */
  #tell(event, payload) {
    if (!this.#events.has(event)) return;
    const messageData = new Map([["payload", JSON.stringify(payload)]]);
    this.frame.contentWindow?.postMessage({ messageType: event, messageData }, new URL(this.provider.url).origin);
  }

  /** @param {MessageEvent} event */
  async #hear({ source, origin, data }) {
    const known = source === this.frame.contentWindow && origin === new URL(this.provider.url, location.href).origin;
    if (!known || !(data?.messageData instanceof Map)) return;
    /** @param {"success" | "failure"} messageOutcome @param {string} name @param {unknown} value */
    const answer = (messageOutcome, name, value) =>
      this.frame.contentWindow?.postMessage(
        { messageType: "CIF_Response", messageOutcome, messageData: new Map([[name, value]]), messageCorrelationId: data.messageCorrelationId },
        origin,
      );
    try {
      answer("success", "result", await this.#perform(data.messageType, Object.fromEntries(data.messageData)));
    } catch (error) {
      answer("failure", "error", JSON.stringify({ message: /** @type {Error} */ (error).message, msdyn_name: "Error" }));
    }
  }

  /** @param {string} type @param {Record<string, any>} data */
  async #perform(type, data) {
    switch (type) {
      case "addGenericHandler":
        return void this.#events.add(data.eventType);
      case "getenvironment":
        return JSON.stringify(this.#environment());
      case "openform": {
        const opened = await this.services.xrm.Navigation.openForm(JSON.parse(data.entityFormOptions), JSON.parse(data.entityFormParameters));
        return JSON.stringify(opened);
      }
      case "search":
      case "searchandopenrecords":
        return this.#search(data.entityLogicalName, data.queryParameters, type === "search");
      case "setclicktoact":
        // ASSUMED: whose provider is not for outbound calls is refused.
        if (!this.provider.clicks) throw new Error("Click-to-act is not enabled for this provider");
        this.#clicks = data.value;
        this.services.app.classList.toggle("clicks-act", this.#clicks);
        return undefined;
      case "getclicktoact":
        return this.#clicks;
      case "setmode":
        return this.#setMode(data.value);
      case "getmode":
        return this.#mode;
      case "setwidth":
        this.panel.style.width = `${data.value}px`;
        return undefined;
      default:
        if (this.#workspace) return this.#workspace.perform(type, data);
        throw new Error(`This panel does not know ${type}`);
    }
  }

  /** @param {number} mode */
  #setMode(mode) {
    if (![MINIMIZED, DOCKED, HIDDEN].includes(mode)) throw new Error(`${mode} is no mode of the panel`);
    this.#mode = mode;
    this.panel.dataset.mode = String(mode);
    this.#tell("onmodechanged", { value: mode });
  }

  /** @param {string} table @param {string} query @param {boolean} searchOnly */
  async #search(table, query, searchOnly) {
    const text = new URLSearchParams(query.replace(/^\?/, "")).get("$search");
    // ASSUMED: an empty search is one for everything.
    const plain = query.replace(/&?\$search=[^&]*/, "");
    const { entities } = await this.services.webApi.retrieveMultipleRecords(tableName(table), plain);
    const [only] = entities;
    if (!searchOnly) {
      const { Navigation } = this.services.xrm;
      if (text === null && only && entities.length === 1) await Navigation.openForm({ entityName: table, entityId: bareId(String(only[`${table}id`])) });
      else await Navigation.navigateTo({ pageType: "entitylist", entityName: table });
    }
    return JSON.stringify(Object.fromEntries(entities.map((row, index) => [String(index), row])));
  }

  #environment() {
    const { session, xrm } = this.services;
    const context = xrm.Utility.getGlobalContext();
    return {
      appUrl: context.getCurrentAppUrl(),
      clientUrl: context.getClientUrl(),
      crmVersion: context.getVersion(),
      cifVersion: this.provider.version,
      orgId: session.organizationId,
      orgUniqueName: session.uniqueName,
      userId: context.userSettings.userId,
      username: session.userName,
      userLcid: session.languageId,
      orgLcid: context.organizationSettings.languageId,
      customParams: this.provider.customParams,
    };
  }
}
