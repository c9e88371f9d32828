// @ts-check
/** What hinders the phone, and who disturbs it; loaded once the softphone page has started, since a pop never waits for it. */

export { diagnoseFrame } from "./platform/frame-diagnosis.js";
export { tellOfClients } from "./core/second-client.js";
export { checkMicrophone } from "./platform/microphone.js";
