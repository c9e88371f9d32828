// @ts-check
/** Telemetry of the softphone page; loaded by it where the settings ask for it, and not otherwise. */

export { startTelling as start } from "./platform/survey.js";
