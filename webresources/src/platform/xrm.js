// @ts-check
/**
 * The only door to the Dynamics client API.
 *
 * A page in a side pane has no `Xrm` of its own. It is found by walking up the parent frames, which
 * are of the same origin: a deliberate exemption from the solution checker's rule
 * do-not-make-parent-assumption. It is looked up on each use, because a kept one goes stale when
 * the client loads another form.
 */

import { paneId } from "../core/pane.js";
import { createWebApi } from "./web-api.js";

/**
 * @typedef {typeof Xrm} XrmApi
 * @typedef {{ Xrm?: XrmApi, parent?: unknown }} Frame
 * @typedef {ReturnType<typeof createXrm>} Dynamics
 */

/** Bar across the app; the only kind that Dynamics offers. */
const barType = 2;
const levels = { error: 2, information: 4 };

/** No frame above this one offers the client API. */
export class XrmMissing extends Error {
  constructor() {
    super("This page works inside a Dynamics 365 app only: no Xrm was found in it or in a frame above it.");
  }
}

/**
 * Return the client API of the nearest frame that has the parts we use.
 *
 * @param {Frame} start
 * @returns {XrmApi}
 * @throws {XrmMissing}
 */
export function findXrm(start) {
  /** @type {Frame | null} */
  let frame = start;
  while (frame) {
    const found = xrmOf(frame);
    if (found) return found;
    frame = parentOf(frame);
  }
  throw new XrmMissing();
}

/**
 * Return the topmost frame that is ours: the same for every frame of a tab, and for no other tab.
 *
 * @template {{ parent?: unknown }} Start
 * @param {Start} start
 * @returns {Start}
 */
export function topOf(start) {
  let top = start;
  try {
    for (let next = parentOf(top); next && "document" in next && next.document; next = parentOf(top)) top = /** @type {Start} */ (next);
  } catch (error) {
    whenForeign(error);
  }
  return top;
}

/**
 * Show a bar with an error across the app.
 *
 * @param {XrmApi} xrm
 * @param {string} message
 */
export function showAppError(xrm, message) {
  return xrm.App.addGlobalNotification({ type: barType, level: levels.error, message, showCloseButton: true });
}

/**
 * Return what the softphone page asks of Dynamics.
 *
 * @param {{ start?: Frame, get?: typeof fetch }} [options]
 */
export function createXrm({ start = window, get = fetch } = {}) {
  const xrm = () => findXrm(start);
  /** Bars that stand, by interaction. @type {Map<string, Promise<string>>} */
  const bars = new Map();
  /** Take the bar of an interaction away, if there is one. @param {string} id */
  const withdraw = (id) => {
    const bar = bars.get(id);
    bars.delete(id);
    // One that never came, or that the agent has closed, is away already.
    if (bar) bar.then((shown) => xrm().App.clearGlobalNotification(shown)).catch(() => undefined);
  };
  return {
    ...createWebApi(get),
    withdraw,
    /** The LCID of the agent's language; English where the host does not say it. */
    languageCode() {
      const { userSettings } = xrm().Utility.getGlobalContext();
      return (userSettings && userSettings.languageId) || 1033;
    },
    userId: () => bareId(xrm().Utility.getGlobalContext().userSettings.userId),
    /** @param {{ table: string, id: string }} record */
    async openRecord({ table, id }) {
      await xrm().Navigation.openForm({ entityName: table, entityId: id });
    },
    /**
     * An empty form: the number stays out of the address bar, and reaches the form by the tab's channel.
     *
     * @param {string} table
     */
    async openNew(table) {
      await xrm().Navigation.openForm({ entityName: table });
    },
    /** @param {string} table */
    async openList(table) {
      await xrm().Navigation.navigateTo({ pageType: "entitylist", entityName: table });
    },
    /** @param {{ id: string, message: string, actionLabel: string, run: () => unknown }} notice id: of the interaction */
    async notify({ id, message, actionLabel, run }) {
      withdraw(id);
      /** @type {Promise<string>} */
      const shown = Promise.resolve(
        xrm().App.addGlobalNotification({
          type: barType,
          level: levels.information,
          message,
          showCloseButton: true,
          action: {
            actionLabel,
            eventHandler: () => {
              run();
              withdraw(id);
            },
          },
        }),
      );
      bars.set(id, shown);
      await shown;
    },
    /** What is in front of the agent: a saved row, or null. */
    frontRecord() {
      const { input } = xrm().Utility.getPageContext();
      const page = /** @type {{ pageType: string, entityName?: string, entityId?: string }} */ (input);
      if (page.pageType !== "entityrecord" || !page.entityName) return null;
      return { table: page.entityName, id: bareId(page.entityId || "") };
    },
    /** Sign in anew where that ends no call: in a tab beside this one. */
    signIn() {
      window.open(xrm().Utility.getGlobalContext().getClientUrl());
    },
    /** Bring the pane before the agent's eyes. */
    reveal() {
      const pane = xrm().App.sidePanes.getPane(paneId);
      if (pane) pane.select();
    },
  };
}

/** @param {string} id as Dynamics writes it */
const bareId = (id) => id.replace(/[{}]/g, "").toLowerCase();

/**
 * @param {Frame} frame
 * @returns {XrmApi | null}
 */
function xrmOf(frame) {
  try {
    const xrm = frame.Xrm;
    return xrm && xrm.Utility && xrm.Navigation && xrm.App ? xrm : null;
  } catch (error) {
    // Reading a frame of another origin throws: whoever embeds the app offers no Xrm to us.
    return whenForeign(error);
  }
}

/**
 * @param {Frame} frame
 * @returns {Frame | null}
 */
function parentOf(frame) {
  try {
    const { parent } = frame;
    return parent && parent !== frame ? /** @type {Frame} */ (parent) : null;
  } catch (error) {
    return whenForeign(error);
  }
}

/**
 * @param {unknown} error
 * @returns {null}
 */
function whenForeign(error) {
  if (/** @type {{ name?: unknown }} */ (error).name === "SecurityError") return null;
  throw error;
}
