// @ts-check
/**
 * Offers `window.Framework` to the Genesys client and listens to `window.PureCloud`.
 *
 * Names and meanings: Genesys Cloud Embeddable Framework. The client calls `initialSetup` once its
 * own API is there, `screenPop` for inbound alerting interactions.
 */

import { interactionPayload, plainPayload, screenPopPayload } from "../core/genesys-events.js";
import { recordAttributes } from "../core/interaction.js";

/**
 * @typedef {import("../core/messages.js").Kind} Kind
 * @typedef {import("../core/messages.js").Payload} Payload
 * @typedef {(category: unknown, data: unknown) => void} Callback
 * @typedef {{ type: string, callback: Callback }} Subscription
 * @typedef {{ Framework?: unknown, PureCloud?: { subscribe(subscriptions: Subscription[]): void } }} Scope
 * @typedef {{
 *   name: string,
 *   clientIds: { [region: string]: string },
 *   settings: { [key: string]: unknown },
 *   post: (kind: Kind, payload: Payload) => void,
 *   scope?: Scope,
 * }} Options
 */

/**
 * Set `window.Framework`.
 *
 * @param {Options} options
 * @returns {() => void} stops passing events on
 */
export function installFramework({ name, clientIds, settings, post, scope = /** @type {Scope} */ (window) }) {
  let stop = () => {};
  scope.Framework = {
    config: {
      name,
      clientIds: { ...clientIds },
      customInteractionAttributes: recordAttributes.slice(),
      // Nothing here stores a call log, so the client must not offer one.
      settings: { ...settings, enableCallLogs: false },
    },
    initialSetup() {
      stop();
      stop = subscribe(scope, post);
    },
    /**
     * @param {unknown} searchString
     * @param {unknown} interaction
     */
    screenPop(searchString, interaction) {
      post("screen-pop", screenPopPayload(searchString, interaction));
    },
    /**
     * @param {unknown} _callLog
     * @param {unknown} _interaction
     * @param {unknown} _eventName
     * @param {unknown} _onSuccess
     * @param {(reason: string) => void} onFailure
     */
    processCallLog(_callLog, _interaction, _eventName, _onSuccess, onFailure) {
      onFailure("This integration does not store call logs.");
    },
    openCallLog() {
      post("notice", { event: "no-call-log" });
    },
    /**
     * Customers are found in Dynamics by the page around the client; there is nothing to add here.
     *
     * @param {unknown} _searchString
     * @param {(contacts: never[]) => void} onSuccess
     */
    contactSearch(_searchString, onSuccess) {
      onSuccess([]);
    },
  };
  return () => stop();
}

/**
 * Genesys has no way to unsubscribe, so what it still calls falls silent instead.
 *
 * @param {Scope} scope
 * @param {Options["post"]} post
 */
function subscribe(scope, post) {
  let active = true;
  /** @type {(kind: Kind, read: (category: unknown, data: unknown) => Payload) => Callback} */
  const pass = (kind, read) => (category, data) => {
    if (active) post(kind, read(category, data));
  };
  if (!scope.PureCloud) throw new Error("window.PureCloud is missing: framework.js runs inside the Genesys client only");
  scope.PureCloud.subscribe([
    { type: "Interaction", callback: pass("interaction", interactionPayload) },
    { type: "UserAction", callback: pass("user", plainPayload) },
    { type: "Notification", callback: pass("notification", plainPayload) },
  ]);
  return () => {
    active = false;
  };
}
