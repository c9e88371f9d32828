// @ts-check
/** Puts the softphone page together: settings, frame, lookup and view. */

import { createCards } from "../core/cards.js";
import { knownCountries } from "../core/countries.js";
import { createSeen } from "../core/dedupe.js";
import { messageOf } from "../core/failure.js";
import { createFocus } from "../core/focus.js";
import { canDial, connectionText } from "../core/handshake.js";
import { describeInteraction } from "../core/interaction.js";
import { maskLine } from "../core/mask.js";
import { isRecord } from "../core/messages.js";
import { createRetry } from "../core/retry.js";
import { buildQueries } from "../core/contact-match.js";
import { createLookup, lookUp } from "../core/dataverse-lookup.js";
import { createExtensions } from "../core/extensions.js";
import { createScreenPop } from "../core/screen-pop.js";
import { frameOrigin, parseSettings, SettingsError } from "../core/settings.js";
import { languageFor, text, useTexts } from "../core/texts.js";
import { startCallLog } from "./call-logging.js";
import { startDialling } from "./dialling.js";
import { mountGenesysFrame } from "./genesys-frame.js";
import { lateScript } from "./load-script.js";
import { createStore } from "./storage.js";
import { createView } from "./view.js";
import { createTell } from "./telling.js";
import { createXrm } from "./xrm.js";

/**
 * @typedef {import("../core/messages.js").Envelope} Envelope
 * @typedef {import("../core/handshake.js").ConnectionState} ConnectionState
 * @typedef {import("../core/settings.js").Settings} Settings
 * @typedef {import("./tabs.js").Lead} Lead
 * @typedef {{
 *   version: string,
 *   settingsVariable: string,
 *   hooks?: import("../core/extensions.js").Hooks,
 *   xrm?: import("./xrm.js").Dynamics,
 *   view?: ReturnType<typeof createView>,
 *   storeOf?: typeof createStore,
 *   mount?: typeof mountGenesysFrame,
 *   diagnosis?: () => Promise<typeof import("../diagnosis.js")>,
 *   tabs?: () => Promise<typeof import("../tabs.js")>,
 *   contactSearch?: () => Promise<typeof import("../contact-search.js")>,
 *   telling?: typeof createTell,
 *   fetchTexts?: typeof import("./resx.js").fetchResx,
 *   wait?: (milliseconds: number) => Promise<unknown>,
 *   linkForms?: typeof import("./form-link.js").linkToForms,
 *   now?: () => number,
 * }} Options
 */

const storeKey = "d365pop.seen";
/** @type {() => Promise<typeof import("../diagnosis.js")>} */
const loadDiagnosis = lateScript("diagnosis.js", "D365PopDiagnosis");
/** @type {() => Promise<typeof import("../tabs.js")>} */
const loadTabs = lateScript("tabs.js", "D365PopTabs");
/** @type {() => Promise<typeof import("../contact-search.js")>} */
const loadContactSearch = lateScript("contact-search.js", "D365PopContactSearch");

/**
 * Start the page. It never rejects: what hinders it is shown, with a way to try again.
 *
 * @param {Options} options
 * @returns {Promise<() => void>} stops the page
 */
export async function startSoftphone(options) {
  const { settingsVariable, xrm = createXrm(), view = createView() } = options;
  const parts = { ...options, xrm, view };
  try {
    const retry = retryIn(parts, view.addLog);
    const [value, lcid, join] = await Promise.all([retry(() => xrm.readVariable(settingsVariable)), translate(parts), meet(parts)]);
    if (!value) throw new SettingsError(settingsVariable, "has no value in this environment");
    const settings = parseSettings(value);
    return join({ lead: (link) => run(settings, lcid, parts, link), follow: (to) => standBy(settings, parts, to) });
  } catch (error) {
    view.setConnection("silent", { text: text("not-started"), hint: "" }, { label: "", run: () => undefined });
    const dismiss = () => view.showCards([]);
    const again = () => {
      dismiss();
      return startSoftphone(parts);
    };
    const choices = [{ label: text("try-again"), run: again }];
    const detail = messageOf(error, text("no-reason"));
    view.showCards([{ id: "", time: 0, title: text("could-not-start"), detail, problem: true, choices, dismiss }]);
    return () => undefined;
  }
}

/**
 * Return what lets one of the browser's tabs host the phone. What hinders that costs the guard
 * against a second phone, not the phone.
 *
 * @param {Pick<Options, "tabs"> & { view: NonNullable<Options["view"]> }} parts
 * @returns {Promise<(roles: { lead: Lead, follow: import("./tabs.js").Follow }) => (() => void)>}
 */
