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

/** The panes that there are, and which one is on screen. */
class PaneBoard {
  /** @type {Map<string, Entry>} in the order of creation */
  #entries = new Map();
  #selected = "";
  #state = COLLAPSED;
  #created = 0;

  /** @param {{ rail: HTMLElement, host: HTMLElement }} places */
  constructor(places) {
    this.places = places;
  }

  get state() {
    return this.#state;
  }

  set state(value) {
    this.#state = value === COLLAPSED ? COLLAPSED : EXPANDED;
    if (!this.#entries.has(this.#selected)) this.#selected = this.#entries.keys().next().value ?? "";
    this.render();
  }

  get all() {
    return [...this.#entries.values()].map((entry) => entry.pane);
  }

  get selected() {
    return this.get(this.#selected);
  }

  /** @param {string} paneId */
  get(paneId) {
    return this.#entries.get(paneId)?.pane;
  }

  /**
   * @param {Xrm.App.PaneOptions} options
   * @returns {Promise<Pane>}
   */
  async create(options) {
    this.#created += 1;
    const paneId = options.paneId ?? `pane-${this.#created}`;
    if (this.#entries.has(paneId)) {
      // ASSUMED: a second pane of the same id is refused; scripts are told to ask getPane first.
      throw { errorCode: 0, message: `A side pane with the id "${paneId}" exists already` };
    }
    const entry = createEntry(paneId, options, this);
    this.#entries.set(paneId, entry);
    this.places.rail.append(entry.tab);
    this.places.host.append(entry.panel);
    if (options.isSelected === false) this.render();
    else this.select(paneId);
    return entry.pane;
  }

  /** @param {string} paneId */
  select(paneId) {
    this.#selected = paneId;
    this.#state = EXPANDED;
    const entry = this.#entries.get(paneId);
    if (entry && !entry.options.keepBadgeOnSelect) entry.badge = false;
    this.render();
  }

  /** @param {string} paneId */
  toggle(paneId) {
    if (this.#selected === paneId && this.#state === EXPANDED) this.state = COLLAPSED;
    else this.select(paneId);
  }

  /** @param {string} paneId */
  close(paneId) {
    const entry = this.#entries.get(paneId);
    entry?.panel.remove();
    entry?.tab.remove();
    this.#entries.delete(paneId);
    if (this.#selected === paneId) {
      this.#selected = "";
      this.#state = COLLAPSED;
    }
    this.render();
  }

  render() {
    const expanded = this.#state === EXPANDED;
    this.places.rail.hidden = this.#entries.size === 0;
    this.places.host.hidden = !expanded || !this.#entries.has(this.#selected);
    this.#entries.forEach((entry, paneId) => renderEntry(entry, expanded && paneId === this.#selected));
  }
}

/**
 * @param {{ rail: HTMLElement, host: HTMLElement }} places
 * @returns {Xrm.App["sidePanes"]}
 */
export function createSidePanes(places) {
  const board = new PaneBoard(places);
  return {
    get state() {
      return board.state;
    },
    set state(value) {
      board.state = value;
    },
    createPane: (options = {}) => platformPromise(board.create(options)),
    getAllPanes: () => board.all,
    getPane: (paneId) => board.get(paneId),
    // The typings promise a pane; without one the platform has nothing to give either.
    getSelectedPane: () => /** @type {Pane} */ (board.selected),
  };
}

/**
 * @param {string} paneId
 * @param {Xrm.App.PaneOptions} options
 * @param {PaneBoard} board
 * @returns {Entry}
 */
function createEntry(paneId, options, board) {
  const title = options.title ?? paneId;
  const body = h("div", { class: "pane-body" });
  const image = options.imageSrc
    ? h("img", { src: imageAddress(options.imageSrc), alt: "" })
    : icon("pane");
  const tab = h(
    "button",
    { type: "button", class: "rail-tab", title, "aria-label": title, onclick: () => board.toggle(paneId) },
    image,
    h("span", { class: "badge", "aria-hidden": "true" }),
  );
  const panel = h(
    "section",
    { class: "pane", "aria-label": title },
    options.hideHeader ? null : header(title, options, paneId, board),
    body,
  );
  /** @type {Entry} */
  const entry = { pane: /** @type {Pane} */ ({}), options, panel, body, tab, address: "", badge: false };
  entry.pane = createPaneObject(paneId, entry, board);
  return entry;
}

/**
 * @param {string} title
 * @param {Xrm.App.PaneOptions} options
 * @param {string} paneId
 * @param {PaneBoard} board
 */
function header(title, options, paneId, board) {
  return h(
    "header",
    { class: "pane-header" },
    h("h2", {}, title),
    iconButton("Collapse pane", "collapse", () => board.toggle(paneId)),
    options.canClose ? iconButton("Close pane", "close", () => board.close(paneId)) : null,
  );
}

/**
 * @param {string} paneId
 * @param {Entry} entry
 * @param {PaneBoard} board
 * @returns {Pane}
 */
function createPaneObject(paneId, entry, board) {
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
      board.render();
    },
    get badge() {
      return entry.badge;
    },
    set badge(value) {
      entry.badge = value;
      board.render();
    },
    close: () => board.close(paneId),
    select: () => board.select(paneId),
    navigate: (input) => platformPromise(navigatePane(entry, input, board)),
  };
}

/**
 * @param {Entry} entry
 * @param {Parameters<Xrm.App.PaneObject["navigate"]>[0]} input
 * @param {PaneBoard} board
 * @returns {Promise<void>}
 */
async function navigatePane(entry, input, board) {
  if (input.pageType !== "webresource") {
    throw { errorCode: 0, message: `This shell's panes hold web resources, not "${input.pageType}"` };
  }
  entry.address = webResourceAddress(input.webresourceName, input.data);
  entry.body.replaceChildren();
  board.render();
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
