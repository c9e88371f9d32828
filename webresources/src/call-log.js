// @ts-check
/** The call log of the softphone page; loaded by it once there is something to store, and not before. */

export { createCallLog as create } from "./core/call-log.js";
