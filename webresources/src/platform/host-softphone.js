// @ts-check
/** The softphone in a page that is not Dynamics: what that page can do comes in as functions. */

import { createCards } from "../core/cards.js";
import { createSeen } from "../core/dedupe.js";
import { createDialled, dialable } from "../core/dial.js";
import { createExtensions } from "../core/extensions.js";
import { messageOf } from "../core/failure.js";
import { createFocus } from "../core/focus.js";
import { canDial, connectionText } from "../core/handshake.js";
import { createHostCallLog } from "../core/host-call-log.js";
import { createHostNotices } from "../core/host-notices.js";
import { customerTable, hostSettings } from "../core/host-settings.js";
import { describeInteraction } from "../core/interaction.js";
import { maskLine, maskNumber } from "../core/mask.js";
import { isRecord } from "../core/messages.js";
import { variants, withoutScheme } from "../core/phone-number.js";
import { patience as clientPatience } from "../core/questions.js";
import { createScreenPop } from "../core/screen-pop.js";
import { tellOfClients } from "../core/second-client.js";
import { frameOrigin } from "../core/settings.js";
import { text } from "../core/texts.js";
import { createTimer } from "../core/timer.js";
import { diagnoseFrame } from "./frame-diagnosis.js";
import { mountGenesysFrame } from "./genesys-frame.js";
import { createStore } from "./storage.js";

/**
 * @typedef {import("../core/interaction.js").Address} Address
 * @typedef {import("../core/interaction.js").Interaction} Interaction
 * @typedef {import("../core/messages.js").Payload} Payload
 * @typedef {import("../core/settings.js").ScreenPopSettings} ScreenPopSettings
 * @typedef {{ id: string, name: string }} Customer
 * @typedef {Address & { variants: string[] }} Caller
 *     variants: the number in every notation that a table may hold it in, or the address alone.
 * @typedef {{ event: string, interaction: Interaction, notes: string, id: string }} CallLog
 *     id: what saveCallLog returned for this interaction before, else "".
 * @typedef {{
 *   container: HTMLElement,
 *   region: string,
 *   frameUrl?: string,
 *   language?: string,
 *   user?: string,
 *   countries?: string[],
 *   policies?: Partial<ScreenPopSettings["policies"]>,
 *   find: (caller: Caller) => Promise<Customer[]> | Customer[],
 *   open: (customer: Customer) => unknown,
 *   show: (cards: import("../core/cards.js").Card[]) => void,
 *   read?: (ids: string[]) => Promise<Customer[]> | Customer[],
 *   create?: (given: { number?: string, email?: string }) => unknown,
 *   notify?: (notice: Omit<import("../core/host-notices.js").Notice, "id">) => unknown,
 *   isBusy?: () => Promise<boolean> | boolean,
 *   saveCallLog?: (log: CallLog) => Promise<string> | string,
 *   searchContacts?: (text: string) => Promise<unknown[]> | unknown[],
 *   onConnection?: (state: string, words: { text: string, hint: string }) => void,
 *   onEvent?: (name: string, facts: { [fact: string]: unknown }) => void,
 *   onLog?: (line: string) => void,
 * }} HostOptions
 *     find looks for a caller, open shows a customer (the pop), show draws what is pending,
 *     notify announces one where the agent must not be interrupted (the soft pop), and may return what takes
 *     the notice away again. user is whose page it is: what is pending comes back to the same agent alone.
 * @typedef {{ dial: (number: string, customer?: Customer) => string, reload: () => void, stop: () => void }} HostSoftphone
 *     dial returns why a number cannot be dialled, or "".
 */

/** Milliseconds in which Genesys is answered: before framework.js says that nobody did. */
const patience = clientPatience - 1000;

/**
 * @param {HostOptions} options
 * @param {{ version: string, mount?: typeof mountGenesysFrame, storeOf?: typeof createStore, now?: () => number, timers?: import("../core/timer.js").Timers }} parts
 * @returns {HostSoftphone}
 * @throws {import("../core/settings.js").SettingsError}
 */
