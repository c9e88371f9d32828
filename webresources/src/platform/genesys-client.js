// @ts-check
/**
 * Offers `window.Framework` to the Genesys client and listens to `window.PureCloud`.
 *
 * Names and meanings: Genesys Cloud Embeddable Framework. The client calls `initialSetup` once its
 * own API is there, `screenPop` for inbound alerting interactions.
 */

import { createAssociations } from "../core/associations.js";
import { isNamedRecord } from "../core/dial.js";
import { messageOf } from "../core/failure.js";
import { callLogPayload, interactionPayload, plainPayload, screenPopPayload } from "../core/genesys-events.js";
import { recordAttributes } from "../core/interaction.js";
import { createQuestions } from "../core/questions.js";
import { watchClients } from "./client-watch.js";
import { shareRecord } from "./transfer-context.js";
import { createUserLanguage } from "./user-language.js";

/**
 * @typedef {import("../core/messages.js").Kind} Kind
 * @typedef {import("../core/messages.js").Payload} Payload
 * @typedef {(category: unknown, data: unknown) => void} Callback
 * @typedef {{ type: string, callback: Callback }} Subscription
 * @typedef {{
 *   subscribe(subscriptions: Subscription[]): void,
 *   clickToDial(call: { number: string, autoPlace: boolean }): void,
 *   addAssociation(association: { type: string, id: string, text: string, select: boolean }): void,
 *   addCustomAttributes(change: { interactionId: string, attributes: { [name: string]: string } }): void,
 *   addTransferContext(context: { name: string, attributes: { [name: string]: string } }): void,
 *   User: { setView(view: { type: "main", view: { name: string } }): void },
 * }} PureCloud
 * @typedef {{
 *   Framework?: unknown,
 *   PureCloud?: PureCloud,
 *   navigator: { cookieEnabled: boolean, language: string, locks?: LockManager },
 *   localStorage: object,
 * } & import("../core/timer.js").Timers} Scope
 * @typedef {{
 *   name: string,
 *   clientIds: { [region: string]: string },
 *   settings: { [key: string]: unknown },
 *   attributes?: string[],
 *   helpLinks?: { [view: string]: string },
 *   post: (kind: Kind, payload: Payload) => void,
 *   scope?: Scope,
 *   now?: () => number,
 * }} Options
 */

/**
 * Set `window.Framework`.
 *
 * @param {Options} options
 * @returns {{
 *   receive: (envelope: import("../core/messages.js").Envelope) => void,
 *   health: () => { ready: boolean, storage: boolean },
 *   stop: () => void,
 * }}
 *     receive does what the page asks for; stop ends passing events on
 */
export function installFramework({ name, clientIds, settings, attributes = [], helpLinks = {}, post, scope = window, now = Date.now }) {
  let stop = () => {};
  let isReady = false;
  const associations = createAssociations({ now });
  const questions = createQuestions({ post, timers: scope, silence: "The page around the phone did not answer." });
  const language = createUserLanguage(scope);
  /** @param {boolean} others */
  const onChange = (others) => post("notice", { event: others ? "second-client" : "only-client" });
  const watch = () => watchClients({ locks: scope.navigator.locks, timers: scope, onChange });
  scope.Framework = {
    config: {
      name,
      clientIds: { ...clientIds },
      customInteractionAttributes: recordAttributes.concat(attributes),
      helpLinks: { ...helpLinks },
      settings: { ...settings },
      getUserLanguage: language.ask,
    },
    initialSetup() {
      stop();
      stop = subscribe(scope, { post, associations });
      if (!isReady) watch();
      isReady = true;
      post("user", { event: "started" });
    },
    /**
     * @param {unknown} searchString
     * @param {unknown} interaction
     */
    screenPop(searchString, interaction) {
      post("screen-pop", screenPopPayload(searchString, interaction));
    },
    /**
     * @param {unknown} callLog
     * @param {unknown} interaction
     * @param {unknown} eventName
     * @param {(saved: unknown) => void} onSuccess
     * @param {(reason: string) => void} onFailure
     */
    processCallLog(callLog, interaction, eventName, onSuccess, onFailure) {
      const stored = questions.ask("call-log", callLogPayload(eventName, callLog, interaction));
      stored.then(onSuccess, (error) => onFailure(messageOf(error)));
    },
    /**
     * @param {unknown} callLog
     * @param {unknown} interaction
     */
    openCallLog(callLog, interaction) {
      post("call-log", callLogPayload("openCallLog", callLog, interaction));
    },
    /**
     * Customers are found in Dynamics, by the page around the client.
     *
     * @param {unknown} searchString
     * @param {(contacts: unknown) => void} onSuccess
     * @param {(reason: string) => void} onFailure
     */
    contactSearch(searchString, onSuccess, onFailure) {
      const text = String(searchString).slice(0, 254);
      questions.ask("contact-search", { text }).then(onSuccess, (error) => onFailure(messageOf(error)));
    },
  };
  return {
    receive: ({ kind, payload }) => {
      if (kind === "dial") dial(scope, { payload, post, associations });
      else if (kind === "view") showSettings(scope, post);
      else if (kind === "record") transfers(scope, { settings, payload, post });
      else if (kind === "answer") questions.answer(payload);
      else if (kind === "hello") language.learn(payload.language);
    },
    /** What the client has come to so far. */
    health: () => ({ ready: isReady, storage: hasStorage(scope) }),
    stop: () => stop(),
  };
}

