// @ts-check
/**
 * The call log: what Genesys wants stored is kept until its script has taken it, and what came of it
 * goes back to Genesys.
 */

import { mostWaiting } from "../core/call-log.js";
import { messageOf, sentence } from "../core/failure.js";
import { describeInteraction } from "../core/interaction.js";
import { parseJson } from "../core/kept.js";
import { withoutScheme } from "../core/phone-number.js";
import { callerOf } from "../core/pop-panels.js";
import { patience as clientPatience } from "../core/questions.js";
import { text } from "../core/texts.js";
import { newestNotes } from "../core/waiting-notes.js";
import { lateScript } from "./load-script.js";
import { createStore } from "./storage.js";

/** Milliseconds after which a script that could not be loaded is tried again. */
const pause = 30000;
/** Milliseconds in which Genesys is answered: before framework.js says that nobody did. */
const patience = clientPatience - 1000;
/** Who asked for what an earlier page kept: nobody waits for an answer, and nothing is opened. */
const nobody = -1;

/**
 * @typedef {typeof import("../call-log.js")} Script
 * @typedef {import("../call-log.js").Note} Note
 *
 * @param {import("../call-log.js").Page & {
 *   post: import("./dialling.js").Post,
 *   storeOf?: typeof createStore,
 *   load?: () => Promise<Pick<Script, "start">>,
 *   scope?: import("../call-log.js").Scope,
 * }} options
 * @returns {(event: string, raw: import("../core/interaction.js").RawInteraction, payload: import("../core/messages.js").Payload) => Promise<void>}
 */
export function startCallLog({ post, storeOf = createStore, load = loadCallLog, scope = window, ...page }) {
  const { xrm, cards, now } = page;
  // Whoever signs in next in this browser must not store the calls of another.
  const store = storeOf({ key: "d365pop.calls " + xrm.userId() });
  const untaken = storeOf({ key: "d365pop.notes " + xrm.userId() });
  /** @type {Note[]} */
  let notes = notesOf(untaken.read());
  /** @type {Set<unknown>} */
  const asked = new Set();
  /** @type {Set<string>} */
  const failed = new Set();
  /** @type {Promise<ReturnType<Script["start"]>> | null} */
  let loading = null;

  const keep = () => untaken.write(JSON.stringify(notes, (key, value) => (key === "request" ? nobody : value)));
  /** @param {unknown} question @param {{ value?: { id: string }, reason?: string }} answer */
  const answer = (question, { value, reason }) => {
    if (!asked.delete(question)) return;
    post("answer", { question, ...(value ? { value } : { reason: text("call-log-kept", { reason: sentence(String(reason)) }) }) });
  };
  /** @type {(id: string, call: { [column: string]: unknown }, reason: string) => void} */
  const onFailed = (id, { subject }, reason) => {
    failed.add(id);
    const choices = [{ label: text("try-again"), run: flush }];
    const detail = text("call-log-kept", { reason: sentence(reason) });
    cards.show({ title: `${subject}`, detail, problem: true, choices }, { id: "log " + id, time: now() });
  };
  /** @type {(id: string, call: { [column: string]: unknown }) => void} */
  const onLost = (id, { subject }) =>
    cards.show({ title: `${subject}`, detail: text("call-log-lost", { count: mostWaiting }), problem: true }, { id: "log " + id, time: now() });

  /** Let the script take what there is; one that cannot be loaded is loaded anew later. */
  async function flush() {
    if (!loading) {
      loading = load().then(({ start }) => start({ ...page, store, scope, failed, answer, onFailed, onLost }));
      loading.catch(() => {
        loading = null;
        scope.setTimeout(() => {
          if (!page.isOver()) flush();
        }, pause);
      });
    }
    try {
      const log = await loading;
      const stored = log.take(notes);
      // The script keeps them by now.
      notes = [];
      keep();
      await stored;
    } catch (error) {
      const reason = messageOf(error);
      notes.forEach(({ request, call }) => {
        answer(request, { reason });
        onFailed(call.id, call, reason);
      });
    }
  }

  if (notes.length || store.read()) flush();
  return async (event, raw, { question, log }) => {
    const interaction = describeInteraction(raw);
    const { id, direction, address, internal } = interaction;
    if (question) {
      asked.add(question);
      scope.setTimeout(() => answer(question, { reason: text("no-answer") }), patience);
    }
    // Colleagues are no customers: there is nothing to store, and nothing that failed.
    // ASSUMED: an empty id is a success to Genesys, which then has no row to name the next time.
    if (internal) return answer(question, { value: { id: "" } });
    const call = { id, outgoing: direction === "outbound", subject: callerOf(interaction).title, number: address ? withoutScheme(address.text) : "" };
    notes = newestNotes(notes.concat([{ event, request: question, log, raw, call }]), (request) => asked.has(request));
    notes.splice(0, notes.length - mostWaiting).forEach(({ call }) => onLost(call.id, call));
    keep();
    await flush();
  };
}

/**
 * @param {string} text
 * @returns {Note[]}
 */
function notesOf(text) {
  const value = parseJson(text);
  return Array.isArray(value) ? value : [];
}

/** @type {() => Promise<Script>} */
const loadCallLog = lateScript("call-log.js", "D365PopCallLog");