export function startHost(options, { version, mount = mountGenesysFrame, storeOf = createStore, now = Date.now, timers = window }) {
  const settings = hostSettings(options);
  const { container, language = "", user = "", show, notify = () => {}, onConnection = () => {}, onEvent = () => {}, onLog = () => {}, isBusy = () => false } = options;
  const { countries } = settings.screenPop;
  /** @param {string} line */
  const log = (line) => onLog(maskLine(line));
  const seen = createSeen({ store: storeOf({ key: ("d365pop.seen " + user).trim() }), now });
  /** Whoever counts events hinders none. @type {import("./telling.js").Tell} */
  const tell = (name, facts) => {
    try {
      onEvent(name, facts);
    } catch (error) {
      log("onEvent: " + messageOf(error));
    }
  };
  const { announce, withdraw } = createHostNotices(notify);
  const cards = createCards({
    render: show,
    onDismiss: (id) => {
      seen.dismiss(id);
      withdraw(id);
    },
  });
  const focus = createFocus();
  const dialled = createDialled({ now });
  const saveCallLog = createHostCallLog(options.saveCallLog || refuseCallLog);
  const ports = {
    ...portsOf(options, { countries, soon: (work) => inTime(work, timers) }),
    /** @type {typeof cards.show} */
    show: (panel, place) => {
      if (panel.settled) withdraw(place.id);
      cards.show(panel, place);
    },
    notify: announce,
    log,
    tell,
    isBusy: async (/** @type {string} */ id) => focus.isElsewhere(id) || isBusy(),
    share: (/** @type {string} */ id, /** @type {import("../core/contact-match.js").Match} */ record) =>
      frame.post("record", { id, record, inFront: !focus.isElsewhere(id) }),
  };
  const extensions = createExtensions({ hooks: {}, settings: settings.screenPop, log });
  const pop = createScreenPop({ settings: settings.screenPop, seen, ports, recordOf: dialled.recordOf, extensions });
  const { frameUrl } = settings.genesys;
  let isConnected = false;
  /** The number that was dialled last, and for whom. @type {Parameters<HostSoftphone["dial"]>} */
  let placed = [""];
  const frame = mount({
    container,
    url: frameUrl,
    version,
    language,
    diagnose: diagnoseFrame,
    onState: (state, frameworkVersion) => {
      const words = connectionText(state, { origin: frameOrigin(settings), ownVersion: version, frameworkVersion });
      onConnection(state, { text: words.text, hint: words.hint });
      log("connection: " + state);
      tell("connection", { state });
      isConnected = canDial(state);
      if (state === "waiting") focus.forget();
    },
    onEnvelope: ({ kind, payload }) => {
      const raw = isRecord(payload.interaction) ? payload.interaction : {};
      const event = textOf(payload.event);
      if (kind === "screen-pop") pop.handle({ trigger: kind, raw, searchString: textOf(payload.searchString) });
      else if (kind === "interaction") {
        if (focus.note(event, describeInteraction(raw))) withdraw(textOf(raw.id));
        tell("phone", { event, id: raw.id });
        pop.handle({ trigger: event, raw });
      } else if (kind === "contact-search") answer(payload, () => searchIn(options, payload));
      else if (kind === "call-log") {
        if (isRecord(payload.log) && payload.log.notes) tell("note", { id: raw.id });
        answer(payload, () => saveIn(saveCallLog, payload, raw));
      } else if (event === "dial-failed") {
        tell("dial", { source: "page", result: "refused" });
        log("dial refused: " + textOf(payload.reason));
        showRefusal(textOf(payload.reason));
      } else if (/-client$/.test(event)) tellOfClients(event, { cards, now, text });
      else if (event === "interactionSelection") focus.select(textOf(payload.interactionId));
      else log([kind, event, textOf(payload.reason)].filter(Boolean).join(": "));
    },
  });
  /** @param {Payload} payload @param {() => unknown} run a function of the page, which may fail in any way */
  const answer = async ({ question }, run) => {
    // Genesys takes the first answer; what came in the end, the page knows.
    const late = () => frame.post("answer", { question, reason: text("page-late") });
    const timer = createTimer(timers);
    if (question) timer.start(patience, late);
    const outcome = await outcomeOf(run);
    timer.stop();
    if (outcome.reason) log("the page's own function: " + outcome.reason);
    if (question) frame.post("answer", { question, ...outcome });
  };
  /** What could not be dialled after all stands in a card, until it is. @param {string} reason */
  const showRefusal = (reason) => {
    const order = placed;
    const title = text("to", { medium: text("medium-voice"), who: order[0] });
    const run = () => {
      const problem = dial(...order);
      if (problem) showRefusal(problem);
    };
    cards.show({ title, detail: text("failed", { reason }), problem: true, choices: [{ label: text("try-again"), run }] }, { id: "dial", time: now() });
  };
  /** @type {HostSoftphone["dial"]} */
  const dial = (number, customer) => {
    const read = dialable(number, countries);
    const found = "refusal" in read || isConnected ? read : { refusal: "no-phone" };
    tell("dial", { source: "page", result: "refusal" in found ? found.refusal : "placed" });
    if ("refusal" in found) return text(found.refusal, { number });
    placed = [number, customer];
    cards.dismiss("dial");
    const record = customer ? { table: customerTable, id: customer.id, name: customer.name } : null;
    if (record) dialled.add(found.number, record);
    log("dial " + maskNumber(found.number));
    frame.post("dial", { number: found.number, record });
    return "";
  };
  pop.restore();
  return {
    dial,
    reload: frame.reload,
    stop: frame.stop,
  };
}

