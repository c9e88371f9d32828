// @ts-check
/** Which of the browser's tabs hosts the phone; loaded by the softphone page while it starts. */

export { joinTabs } from "./platform/tabs.js";