async function meet({ tabs = loadTabs, view }) {
  try {
    const { joinTabs } = await tabs();
    return (roles) => joinTabs({ ...roles, view, text });
  } catch (error) {
    view.addLog("tabs: " + messageOf(error));
    return ({ lead }) => lead({ view, at: (_name, run) => run, notify: nothing, withdraw: nothing, isAgentElsewhere: () => false, refused: nothing, changed: nothing, serve: nothing });
  }
}

/**
 * The page while another tab hosts the phone.
 *
 * @param {Settings} settings
 * @param {Options & { xrm: NonNullable<Options["xrm"]>, view: NonNullable<Options["view"]> }} parts
 * @param {Parameters<import("./tabs.js").Follow>[0]} to the tab that hosts it
 */
function standBy(settings, { xrm, view, now = Date.now, linkForms }, { order, tell }) {
  const log = (/** @type {string} */ line) => view.addLog(maskLine(line));
  const dialling = startDialling({ settings, xrm, view, log, tell, now, linkForms });
  dialling.start((_kind, payload) => order(payload));
  return { doers: { ...xrm, openNew: dialling.openNew }, dialling };
}

/**
 * @param {Pick<Options, "wait" | "now">} parts
 * @param {(line: string) => void} log
 */
function retryIn({ wait = pause, now = Date.now }, log) {
  return createRetry({ wait, silence: pause, now, log, random: Math.random });
}

/** @param {number} milliseconds */
function pause(milliseconds) {
  return new Promise((resolve) => window.setTimeout(resolve, milliseconds));
}

/** @param {number} language */
const fetchLate = async (language) => (await loadTabs()).fetchResx(language);

/**
 * Let the page speak the agent's language. What hinders that costs the language, not the phone.
 *
 * @param {{ xrm: NonNullable<Options["xrm"]>, view: NonNullable<Options["view"]>, fetchTexts?: Options["fetchTexts"] }} parts
 */
async function translate({ xrm, view, fetchTexts = fetchLate }) {
  let lcid = 0;
  try {
    lcid = xrm.languageCode();
    const language = languageFor(lcid);
    if (language) useTexts(await fetchTexts(language));
  } catch (error) {
    view.addLog("texts: " + messageOf(error));
  }
  view.translate();
  return lcid;
}

/**
 * @param {Settings} settings
 * @param {number} lcid the agent's language; 0 where Dynamics does not say it
 * @param {Options & { xrm: NonNullable<Options["xrm"]> }} parts
 * @param {import("./tabs.js").Link} link to the other tabs
 */
