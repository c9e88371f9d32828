// @ts-check
/** The identity of the softphone's side pane, shared by the form script and the page in the pane. */

export const paneId = "d365pop_softphone";
export const paneTitle = "Phone";

/** Pixels; Dynamics refuses less than 300. */
export const paneWidth = 360;
