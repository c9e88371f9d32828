// @ts-check
/** Xrm.App.sidePanes: the rail at the right and the panes that survive navigation. */

import { webResourceAddress } from "./address.js";
import { h, icon, iconButton } from "./dom.js";
import { platformPromise } from "./promise.js";

// @types/xrm knows neither the badge nor that a pane without one is falsy.
/** @typedef {Xrm.App.PaneObject & { paneId: string, badge: boolean | number | string }} Pane */

const COLLAPSED = 0;
const EXPANDED = 1;
const NARROWEST = 300;
const DEFAULT_WIDTH = 340;

/**
 * @typedef {object} Entry
 * @property {Pane} pane
 * @property {Xrm.App.PaneOptions} options
 * @property {HTMLElement} panel
 * @property {HTMLElement} body
 * @property {HTMLButtonElement} tab
 * @property {string} address of the page in it; empty before the first navigation
 * @property {boolean | number | string} badge
 */

/**
 * @param {{ rail: HTMLElement, host: HTMLElement }} places
 * @returns {Xrm.App["sidePanes"]}
 */
export function createSidePanes(places) {
  /** @type {Map<string, Entry>} in the order of creation */
  const entries = new Map();
  const shown = { selected: "", state: COLLAPSED };
  let created = 0;

  const render = () => {
    places.rail.hidden = entries.size === 0;
    places.host.hidden = shown.state === COLLAPSED || !entries.has(shown.selected);
    for (const entry of entries.values()) {
      renderEntry(entry, entry.pane.paneId === shown.selected && shown.state === EXPANDED);
    }
  };

  /** @param {string} paneId */
  const select = (paneId) => {
    Object.assign(shown, { selected: paneId, state: EXPANDED });
    const entry = entries.get(paneId);
    if (entry && !entry.options.keepBadgeOnSelect) entry.badge = false;
    render();
  };

  /** @param {string} paneId */
  const close = (paneId) => {
    entries.get(paneId)?.panel.remove();
    entries.get(paneId)?.tab.remove();
    entries.delete(paneId);
    if (shown.selected === paneId) Object.assign(shown, { selected: "", state: COLLAPSED });
    render();
  };

  /** @param {string} paneId */
  const toggle = (paneId) => {
    if (shown.selected === paneId && shown.state === EXPANDED) {
      shown.state = COLLAPSED;
      render();
    } else {
      select(paneId);
    }
  };

  /**
   * @param {Xrm.App.PaneOptions} options
   * @returns {Promise<Pane>}
   */
  const create = async (options) => {
    created += 1;
    const paneId = options.paneId ?? `pane-${created}`;
    if (entries.has(paneId)) {
      // ASSUMED: a second pane of the same id is refused; scripts are told to ask getPane first.
      throw { errorCode: 0, message: `A side pane with the id "${paneId}" exists already` };
    }
    const collapse = () => toggle(paneId);
    const entry = createEntry(paneId, options, { select, close, collapse, render });
    entries.set(paneId, entry);
    places.rail.append(entry.tab);
    places.host.append(entry.panel);
    if (options.isSelected === false) render();
    else select(paneId);
    return entry.pane;
  };

  return {
    get state() {
      return shown.state;
    },
    set state(value) {
      shown.state = value === COLLAPSED ? COLLAPSED : EXPANDED;
      if (!entries.has(shown.selected)) shown.selected = entries.keys().next().value ?? "";
      render();
    },
    createPane: (options = {}) => platformPromise(create(options)),
    getAllPanes: () => [...entries.values()].map((entry) => entry.pane),
    getPane: (paneId) => entries.get(paneId)?.pane,
    // The typings promise a pane; without one the platform has nothing to give either.
    getSelectedPane: () => /** @type {Pane} */ (entries.get(shown.selected)?.pane),
  };
}

/**
 * @typedef {object} PaneActions
 * @property {(paneId: string) => void} select
 * @property {(paneId: string) => void} close
 * @property {() => void} collapse
 * @property {() => void} render
 */

