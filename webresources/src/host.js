// @ts-check
/** The softphone as a script for any web page: `D365Pop.createSoftphone({...})`. */

import { version } from "d365pop:build";
import { english } from "d365pop:texts";
import { startTexts, useTexts } from "./core/texts.js";
import { startHost } from "./platform/host-softphone.js";

/**
 * @param {import("./platform/host-softphone.js").HostOptions & { texts?: import("./core/texts.js").Texts }} options
 *     texts are those of another language, by the keys of webresources/texts/1033.json
 * @returns {import("./platform/host-softphone.js").HostSoftphone}
 */
export function createSoftphone({ texts = {}, ...options }) {
  startTexts(english);
  useTexts(texts);
  return startHost(options, { version });
}
