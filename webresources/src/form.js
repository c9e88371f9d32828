// @ts-check
/** Form script: the softphone is there on every form that registers `D365Pop.onLoad`. */

import { phoneIcon, softphonePage } from "d365pop:build";
import { createPaneKeeper } from "./platform/softphone-pane.js";

const keepPane = createPaneKeeper({ page: softphonePage, icon: phoneIcon });

/**
 * OnLoad handler. It returns at once and gives no promise: the form must not wait for the phone.
 *
 * @param {Xrm.Events.EventContext} _executionContext Dynamics passes it; the pane belongs to the app
 */
export function onLoad(_executionContext) {
  keepPane();
}
