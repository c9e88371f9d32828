// @ts-check
/** What framework.js tells the page, heard beside it by what only the panel needs. */

import { parseEnvelope } from "../core/messages.js";

/** @typedef {Pick<Window, "addEventListener"> & { document: Document }} PhoneScope */

/**
 * @param {PhoneScope} scope
 * @param {(envelope: import("../core/messages.js").Envelope) => void} listener
 */
export function hearPhone(scope, listener) {
  scope.addEventListener("message", ({ source, origin, data }) => {
    const frame = /** @type {HTMLIFrameElement | null} */ (scope.document.getElementById("genesys-frame"));
    if (!frame || source !== frame.contentWindow || origin !== new URL(frame.src).origin) return;
    const envelope = parseEnvelope(data);
    if (envelope) listener(envelope);
  });
}
