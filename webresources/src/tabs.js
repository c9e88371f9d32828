// @ts-check
/**
 * What the softphone page needs while it starts and a pop does not: which of the browser's tabs
 * hosts the phone, and the texts of other languages than English.
 */

export { joinTabs } from "./platform/tabs.js";
export { fetchResx } from "./platform/resx.js";
