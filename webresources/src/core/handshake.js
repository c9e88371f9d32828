// @ts-check
/** The rules of hello and welcome: when to try again, when to tell the agent, what to tell. */

import { protocolVersion } from "./messages.js";
import { text } from "./texts.js";

/** @typedef {"loading" | "waiting" | "connected" | "differs" | "refused" | "silent" | "signed-out"} ConnectionState */

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

/**
 * Return what a state of the connection means to the agent.
 *
 * @param {ConnectionState} state
 * @param {{ origin: string, ownVersion: string, frameworkVersion?: string }} facts
 * @returns {{ text: string, hint: string }}
 */
export function connectionText(state, { origin, ownVersion, frameworkVersion = "" }) {
  switch (state) {
    case "loading":
    case "waiting":
    case "connected":
      return { text: text(state), hint: "" };
    case "differs": {
      const versions = { theirs: frameworkVersion || text("unknown"), ours: ownVersion };
      return { text: text("connected"), hint: text("differs-hint", versions) };
    }
    case "refused":
      return { text: text("silent"), hint: text("refused-hint", { theirs: frameworkVersion, ours: protocolVersion }) };
    case "silent":
      return { text: text("silent"), hint: text("silent-hint", { origin }) };
    case "signed-out":
      return { text: text("signed-out"), hint: text("signed-out-hint") };
  }
}
