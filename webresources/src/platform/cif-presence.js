// @ts-check
/** The agent's status in Genesys Cloud, told to Dynamics as the presence that is configured for it. */

import { parseEnvelope } from "../core/messages.js";

/**
 * Listens beside the page to framework.js, which tells every status; writes what differs, the
 * newest last.
 *
 * @param {{
 *   framework: Pick<import("./cif.js").Framework, "getPresence" | "setPresence">,
 *   presence: { [status: string]: string },
 *   scope: Pick<Window, "addEventListener"> & { document: Document },
 *   showProblem: (shown: boolean) => void,
 * }} options presence: text of the presence by status, as Genesys writes it
 */
export function followStatus({ framework, presence, scope, showProblem }) {
  let last = Promise.resolve();
  /** @param {string} text */
  const bring = async (text) => {
    if ((await framework.getPresence()) === text) return;
    const done = await framework.setPresence(text);
    // The reference names both for what did not work.
    if (done === false || done === "FAILED") throw new Error("no presence is called " + text);
  };
  scope.addEventListener("message", ({ source, origin, data }) => {
    const frame = /** @type {HTMLIFrameElement | null} */ (scope.document.getElementById("genesys-frame"));
    if (!frame || source !== frame.contentWindow || origin !== new URL(frame.src).origin) return;
    const envelope = parseEnvelope(data);
    if (!envelope || envelope.kind !== "user" || envelope.payload.event !== "status") return;
    const text = presence[statusOf(envelope.payload.status)];
    if (text) last = last.then(() => bring(text)).then(() => showProblem(false), () => showProblem(true));
  });
}

/**
 * ASSUMED: a status comes as its id or as what the agent reads, “On Queue”.
 *
 * @param {unknown} status
 */
const statusOf = (status) => String(status).toUpperCase().replace(/[^A-Z]+/g, "_");
