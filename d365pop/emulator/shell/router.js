// @ts-check
/** Goes from page to page without leaving the document, so that side panes live on. */

import { formatAddress, HOME, parseAddress, webResourceAddress } from "./address.js";
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

/** @param {{ frame: Frame, services: FormServices }} options */
export function createRouter({ frame, services }) {
  /** @type {Page} */
  let current = HOME;
  /** @type {FormPage | null} */
  let form = null;
  let generation = 0;

  /** @returns {Promise<boolean>} whether the page on screen may go */
  async function mayLeave() {
    if (!form?.isDirty) return true;
    const answer = await askUnsaved();
    if (answer === "save") await form.save();
    return answer === "discard" || (answer === "save" && !form.isDirty);
  }

  /**
   * @param {Page} page
   * @returns {Promise<void>}
   */
  async function show(page) {
    generation += 1;
    const mine = generation;
    current = page;
    form = null;
    frame.showLoading(page);
    try {
      const shown = await render(page);
      // A newer navigation has begun while this one was reading: it has the screen.
      if (mine !== generation) return;
      form = shown.form;
      frame.show(page, shown);
    } catch (error) {
      const { message } = /** @type {Error} */ (error);
      if (mine === generation) frame.show(page, errorPage(message));
      throw error;
    }
    await form?.start();
  }

  /** @param {Page} page */
  async function render(page) {
    if (page.pageType === "entitylist") return listPage(page.entityName);
    if (page.pageType === "entityrecord") return recordPage(await openFormPage(page, services));
    const element = webResourceFrame(webResourceAddress(page.webresourceName, page.data), page.webresourceName);
    return { form: null, element, title: page.webresourceName, commands: [] };
  }

  /** @param {string} entityName */
  async function listPage(entityName) {
    const table = describeTable(entityName);
    const element = await renderList(entityName, {
      webApi: services.webApi,
      address: (entityId) => formatAddress({ pageType: "entityrecord", entityName, entityId }),
    });
    const commands = [
      command("New", "add", () => attempt({ pageType: "entityrecord", entityName })),
      command("Refresh", "refresh", () => attempt({ pageType: "entitylist", entityName })),
    ];
    return { form: null, element, title: table.plural, commands };
  }

  /** @param {FormPage} opened */
  function recordPage(opened) {
    const { entityName } = opened.state.data;
    const list = () => attempt({ pageType: "entitylist", entityName });
    const save = () => opened.save().catch(() => undefined); // the form's own message bar tells it
    const commands = [
      command("Back", "back", list),
      command("Save", "save", save),
      command("New", "add", () => attempt({ pageType: "entityrecord", entityName })),
      command("Refresh", "refresh", () => attempt(current)),
    ];
    return { form: opened, element: opened.element, title: opened.title, commands };
  }

  /**
   * @param {Page} page
   * @returns {Promise<void>}
   */
  async function go(page) {
    if (!(await mayLeave())) {
      throw { errorCode: 0, message: "The user stayed on a form with unsaved changes" };
    }
    const address = formatAddress(page);
    if (address !== formatAddress(current)) history.pushState(null, "", address);
    await show(page);
  }

  /** @param {Page} page a click's navigation: what goes wrong is on screen already */
  function attempt(page) {
    go(page).catch(() => undefined);
  }

  async function restore() {
    if (await mayLeave()) {
      await show(parseAddress(location.search)).catch(() => undefined);
    } else {
      history.pushState(null, "", formatAddress(current));
    }
  }

  /** @param {MouseEvent} event */
  function followLink(event) {
    const link = event.target instanceof Element ? event.target.closest("a[data-page]") : null;
    if (link instanceof HTMLAnchorElement && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      attempt(parseAddress(new URL(link.href).search));
    }
  }

  return {
    go,
    page: () => current,
    /** @param {Page} page the row on screen was created and has an address of its own now */
    renamed: (page) => {
      current = page;
      history.replaceState(null, "", formatAddress(page));
    },
    /** @param {() => Page} first */
    start: async (first) => {
      document.addEventListener("click", followLink);
      window.addEventListener("popstate", () => void restore());
      window.addEventListener("beforeunload", (event) => {
        if (form?.isDirty) event.preventDefault();
      });
      try {
        await show(first());
      } catch (error) {
        frame.show(HOME, errorPage(/** @type {Error} */ (error).message));
      }
    },
  };
}

/** @param {string} message */
function errorPage(message) {
  const element = h(
    "article",
    { class: "card error-page", role: "alert" },
    h("h1", {}, "This page cannot be shown"),
    h("p", {}, message),
  );
  return { form: null, element, title: "Error", commands: [] };
}