/**
 * @param {string} paneId
 * @param {Xrm.App.PaneOptions} options
 * @param {PaneActions} actions
 * @returns {Entry}
 */
function createEntry(paneId, options, actions) {
  const title = options.title ?? paneId;
  const body = h("div", { class: "pane-body" });
  const image = options.imageSrc
    ? h("img", { src: imageAddress(options.imageSrc), alt: "" })
    : icon("pane");
  const tab = h(
    "button",
    { type: "button", class: "rail-tab", title, "aria-label": title, onclick: actions.collapse },
    image,
    h("span", { class: "badge", "aria-hidden": "true" }),
  );
  const panel = h(
    "section",
    { class: "pane", "aria-label": title },
    options.hideHeader ? null : header(title, options, paneId, actions),
    body,
  );
  /** @type {Entry} */
  const entry = { pane: /** @type {Pane} */ ({}), options, panel, body, tab, address: "", badge: false };
  entry.pane = createPaneObject(paneId, entry, actions);
  return entry;
}

/**
 * @param {string} title
 * @param {Xrm.App.PaneOptions} options
 * @param {string} paneId
 * @param {PaneActions} actions
 */
function header(title, options, paneId, actions) {
  return h(
    "header",
    { class: "pane-header" },
    h("h2", {}, title),
    iconButton("Collapse pane", "collapse", actions.collapse),
    options.canClose ? iconButton("Close pane", "close", () => actions.close(paneId)) : null,
  );
}

/**
 * @param {string} paneId
 * @param {Entry} entry
 * @param {PaneActions} actions
 * @returns {Pane}
 */
function createPaneObject(paneId, entry, actions) {
  const { options } = entry;
  return {
    paneId,
    get title() {
      return options.title;
    },
    get canClose() {
      return options.canClose;
    },
    get alwaysRender() {
      return options.alwaysRender;
    },
    get width() {
      return options.width;
    },
    set width(value) {
      options.width = value;
      actions.render();
    },
    get badge() {
      return entry.badge;
    },
    set badge(value) {
      entry.badge = value;
      actions.render();
    },
    close: () => actions.close(paneId),
    select: () => actions.select(paneId),
    navigate: (input) => platformPromise(navigatePane(entry, input, actions)),
  };
}

/**
 * @param {Entry} entry
 * @param {Parameters<Xrm.App.PaneObject["navigate"]>[0]} input
 * @param {PaneActions} actions
 * @returns {Promise<void>}
 */
async function navigatePane(entry, input, actions) {
  if (input.pageType !== "webresource") {
    throw { errorCode: 0, message: `This shell's panes hold web resources, not "${input.pageType}"` };
  }
  entry.address = webResourceAddress(input.webresourceName, input.data);
  entry.body.replaceChildren();
  actions.render();
}

/**
 * @param {Entry} entry
 * @param {boolean} active selected and expanded
 */
function renderEntry(entry, active) {
  const { options, panel, body, tab, badge } = entry;
  panel.hidden = !active;
  panel.style.width = `${Math.max(options.width ?? DEFAULT_WIDTH, NARROWEST)}px`;
  tab.hidden = options.hidden === true;
  tab.setAttribute("aria-expanded", String(active));
  const mark = /** @type {HTMLElement} */ (tab.querySelector(".badge"));
  mark.hidden = badge === false;
  mark.textContent = typeof badge === "boolean" ? "" : String(badge);
  if (!active && !options.alwaysRender) {
    body.replaceChildren();
  } else if (entry.address && !body.firstChild) {
    body.append(webResourceFrame(entry.address, options.title ?? entry.pane.paneId));
  }
}

/**
 * @param {string} address
 * @param {string} title
 * @returns {HTMLIFrameElement}
 */
export function webResourceFrame(address, title) {
  return h("iframe", { src: address, title, class: "web-resource", allow: "microphone *; autoplay *" });
}

/**
 * @param {string} source
 * @returns {string} `WebResources/x` is relative to the app, not to the page
 */
function imageAddress(source) {
  return new URL(source, `${location.origin}/`).href;
}
