// @ts-check
/** The rules of hello and welcome: when to try again, when to tell the agent, what to tell. */

import { protocolVersion } from "./messages.js";
import { text } from "./texts.js";

/**
 * @typedef {"loading" | "waiting" | "connected" | "differs" | "signed-out" | "silent" | "refused" | Obstacle} ConnectionState
 *     refused: the messages of both sides are of different versions.
 * @typedef {"blocked" | "unreachable" | "unembeddable" | "no-storage"} Obstacle
 *     What keeps the Genesys client out of its frame: this page's own policy, the network, the
 *     client's refusal to be embedded here, a browser that gives it no storage.
 */

/** Milliseconds after which an agent learns that framework.js has not answered. */
export const silenceDelay = 20000;

/**
 * Return the milliseconds until the next hello; patient once the agent has been told.
 *
 * @param {number} attempt how many hellos were said
 */
export function helloDelay(attempt) {
  return attempt < 20 ? 1000 : 5000;
}

/** Whether the phone can dial, as far as its connection goes. @param {string} state */
export function canDial(state) {
  return state === "connected" || state === "differs";
}

/**
 * Return what a state of the connection means to the agent, and what the way on is called, if there is one.
 *
 * @param {ConnectionState} state
 * @param {{ origin: string, ownVersion: string, frameworkVersion?: string }} facts
 * @returns {{ text: string, hint: string, action: string }}
 */
export function connectionText(state, { origin, ownVersion, frameworkVersion = "" }) {
  if (/^(loading|waiting|connected)$/.test(state)) return { text: text(state), hint: "", action: "" };
  const values = { origin, ours: ownVersion, theirs: frameworkVersion || text("unknown"), protocol: protocolVersion };
  const hint = text(state + "-hint", values);
  if (state === "differs") return { text: text("connected"), hint, action: "" };
  if (state === "signed-out") return { text: text(state), hint, action: text("sign-in") };
  return { text: text("silent"), hint, action: text("try-again") };
}