function run(settings, lcid, parts, { view, at, ...link }) {
  const { version, hooks = {}, xrm, mount = mountGenesysFrame, diagnosis = loadDiagnosis, contactSearch = loadContactSearch, telling = createTell, storeOf = createStore, now = Date.now } = parts;
  // Whoever signs in next in this browser has calls of their own.
  const store = storeOf({ key: storeKey + " " + xrm.userId() });
  const origin = frameOrigin(settings);
  /** @param {string} line */
  const log = (line) => view.addLog(new Date(now()).toISOString().slice(11, 19) + " " + maskLine(line));
  const { countries, tables } = settings.screenPop;
  const strange = countries.filter((code) => knownCountries([code]).length === 0);
  if (strange.length > 0) log("no notations of " + strange.join(", "));
  const seen = createSeen({ store, now });
  /** A notice goes when its interaction is over, and when there is nothing left to do in its card. @param {string} id */
  const withdraw = (id) => {
    link.withdraw(id);
    xrm.withdraw(id);
  };
  const cards = createCards({
    render: view.showCards,
    onDismiss: (id) => {
      seen.dismiss(id);
      withdraw(id);
    },
  });
  const focus = createFocus();
  const tell = telling({ telemetry: settings.telemetry, version, now, log });
  const retry = retryIn(parts, log);
  // The first pop does not wait for what its tables are called in the Web API.
  tables.forEach(({ table }) => xrm.entitySet(table).catch(nothing));
  const retrieve = (/** @type {import("../core/contact-match.js").Query} */ query) => retry(() => xrm.retrieve(query));
  /** @param {import("../core/interaction.js").Address} address */
  const queriesOf = (address) => buildQueries({ address, tables, countries });
  const ask = (/** @type {import("../core/contact-match.js").Query[]} */ queries) => lookUp(queries, { retrieve, log });
  const extensions = createExtensions({ hooks, settings: settings.screenPop, log });
  const lookup = createLookup({ settings: settings.screenPop, retrieve, search: extensions.around(retrieve), log });
  const dialling = startDialling({ settings, xrm, view, log, tell, now, linkForms: parts.linkForms });
  const ports = {
    ...xrm,
    retrieve,
    ...lookup,
    /** @type {typeof cards.show} */
    show: (panel, place) => {
      if (panel.settled) withdraw(place.id);
      cards.show(panel, place);
    },
    log,
    tell,
    openRecord: at("openRecord", xrm.openRecord),
    openNew: at("openNew", dialling.openNew),
    openList: at("openList", xrm.openList),
    notify: (/** @type {Parameters<typeof xrm.notify>[0]} */ notice) => {
      link.notify(notice);
      return xrm.notify(notice);
    },
    isBusy: async (/** @type {string} */ id) => link.isAgentElsewhere() || focus.isElsewhere(id) || dialling.isDirty(),
    share: (/** @type {string} */ id, /** @type {import("../core/contact-match.js").Match} */ record) =>
      frame.post("record", { id, record, inFront: !focus.isElsewhere(id) }),
  };
  const { recordOf } = dialling;
  const pop = createScreenPop({ settings: settings.screenPop, seen, ports, recordOf, extensions });
  const logCall = startCallLog({ xrm, seen, cards, retry, post: (kind, payload) => frame.post(kind, payload), now, isOver: () => isOver, storeOf });
  let isChecked = false;
  let isOver = false;
  /** @param {ConnectionState} state @param {string} frameworkVersion */
  const onState = (state, frameworkVersion) => {
    const { action, ...words } = connectionText(state, { origin, ownVersion: version, frameworkVersion });
    view.setConnection(state, words, { label: action, run: () => frame.reload() });
    log("connection: " + state);
    if (state === "waiting") focus.forget();
    tell("connection", { state });
    dialling.setConnected(canDial(state));
    if (state !== "connected" || isChecked) return;
    isChecked = true;
    diagnosis().then(
      ({ checkMicrophone }) => checkMicrophone({ cards, seen, now, text, openSettings: () => frame.post("view", { name: "settings" }) }),
      (error) => log(messageOf(error)),
    );
  };
  const frame = mount({
    container: view.phone,
    url: settings.genesys.frameUrl,
    version,
    language: lcid,
    onState,
    diagnose: (frame) => diagnosis().then(({ diagnoseFrame }) => diagnoseFrame(frame), () => ""),
    onEnvelope: (envelope) =>
      receive(envelope, {
        pop: pop.handle,
        focus,
        withdraw,
        log,
        tell,
        onRefused: (reason) => {
          dialling.refused(reason);
          link.refused(reason);
        },
        onClients: (event) => diagnosis().then(({ tellOfClients }) => tellOfClients(event, { cards, now, text }), (error) => log(messageOf(error))),
        changed: link.changed,
        logCall,
        answer: ({ question, text }) =>
          contactSearch().then(({ searchContacts }) => searchContacts(textOf(text), { ...ports, tables, queriesOf, ask })).then(
            (value) => frame.post("answer", { question, value }),
            (error) => frame.post("answer", { question, reason: messageOf(error) }),
          ),
      }),
  });
  dialling.start(frame.post);
  link.serve({ dial: dialling.relay, tell, talks: focus.talks });
  pop.restore();
  return () => {
    isOver = true;
    dialling.stop();
    frame.stop();
  };
}

/**
 * @param {Envelope} envelope
 * @param {{
 *   pop: ReturnType<typeof createScreenPop>["handle"],
 *   focus: ReturnType<typeof createFocus>,
 *   withdraw: (id: string) => void,
 *   log: (line: string) => void,
 *   tell: import("./telling.js").Tell,
 *   onRefused: (reason: string) => void,
 *   onClients: (event: string) => unknown,
 *   changed: () => void,
 *   logCall: ReturnType<typeof startCallLog>,
 *   answer: (payload: import("../core/messages.js").Payload) => void,
 * }} options
 */
function receive({ kind, payload }, { pop, focus, withdraw, log, tell, onRefused, onClients, changed, logCall, answer }) {
  const raw = isRecord(payload.interaction) ? payload.interaction : {};
  const event = textOf(payload.event);
  switch (kind) {
    case "screen-pop":
      pop({ trigger: "screen-pop", raw, searchString: textOf(payload.searchString) });
      return;
    case "interaction":
      if (focus.note(event, describeInteraction(raw))) withdraw(textOf(raw.id));
      changed();
      tell("phone", { event, id: raw.id });
      pop({ trigger: event, raw });
      return;
    case "call-log":
      // That there is one is told, not what stands in it.
      if (isRecord(payload.log) && payload.log.notes) tell("note", { id: raw.id });
      logCall(event, raw, payload);
      return;
    case "notification":
      if (event === "interactionSelection") focus.select(textOf(payload.interactionId));
      else log(kind + ": " + event);
      return;
    case "contact-search":
      answer(payload);
      return;
    case "notice":
      if (event === "dial-failed") {
        tell("dial", { result: "refused" });
        onRefused(textOf(payload.reason));
      }
      if (/-client$/.test(event)) onClients(event);
      log(kind + ": " + event);
      return;
    default:
      log(kind + ": " + event);
  }
}

const nothing = () => {};

/** @param {unknown} value */
function textOf(value) {
  return typeof value === "string" ? value : "";
}
