// @ts-check
/**
 * Lets one tab of the browser host the phone, and the others stand by.
 *
 * Genesys supports one client a user: a second one rings beside the first and takes its sound away.
 */

import { makeTabMessage, readTabMessage } from "../core/tab-messages.js";
import { followTab } from "./following-tab.js";
import { tabOf } from "./form-side.js";
import { leadTabs } from "./leading-tab.js";
import { electByLease, electByLock } from "./tab-election.js";
import { topOf } from "./xrm.js";

/**
 * @typedef {import("../core/tab-messages.js").TabKind} TabKind
 * @typedef {import("../core/tab-messages.js").TabMessage} TabMessage
 * @typedef {ReturnType<typeof import("./view.js").createView>} View
 * @typedef {(kind: TabKind, body: { [key: string]: unknown }) => void} Send
 * @typedef {(...values: any[]) => Promise<unknown>} Opening
 * @typedef {{ number: string, record: import("../core/dial.js").NamedRecord | null }} Order
 * @typedef {{ dial: (order: Order) => void, tell: import("./telling.js").Tell, talks: () => boolean }} Server
 * @typedef {{
 *   view: View,
 *   at: (name: "openRecord" | "openNew" | "openList", run: Opening) => Opening,
 *   notify: (notice: { id: string, message: string, actionLabel: string }) => void,
 *   withdraw: (id: string) => void,
 *   isAgentElsewhere: () => boolean,
 *   refused: (reason: string) => void,
 *   changed: () => void,
 *   serve: (server: Server) => void,
 * }} Link
 *     view: what it shows, the other tabs show too; at: opens in the tab where the agent chose;
 *     serve: what the other tabs may ask for; changed: whether a call is going on may have
 * @typedef {(link: Link) => (() => void)} Lead starts the phone; what it returns stops it
 * @typedef {(to: { order: (order: import("../core/messages.js").Payload) => void, tell: import("./telling.js").Tell }) => {
 *   doers: Pick<import("./xrm.js").Dynamics, "openRecord" | "openList" | "notify" | "withdraw" | "reveal"> & { openNew: Opening },
 *   dialling: Pick<ReturnType<typeof import("./dialling.js").startDialling>, "setConnected" | "refused" | "stop">,
 * }} Follow
 * @typedef {{ receive: (message: TabMessage) => void, look?: () => void, stop: () => void }} Role
 * @typedef {Window & { BroadcastChannel: typeof BroadcastChannel }} Scope
 */

/**
 * @param {{
 *   view: View,
 *   text: typeof import("../core/texts.js").text,
 *   lead: Lead,
 *   follow: Follow,
 *   scope?: Scope,
 *   now?: () => number,
 * }} options
 * @returns {() => void} leaves the others alone, so that another tab hosts the phone
 */
export function joinTabs({ view, text, lead, follow, scope = window, now = Date.now }) {
  const { document, navigator } = scope;
  const me = tabOf(scope);
  const title = () => topOf(scope).document.title;
  const channel = new scope.BroadcastChannel("d365pop.tabs");
  /** @type {Role | null} */
  let role = null;
  /** @type {Send} */
  const send = (kind, body) => channel.postMessage(makeTabMessage(kind, { ...body, from: me }));
  const isHidden = () => document.hidden;
  /** @param {boolean} leads */
  const onChange = (leads) => {
    if (role) role.stop();
    role = leads
      ? leadTabs({ lead, view, text, send, title, isHidden, timers: scope })
      : followTab({ follow, view, send, text, takeOver: () => election.takeOver(), isHidden });
  };
  const ask = () => send("who", {});
  const byLease = () => electByLease({ me, onChange, ask, now, scope });
  channel.onmessage = ({ data }) => {
    const message = readTabMessage(data, me);
    if (!message || !role) return;
    if (message.kind === "who") election.wake();
    role.receive(message);
  };
  const look = () => {
    if (role && role.look) role.look();
  };
  document.addEventListener("visibilitychange", look);
  const onRefused = () => {
    election = byLease();
  };
  let election = navigator.locks ? electByLock({ locks: navigator.locks, onChange, onRefused }) : byLease();
  return () => {
    document.removeEventListener("visibilitychange", look);
    election.leave();
    if (role) role.stop();
    role = null;
    channel.close();
  };
}
