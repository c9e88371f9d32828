// @ts-check
/** Makes sure that the softphone's side pane exists; knows nothing of what the page in it does. */

import { messageOf } from "../core/failure.js";
import { paneId, paneTitle, paneWidth } from "../core/pane.js";
import { findXrm, showAppError } from "./xrm.js";

/** @typedef {import("./xrm.js").XrmApi} XrmApi */

/**
 * Return a function that creates the pane where it is absent and never throws.
 *
 * The promise it returns is for tests: a form must not wait for a phone.
 *
 * @param {{ page: string, icon: string, start?: import("./xrm.js").Frame }} options
 *     Dataverse names of the web resources
 * @returns {(shows?: boolean) => Promise<void>} `shows` brings a pane that is there to the front
 */
export function createPaneKeeper({ page, icon, start = window }) {
  /** @type {Promise<void> | null} */
  let creating = null;
  let complained = false;

  async function keep(/** @type {boolean | undefined} */ shows) {
    const xrm = findXrm(start);
    if (hasPane(xrm)) {
      if (shows) show(xrm);
      return;
    }
    try {
      await createPane(xrm, { page, icon });
    } catch (error) {
      // Another form's script may have been faster; then the pane is there and all is well.
      if (complained || hasPane(xrm)) return;
      complained = true;
      await showAppError(xrm, "The phone could not be opened: " + messageOf(error));
    }
  }

  return function keepPane(shows) {
    const settle = () => {
      creating = null;
    };
    // A rejection has nowhere left to go: without Xrm there is no bar to complain in.
    if (!creating) creating = keep(shows).then(settle, settle);
    return creating;
  };
}

/** @param {XrmApi} xrm */
function show({ App: { sidePanes } }) {
  const pane = sidePanes && sidePanes.getPane(paneId);
  if (!sidePanes || !pane) return;
  sidePanes.state = 1;
  pane.select();
}

/** @param {XrmApi} xrm */
function hasPane(xrm) {
  return Boolean(xrm.App.sidePanes && xrm.App.sidePanes.getPane(paneId));
}

/**
 * @param {XrmApi} xrm
 * @param {{ page: string, icon: string }} options
 */
async function createPane(xrm, { page, icon }) {
  if (!xrm.App.sidePanes) throw new Error("this app has no side panes");
  const pane = await xrm.App.sidePanes.createPane({
    title: paneTitle,
    paneId,
    canClose: false,
    imageSrc: "WebResources/" + icon,
    alwaysRender: true,
    isSelected: true,
    width: paneWidth,
  });
  try {
    await pane.navigate({ pageType: "webresource", webresourceName: page });
  } catch (error) {
    // An empty pane would pass for the phone at the next form.
    pane.close();
    throw error;
  }
}
