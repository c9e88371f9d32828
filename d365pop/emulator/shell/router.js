// @ts-check
/** Goes from page to page without leaving the document, so that side panes live on. */

import { formatAddress, HOME, parseAddress, webResourceAddress } from "./address.js";
import { listCommands } from "./commands.js";
import { askUnsaved } from "./dialogs.js";
import { command, h } from "./dom.js";
import { openFormPage } from "./form-page.js";
import { renderList } from "./list-page.js";
import { webResourceFrame } from "./side-panes.js";
import { describeTable } from "./tables.js";

/** @typedef {import("./address.js").Page} Page */
/** @typedef {import("./frame.js").Frame} Frame */
/** @typedef {import("./form-page.js").FormServices} FormServices */
/** @typedef {import("./form-page.js").FormPage} FormPage */

/** Which page is on screen, and how another one gets there. */
export class Router {
  /** @type {Page} */
  #current = HOME;
  /** @type {FormPage | null} */
  #form = null;
  #generation = 0;

  /** @param {{ frame: Frame, services: FormServices }} options */
  constructor({ frame, services }) {
    this.frame = frame;
    this.services = services;
  }

  /** Show what the address asks for, and follow links and history from then on. */
  async start() {
    document.addEventListener("click", (event) => this.#followLink(event));
    window.addEventListener("popstate", () => void this.#restore());
    window.addEventListener("beforeunload", (event) => {
      if (this.#form?.isDirty) event.preventDefault();
    });
    await this.#showAddress();
  }

  get page() {
    return this.#current;
  }

  /**
   * @param {Page} page
   * @returns {Promise<void>}
   */
  async go(page) {
    if (!(await this.#mayLeave())) {
      throw { errorCode: 0, message: "The user stayed on a form with unsaved changes" };
    }
    const address = formatAddress(page);
    if (address !== formatAddress(this.#current)) history.pushState(null, "", address);
    await this.#show(page);
  }

  /** @param {Page} page the row on screen was written: it has an address, its name may be new */
  saved(page) {
    this.#current = page;
    history.replaceState(null, "", formatAddress(page));
    if (this.#form) this.frame.setTitle(this.#form.title);
  }

  /** Load the page anew, so that it runs what is published now; a person may stay instead. */
  async reload() {
    if (!(await this.#mayLeave())) return;
    // The person has answered: the browser need not ask once more.
    this.#form = null;
    location.reload();
  }

  /** @param {Page} page a click's navigation: what goes wrong is on screen already */
  #attempt(page) {
    this.go(page).catch(() => undefined);
  }

  /** @returns {Promise<boolean>} whether the page on screen may go */
  async #mayLeave() {
    const form = this.#form;
    if (!form?.isDirty) return true;
    const answer = await askUnsaved();
    if (answer === "save") await form.save();
    return answer === "discard" || (answer === "save" && !form.isDirty);
  }

  /**
   * @param {Page} page
   * @returns {Promise<void>}
   */
  async #show(page) {
    this.#generation += 1;
    const mine = this.#generation;
    this.#current = page;
    this.#form = null;
    this.frame.showLoading(page);
    try {
      const shown = await this.#render(page);
      // A newer navigation has begun while this one was reading: it has the screen.
      if (mine !== this.#generation) return;
      this.#form = shown.form;
      this.frame.show(page, shown);
    } catch (error) {
      if (mine === this.#generation) this.frame.show(page, errorPage(error));
      throw error;
    }
    await this.#form?.start();
  }

  /** @param {Page} page */
  async #render(page) {
    if (page.pageType === "entitylist") return this.#listPage(page.entityName);
    if (page.pageType === "entityrecord") return this.#recordPage(await openFormPage(page, this.services));
    const { data, webresourceName } = page;
    const element = webResourceFrame(webResourceAddress(webresourceName, data), webresourceName);
    return { form: null, element, title: webresourceName, commands: [] };
  }

  /** @param {string} entityName */
  async #listPage(entityName) {
    const element = await renderList(entityName, {
      webApi: this.services.webApi,
      address: (entityId) => formatAddress({ pageType: "entityrecord", entityName, entityId }),
    });
    const commands = [
      command("New", "add", () => this.#attempt({ pageType: "entityrecord", entityName })),
      command("Refresh", "refresh", () => this.#attempt({ pageType: "entitylist", entityName })),
      // Who may not read commands has a list without them.
      ...(await listCommands(entityName, this.services).catch(() => [])),
    ];
    return { form: null, element, title: describeTable(entityName).plural, commands };
  }

  /** @param {FormPage} form */
  #recordPage(form) {
    const { entityName } = form.state.data;
    // What goes wrong in a save stands in the form's own message bar.
    const save = () => void form.save().catch(() => undefined);
    const commands = [
      command("Back", "back", () => this.#attempt({ pageType: "entitylist", entityName })),
      command("Save", "save", save),
      command("New", "add", () => this.#attempt({ pageType: "entityrecord", entityName })),
      command("Refresh", "refresh", () => this.#attempt(this.#current)),
    ];
    return { form, element: form.element, title: form.title, commands };
  }

  async #showAddress() {
    try {
      await this.#show(parseAddress(location.search));
    } catch (error) {
      this.frame.show(this.#current, errorPage(error));
    }
  }

  async #restore() {
    if (await this.#mayLeave()) await this.#showAddress();
    else history.pushState(null, "", formatAddress(this.#current));
  }

  /** @param {MouseEvent} event */
  #followLink(event) {
    const link = event.target instanceof Element ? event.target.closest("a[data-page]") : null;
    if (link instanceof HTMLAnchorElement && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      this.#attempt(parseAddress(new URL(link.href).search));
    }
  }
}

/** @param {unknown} error */
function errorPage(error) {
  const { message } = /** @type {Error} */ (error);
  const element = h(
    "article",
    { class: "card error-page", role: "alert" },
    h("h1", {}, "This page cannot be shown"),
    h("p", {}, message),
  );
  return { form: null, element, title: "Error", commands: [] };
}
