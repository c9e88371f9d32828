// @ts-check
/** What stays around the page: top bar, site map, command bar, message bars, side panes. */

import { formatAddress } from "./address.js";
import { h, icon, iconButton } from "./dom.js";
import { describeTable, SITE_MAP } from "./tables.js";

/** @typedef {import("./address.js").Page} Page */
/** @typedef {{ element: HTMLElement, title: string, commands: HTMLElement[] }} Shown */
/**
 * @typedef {object} Frame
 * @property {HTMLElement} rail
 * @property {HTMLElement} panes
 * @property {HTMLElement} notifications
 * @property {(page: Page) => void} showLoading
 * @property {(page: Page, shown: Shown) => void} show
 * @property {(title: string) => void} setTitle
 */

/**
 * @param {HTMLElement} app
 * @param {string} userName
 * @returns {Frame}
 */
export function createFrame(app, userName) {
  const notifications = h("div", { class: "global-notifications", "aria-label": "Notifications", role: "region" });
  const commands = h("div", { class: "command-bar card", role: "toolbar", "aria-label": "Commands" });
  const main = h("main", { id: "main", tabindex: -1 });
  const panes = h("div", { class: "panes", hidden: true });
  const rail = h("nav", { class: "rail", "aria-label": "Side panes", hidden: true });
  const links = siteMapLinks();
  const siteMap = h("nav", { class: "site-map", "aria-label": "Site map" }, ...links.groups);
  const content = h("div", { class: "content" }, notifications, commands, main);
  app.replaceChildren(
    h("a", { class: "skip", href: "#main" }, "Skip to the page"),
    topBar(userName, () => app.classList.toggle("narrow")),
    h("div", { class: "workspace" }, siteMap, content, panes, rail),
  );

  /** @param {Page} page */
  const mark = (page) => {
    const entityName = page.pageType === "webresource" ? "" : page.entityName;
    links.byTable.forEach((link, table) => {
      if (table === entityName) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    });
  };
  /** @param {string} title */
  const setTitle = (title) => {
    document.title = `${title} - Local Dataverse`;
  };
  return {
    setTitle,
    rail,
    panes,
    notifications,
    showLoading: (page) => {
      mark(page);
      main.setAttribute("aria-busy", "true");
    },
    show: (page, shown) => {
      mark(page);
      main.setAttribute("aria-busy", "false");
      main.replaceChildren(shown.element);
      main.scrollTop = 0;
      commands.replaceChildren(...shown.commands);
      commands.hidden = shown.commands.length === 0;
      setTitle(shown.title);
    },
  };
}

/**
 * @param {string} userName
 * @param {() => void} toggle
 */
function topBar(userName, toggle) {
  const initials = userName.split(" ").map((word) => word.charAt(0)).join("").slice(0, 2);
  return h(
    "header",
    { class: "top-bar" },
    iconButton("Fold the site map", "pane", toggle),
    h("strong", {}, "Local Dataverse"),
    h("span", { class: "app-name" }, "Customer Service"),
    h("span", { class: "environment" }, "Sandbox on this machine"),
    h("span", { class: "persona", title: userName, role: "img", "aria-label": userName }, initials),
  );
}

function siteMapLinks() {
  /** @type {Map<string, HTMLAnchorElement>} */
  const byTable = new Map();
  const groups = SITE_MAP.map(({ group, tables }) => {
    const items = tables.map((name) => {
      const { icon: iconName, plural } = describeTable(name);
      const href = formatAddress({ pageType: "entitylist", entityName: name });
      const link = h("a", { href, "data-page": true, title: plural }, icon(iconName), h("span", {}, plural));
      byTable.set(name, link);
      return h("li", {}, link);
    });
    return h("div", {}, h("h2", {}, group), h("ul", {}, ...items));
  });
  return { byTable, groups };
}