/**
 * Let the client call a number, and associate the call with its record when Genesys makes one of it.
 *
 * @param {Scope} scope
 * @param {{ payload: Payload, post: Options["post"], associations: ReturnType<typeof createAssociations> }} options
 */
function dial({ PureCloud }, { payload: { number, record }, post, associations }) {
  if (typeof number !== "string" || !/^\+\d{3,20}$/.test(number)) return;
  attempt("dial-failed", post, () => {
    if (!PureCloud) throw new Error("the client has not started");
    if (isNamedRecord(record)) associations.expect(number, record);
    PureCloud.clickToDial({ number, autoPlace: true });
  });
}

/**
 * Let the client do something. One that refuses is told of, and loses nothing else: not the event
 * that told of the call either.
 *
 * @param {string} failure what a refusal is called
 * @param {Options["post"]} post
 * @param {() => void} run
 */
function attempt(failure, post, run) {
  try {
    run();
  } catch (error) {
    post("notice", { event: failure, reason: messageOf(error) });
  }
}

/**
 * @param {PureCloud} client
 * @param {import("../core/dial.js").NamedRecord} record
 * @param {Options["post"]} post
 */
function associate(client, { table, id, name }, post) {
  attempt("association-failed", post, () => client.addAssociation({ type: table, id, text: name, select: true }));
}

/**
 * @param {Scope} scope
 * @param {Pick<Options, "settings" | "post"> & { payload: Payload }} options
 */
function transfers({ PureCloud }, { settings, payload, post }) {
  if (!PureCloud || settings.enableTransferContext !== true) return;
  attempt("transfer-context-failed", post, () => shareRecord(PureCloud, payload));
}

/**
 * The settings are the only view that the page has a reason to ask for.
 *
 * @param {Scope} scope
 * @param {Options["post"]} post
 */
function showSettings({ PureCloud }, post) {
  if (PureCloud) attempt("view-failed", post, () => PureCloud.User.setView({ type: "main", view: { name: "settings" } }));
}

/**
 * Whether the browser lets a page of another site keep anything here; without, nobody can sign in.
 *
 * @param {Scope} scope
 */
function hasStorage(scope) {
  try {
    return scope.navigator.cookieEnabled && Boolean(scope.localStorage);
  } catch (_error) {
    // Reading the property throws where storage is blocked.
    return false;
  }
}

/**
 * Genesys has no way to unsubscribe, so what it still calls falls silent instead.
 *
 * @param {Scope} scope
 * @param {{ post: Options["post"], associations: ReturnType<typeof createAssociations> }} options
 */
function subscribe(scope, { post, associations }) {
  let active = true;
  /** @type {(kind: Kind, read: (category: unknown, data: unknown) => Payload) => Callback} */
  const pass = (kind, read) => (category, data) => {
    if (active) post(kind, read(category, data));
  };
  const { PureCloud } = scope;
  /** @type {(category: unknown, data: unknown) => Payload} */
  const readInteraction = (category, data) => {
    const record = category === "add" && associations.take(data);
    if (record && PureCloud) associate(PureCloud, record, post);
    return interactionPayload(category, data);
  };
  if (!PureCloud) throw new Error("window.PureCloud is missing: framework.js runs inside the Genesys client only");
  PureCloud.subscribe([
    { type: "Interaction", callback: pass("interaction", readInteraction) },
    { type: "UserAction", callback: pass("user", plainPayload) },
    { type: "Notification", callback: pass("notification", plainPayload) },
  ]);
  return () => {
    active = false;
  };
}
