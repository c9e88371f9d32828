// @ts-check
/** The call log: what Genesys wants stored goes to Dataverse, and what came of it back to Genesys. */

import { messageOf } from "../core/failure.js";
import { describeInteraction } from "../core/interaction.js";
import { withoutScheme } from "../core/phone-number.js";
import { callerOf } from "../core/pop-panels.js";
import { text } from "../core/texts.js";
import { lateScript } from "./load-script.js";
import { createStore } from "./storage.js";

/** Milliseconds after which what failed is tried again. */
const pause = 30000;

/**
 * @typedef {import("../core/messages.js").Payload} Payload
 * @typedef {{ create: typeof import("../core/call-log.js").createCallLog }} Script
 *
 * @param {{
 *   xrm: import("./xrm.js").Dynamics,
 *   seen: import("../core/dedupe.js").Seen,
 *   cards: Pick<ReturnType<typeof import("../core/cards.js").createCards>, "show" | "dismiss">,
 *   retry: ReturnType<typeof import("../core/retry.js").createRetry>,
 *   post: import("./dialling.js").Post,
 *   now: () => number,
 *   isOver: () => boolean,
 *   store?: import("../core/dedupe.js").Store | undefined,
 *   load?: () => Promise<Script>,
 *   scope?: { setTimeout: (run: () => void, milliseconds: number) => unknown, crypto: Pick<Crypto, "randomUUID"> },
 * }} options isOver: another tab stores what is left
 * @returns {(event: string, raw: import("../core/interaction.js").RawInteraction, payload: Payload) => Promise<void>}
 */
export function startCallLog({ xrm, seen, cards, retry, post, now, isOver, store, load = loadCallLog, scope = window }) {
  // Whoever signs in next in this browser must not store the calls of another.
  const kept = store || createStore({ key: "d365pop.calls " + xrm.userId() });
  /** @type {Set<string>} */
  const failed = new Set();
  /** @type {Promise<ReturnType<Script["create"]>> | null} */
  let loading = null;
  const start = () => {
    if (!loading) {
      loading = load().then(create);
      // Another attempt loads anew.
      loading.catch(() => {
        loading = null;
      });
    }
    return loading;
  };
  /** @param {Script} script */
  const create = (script) =>
    script.create({
      store: kept,
      newId: () => scope.crypto.randomUUID(),
      recordOf: (id) => {
        const { outcome = null } = seen.recall(id) || {};
        return (outcome && outcome.records.length === 1 && outcome.records[0]) || null;
      },
      ports: {
        ...xrm,
        createRow: (table, row) => retry(() => xrm.createRow(table, row)),
        updateRow: (table, id, row) => retry(() => xrm.updateRow(table, id, row)),
      },
      later: (run) => scope.setTimeout(() => {
        if (!isOver()) run();
      }, pause),
      answer: (question, answer) => post("answer", { question, ...answer }),
      onStored: (id) => {
        if (failed.delete(id)) cards.dismiss("log " + id);
      },
      onFailed: (id, { subject }, reason) => {
        failed.add(id);
        const choices = [{ label: text("try-again"), run: async () => (await start()).flush() }];
        const card = { title: String(subject), detail: text("call-log-kept", { reason }), problem: true, choices };
        cards.show(card, { id: "log " + id, time: now() });
      },
    });
  if (kept.read()) start().then((log) => log.flush(), () => undefined);
  return async (event, raw, { question, log }) => {
    const interaction = describeInteraction(raw);
    const { id, direction, address } = interaction;
    const call = { id, outgoing: direction === "outbound", subject: callerOf(interaction).title, number: address ? withoutScheme(address.text) : "" };
    try {
      const row = await (await start()).note({ event, request: question, log, raw, call });
      if (row && !question) await xrm.openRecord({ table: "phonecall", id: row });
    } catch (error) {
      post("answer", { question, reason: messageOf(error) });
    }
  };
}

/** @type {() => Promise<Script>} */
const loadCallLog = lateScript("call-log.js", "D365PopCallLog");
