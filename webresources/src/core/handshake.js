// @ts-check
/** The rules of hello and welcome: when to try again, when to tell the agent, what to tell. */

/** @typedef {"loading" | "waiting" | "connected" | "differs" | "silent" | "signed-out"} ConnectionState */

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
      return { text: "Loading Genesys Cloud", hint: "" };
    case "waiting":
      return { text: "Connecting", hint: "" };
    case "connected":
      return { text: "Connected", hint: "" };
    case "differs":
      return {
        text: "Connected",
        hint:
          "framework.js is version " + (frameworkVersion || "unknown") + " and this page is " + ownVersion +
          ". Ask your administrator to upload the framework.js of the same build to Genesys Cloud.",
      };
    case "silent":
      return {
        text: "Not connected",
        hint:
          "The Genesys client at " + origin + " has not answered. Sign in below. If you are signed in, ask your " +
          "administrator to upload framework.js to the integration, built for the address of this environment.",
      };
    case "signed-out":
      return { text: "Signed out", hint: "Sign in to Genesys Cloud below to receive interactions." };
  }
}
