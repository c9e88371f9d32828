// @ts-check
/** The envelope that the softphone page and framework.js exchange; knows no window and no origin. */

/** Changes only when an older reader would misunderstand. */
export const protocolVersion = 1;

/**
 * @typedef {"hello" | "welcome" | "screen-pop" | "interaction" | "user" | "notification" | "notice" | "dial" | "view"
 *   | "record" | "contact-search" | "call-log" | "answer"} Kind
 *   record: whose call it is; contact-search and call-log: questions, which an answer follows.
 * @typedef {{ [key: string]: unknown }} Payload
 * @typedef {{ d365pop: number, kind: Kind, payload: Payload }} Envelope
 */

/** @type {readonly string[]} */
const kinds = "hello welcome screen-pop interaction user notification notice dial view record contact-search call-log answer".split(" ");

/**
 * Return the envelope around a payload.
 *
 * @param {Kind} kind
 * @param {Payload} payload
 * @returns {Envelope}
 */
export function makeEnvelope(kind, payload) {
  return { d365pop: protocolVersion, kind, payload };
}

/**
 * Return the data as an envelope, or null where it is none of ours.
 *
 * @param {unknown} data
 * @returns {Envelope | null}
 */
export function parseEnvelope(data) {
  if (!isRecord(data) || data.d365pop !== protocolVersion) return null;
  if (typeof data.kind !== "string" || kinds.indexOf(data.kind) < 0) return null;
  if (!isRecord(data.payload)) return null;
  return makeEnvelope(/** @type {Kind} */ (data.kind), data.payload);
}

/**
 * Return the version of an envelope of ours that this reader would misunderstand, or 0.
 *
 * @param {unknown} data
 */
export function foreignVersion(data) {
  if (!isRecord(data) || typeof data.d365pop !== "number" || data.d365pop === protocolVersion) return 0;
  return data.d365pop;
}

/**
 * Say whether the value is a plain collection of named values.
 *
 * @param {unknown} value
 * @returns {value is Payload}
 */
export function isRecord(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
