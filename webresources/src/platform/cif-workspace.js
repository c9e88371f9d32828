// @ts-check
/**
 * What version 2 of the panel's framework has and version 1 has not: sessions of the app, and
 * notifications with buttons. Whatever becomes of either, the card in the panel stays.
 */

import { isRecord } from "../core/messages.js";
import { recordOf } from "./cif-answer.js";

/**
 * @typedef {import("./cif.js").Framework} Framework
 * @typedef {{ id: string, message: string, run: () => unknown }} Notice id: of the interaction
 * @typedef {{
 *   enter(record: { table: string, id: string, name?: string }): Promise<boolean>,
 *   announce(notice: Notice, reveal: () => void): void,
 *   withdraw(id: string): void,
 *   whenLeft(forget: () => void): void,
 * }} Workspace
 *   enter: have the record in a session of its own; whether it is there already and needs no form.
 *   announce: tell the agent, and wait for nobody. withdraw: what was announced of an interaction. whenLeft: another session came to the front.
 */

/** @type {Workspace} Of version 1: one session, and the panel itself in place of notifications. */
export const singleSession = {
  enter: async () => false,
  announce: (_notice, reveal) => reveal(),
  withdraw: () => undefined,
  whenLeft: () => undefined,
};

/**
 * @param {{
 *   framework: Framework, notification: string, sessionTemplate: string,
 * }} options unique names of the templates; without one of sessions, records open in the session in front
 * @returns {Workspace}
 */
export function createWorkspace({ framework, notification, sessionTemplate }) {
  const cancel = async (/** @type {string} */ id) => framework.cancelEvent(id);
  /** Interactions whose notification stands. @type {Set<string>} */
  const asked = new Set();
  /** @type {{ [record: string]: string }} */
  const sessions = {};
  /** @type {Workspace["enter"]} */
  const enter = async ({ table, id, name = "" }) => {
    const record = table + " " + id;
    const own = sessions[record];
    if (own && (await framework.getAllSessions()).indexOf(own) >= 0) {
      if ((await framework.getFocusedSession()) === own) return false;
      await framework.requestFocusSession(own);
      return true;
    }
    if (!(await framework.canCreateSession())) return false;
    const templateParameters = { customerName: name, entityName: table, entityId: id };
    sessions[record] = await framework.createSession({ templateName: sessionTemplate, templateParameters });
    return false;
  };
  return {
    // What hinders a session costs the session, not the record.
    enter: (record) => (sessionTemplate ? enter(record).catch(() => false) : Promise.resolve(false)),
    announce({ id, message, run }, reveal) {
      asked.add(id);
      const ask = async () => {
        const input = { templateName: notification, templateParameters: { notice: message }, cancellationToken: id };
        try {
          return decisionOf(await framework.notifyEvent(input));
        } finally {
          asked.delete(id);
        }
      };
      ask().then(
        ({ actionName, responseReason }) => {
          // A template that accepts by itself has asked nobody.
          if (actionName === "Accept" && responseReason !== "AutoAccept") run();
          else if (responseReason !== "DeclinedByAgent") reveal();
        },
        reveal,
      );
    },
    withdraw(id) {
      // What cannot be withdrawn goes by itself after its time.
      if (asked.delete(id)) cancel(id).catch(() => undefined);
    },
    whenLeft(forget) {
      framework.addHandler("onSessionSwitched", async () => forget());
    },
  };
}

/** @param {unknown} answer `{actionName, responseReason}`, which the reference shows inside `value` */
function decisionOf(answer) {
  const told = recordOf(answer);
  const { value = told } = told;
  const decision = typeof value === "string" ? recordOf(value) : value;
  return isRecord(decision) ? decision : {};
}
