// @ts-check
/** What the softphone pages of several tabs say to each other, within the browser; knows no channel. */

import { isRecord } from "./messages.js";

/**
 * @typedef {"who" | "state" | "seen" | "notice" | "withdraw" | "choose" | "dismiss" | "dial" | "tell" | "do" | "answer" | "refused"} TabKind
 *     who: tell how things stand; seen: whether the agent looks at this tab; do: open something there.
 * @typedef {{ kind: TabKind, from: string, to: string, [key: string]: unknown }} TabMessage
 * @typedef {{ id: string, title: string, detail: string, busy: boolean, problem: boolean, choices: { label: string, detail: string, key: string }[] }} PlainCard
 * @typedef {{ title: string, talks: boolean, connection: string, words: string, cards: PlainCard[] }} PhoneState
 *     title: of the tab that hosts the phone; talks: whether a call is going on; words: of the connection
 */

const version = 1;
const kinds = "who state seen notice withdraw choose dismiss dial tell do answer refused".split(" ");

/**
 * @param {TabKind} kind
 * @param {{ from: string, to?: string, [key: string]: unknown }} body
 */
export function makeTabMessage(kind, { to = "", ...body }) {
  return { ...body, d365pop: version, kind, to };
}

/**
 * Return what another tab says to this one, or null.
 *
 * @param {unknown} data
 * @param {string} me
 * @returns {TabMessage | null}
 */
export function readTabMessage(data, me) {
  if (!isRecord(data) || data.d365pop !== version) return null;
  const { kind, from, to } = data;
  if (typeof kind !== "string" || kinds.indexOf(kind) < 0 || typeof from !== "string" || from === me) return null;
  if (to !== "" && to !== me) return null;
  return { ...data, kind: /** @type {TabKind} */ (kind), from, to };
}

/**
 * Return what a choice of a card is called between tabs; one that has since changed is not meant.
 *
 * @param {{ label: string }} choice
 * @param {number} at
 */
export function choiceKey({ label }, at) {
  return label + " " + at;
}

/** @param {import("./cards.js").Card[]} cards @returns {PlainCard[]} what of them can be said to another tab */
export function plainCards(cards) {
  return cards.map(({ id, title, detail, busy = false, problem = false, choices = [] }) => ({
    id, title, detail, busy, problem,
    choices: choices.map((choice, at) => ({ label: choice.label, detail: choice.detail || "", key: choiceKey(choice, at) })),
  }));
}