/**
 * @param {HostOptions} options
 * @param {{ countries: readonly string[], soon: <T>(work: () => T) => Promise<Awaited<T>> }} means soon: work that is given up when it takes too long
 * @returns {Omit<import("../core/pop-panels.js").Ports, "show" | "notify" | "log" | "tell" | "isBusy" | "share">}
 */
function portsOf({ find, open, read, create = () => {} }, { countries, soon }) {
  const labels = { one: text("customer"), many: text("customer") };
  return {
    find: async ({ kind, text: written }) => {
      const found = kind === "phone" ? variants(written, countries) : [written];
      return { matches: matchesOf(await soon(() => find({ kind, text: withoutScheme(written), variants: found }))), note: "" };
    },
    read: async (records) =>
      matchesOf(read ? await read(records.map(({ id }) => id)) : records.map(({ id }) => ({ id, name: text("the-record") }))),
    tableLabels: async () => labels,
    openRecord: async ({ id, name }) => open({ id, name }),
    openNew: async (_table, values) => create(values),
    openList: async () => undefined,
    reveal: () => undefined,
    isSignedOut: async () => false,
    signIn: () => undefined,
  };
}

/**
 * An agent waits no longer for the page than Genesys does.
 *
 * @template T
 * @param {() => T} work
 * @param {import("../core/timer.js").Timers} timers
 * @returns {Promise<Awaited<T>>}
 */
async function inTime(work, timers) {
  const timer = createTimer(timers);
  /** @type {Promise<never>} */
  const late = new Promise((_resolve, reject) => timer.start(patience, () => reject(new Error(text("page-late")))));
  try {
    return await Promise.race([work(), late]);
  } finally {
    timer.stop();
  }
}

/** @param {Customer[]} customers */
function matchesOf(customers) {
  if (!Array.isArray(customers)) throw new Error("find and read must give a list");
  return customers.map(({ id, name }) => ({ table: customerTable, id: String(id), name: String(name) }));
}

/** @param {HostOptions} options @param {Payload} payload */
function searchIn({ searchContacts = () => [] }, payload) {
  return searchContacts(textOf(payload.text));
}

/** @returns {never} */
function refuseCallLog() {
  throw new Error(text("no-call-log"));
}

/** @param {(log: CallLog) => Promise<string>} saveCallLog @param {Payload} payload @param {Payload} raw */
async function saveIn(saveCallLog, { event, log }, raw) {
  const { id, notes } = isRecord(log) ? log : { id: "", notes: "" };
  const entry = { event: textOf(event), interaction: describeInteraction(raw), notes: textOf(notes), id: textOf(id) };
  return { id: await saveCallLog(entry) };
}

/**
 * @param {() => unknown} run
 * @returns {Promise<Payload>}
 */
async function outcomeOf(run) {
  try {
    return { value: await run() };
  } catch (error) {
    return { reason: messageOf(error, text("no-reason")) };
  }
}

/** @param {unknown} value */
function textOf(value) {
  return typeof value === "string" ? value : "";
}
