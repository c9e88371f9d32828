// @ts-check
/** Form script: the softphone is there on every form that registers `D365Pop.onLoad`. */

import { panes, phoneIcon, softphonePage } from "d365pop:build";
import { createFormSide } from "./platform/form-side.js";
import { createPaneKeeper } from "./platform/softphone-pane.js";

const keepPane = panes ? createPaneKeeper({ page: softphonePage, icon: phoneIcon }) : () => {};
const form = createFormSide();

/**
 * OnLoad handler. It returns at once and gives no promise: the form must not wait for the phone.
 *
 * @param {Xrm.Events.EventContext} executionContext
 */
export function onLoad(executionContext) {
  keepPane();
  form.loaded(executionContext.getFormContext());
}

/** For a button that opens the softphone before any form is open, or shows it again. */
export function openPhone() {
  keepPane(true);
}

/**
 * For a button of the command bar, with PrimaryControl as its parameter: dials the record's number,
 * or lists its numbers in the pane where there are several.
 *
 * @param {Xrm.FormContext} primaryControl
 */
export function dial(primaryControl) {
  keepPane();
  form.dial(primaryControl);
}
