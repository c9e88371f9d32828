// @ts-check
/** The agent's status in Genesys Cloud, told to Dynamics as the presence that is configured for it. */

import { hearPhone } from "./cif-phone.js";

/**
 * Listens beside the page to framework.js, which tells every status; writes what differs, the
 * newest last.
 *
 * @param {{
 *   framework: Pick<import("./cif.js").Framework, "getPresence" | "setPresence">,
 *   presence: { [status: string]: string },
 *   scope: import("./cif-phone.js").PhoneScope,
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
  hearPhone(scope, ({ kind, payload }) => {
    if (kind !== "user" || payload.event !== "status") return;
    const text = presence[statusOf(payload.status)];
    if (text) last = last.then(() => bring(text)).then(() => showProblem(false), () => showProblem(true));
  });
}

/**
 * ASSUMED: a status comes as its id or as what the agent reads, “On Queue”.
 *
 * @param {unknown} status
 */
const statusOf = (status) => String(status).toUpperCase().replace(/[^A-Z]+/g, "_");
