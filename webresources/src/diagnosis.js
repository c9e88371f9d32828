// @ts-check
/** What hinders the phone; loaded once the softphone page has started, since a pop never waits for it. */

export { diagnoseFrame } from "./platform/frame-diagnosis.js";
export { checkMicrophone } from "./platform/microphone.js";
