// @ts-check
/**
 * Reads what Genesys hands over as an interaction; decides nothing.
 *
 * Field names: "Condensed Conversation Info" of the Embeddable Framework. There is no field for the
 * medium, and the customer's address is in another field for outbound interactions.
 */

import { isRecord } from "./messages.js";
import { isLogicalName } from "./odata.js";
import { parsePhone } from "./phone-number.js";

/**
 * @typedef {"voice" | "callback" | "voicemail" | "chat" | "message" | "email"} Medium
 * @typedef {"inbound" | "outbound" | ""} Direction
 * @typedef {{ kind: "phone" | "email", text: string }} Address
 * @typedef {{ table: string, id: string }} RecordReference
 * @typedef {{
 *   id: string,
 *   medium: Medium,
 *   direction: Direction,
 *   internal: boolean,
 *   dialer: boolean,
 *   connected: boolean,
 *   ended: boolean,
 *   name: string,
 *   address: Address | null,
 *   record: RecordReference | import("./dial.js").NamedRecord | null,
 * }} Interaction
 * @typedef {{ [key: string]: unknown }} RawInteraction
 */

/** An Architect flow may set these two to name the row to open; framework.js asks Genesys for them. */
export const recordAttributes = ["d365_record_table", "d365_record_id"];

const textFields = [
  "id", "phone", "name", "remoteName", "displayAddress", "ani", "calledNumber", "queueName", "direction",
  "state", "messageType", "disposition", "connectedTime", "startTime", "endTime",
];
const flagFields = [
  "isConnected", "isDisconnected", "isDone", "isCallback", "isDialer", "isChat", "isEmail", "isMessage",
  "isVoicemail", "isInternal",
];

/**
 * Return the fields that we read, as plain values that any window can be sent.
 *
 * @param {unknown} raw
 * @returns {RawInteraction}
 */
export function pickInteraction(raw) {
  /** @type {RawInteraction} */
  const picked = {};
  if (!isRecord(raw)) return picked;
  textFields.forEach((field) => {
    if (typeof raw[field] === "string") picked[field] = raw[field];
  });
  flagFields.forEach((field) => {
    if (typeof raw[field] === "boolean") picked[field] = raw[field];
  });
  if (Array.isArray(raw.callbackNumbers)) picked.callbackNumbers = raw.callbackNumbers.filter(isText).slice(0, 5);
  const attributes = attributesOf(raw);
  picked.attributes = {};
  recordAttributes.forEach((name) => {
    if (attributes.has(name)) /** @type {RawInteraction} */ (picked.attributes)[name] = attributes.get(name);
  });
  return picked;
}

/**
 * Return what the interaction means to us.
 *
 * @param {RawInteraction} raw
 * @param {{ searchString?: string }} [options] what Genesys proposes to search by
 * @returns {Interaction}
 */
export function describeInteraction(raw, { searchString = "" } = {}) {
  const medium = mediumOf(raw);
  const direction = directionOf(raw);
  return {
    id: textOf(raw, "id"),
    medium,
    direction,
    internal: isInternal(raw),
    dialer: raw.isDialer === true,
    connected: raw.isConnected === true,
    ended: raw.isDisconnected === true || raw.isDone === true,
    name: textOf(raw, "remoteName") || textOf(raw, "name"),
    address: customerAddress(raw, { medium, direction, searchString }),
    record: recordReference(attributesOf(raw)),
  };
}

/**
 * A call has none of the flags. A voicemail may be flagged as a callback too, hence the order.
 *
 * @param {RawInteraction} raw
 * @returns {Medium}
 */
export function mediumOf(raw) {
  if (raw.isVoicemail === true) return "voicemail";
  if (raw.isCallback === true) return "callback";
  if (raw.isEmail === true) return "email";
  if (raw.isChat === true) return "chat";
  if (raw.isMessage === true) return "message";
  return "voice";
}

/**
 * @param {RawInteraction} raw
 * @returns {Direction}
 */
export function directionOf(raw) {
  const direction = textOf(raw, "direction").toLowerCase();
  return direction === "inbound" || direction === "outbound" ? direction : "";
}

/** @param {RawInteraction} raw */
export function isInternal(raw) {
  return raw.isInternal === true || textOf(raw, "calledNumber").toLowerCase() === "internal";
}

/**
 * Return the attributes by lower-case name, without the prefix that some clients put before them.
 *
 * @param {RawInteraction} raw
 * @returns {Map<string, string>}
 */
export function attributesOf(raw) {
  /** @type {Map<string, string>} */
  const found = new Map();
  if (!isRecord(raw.attributes)) return found;
  const source = raw.attributes;
  Object.keys(source)
    .slice(0, 500)
    .forEach((key) => {
      const value = source[key];
      if (isText(value)) found.set(key.toLowerCase().replace(/^participant\./, ""), value.trim());
    });
  return found;
}

/**
 * Return the address of the customer, never that of the agent.
 *
 * `ani` of an outbound call is the agent's station, so it counts for inbound ones only.
 *
 * @param {RawInteraction} raw
 * @param {{ medium: Medium, direction: Direction, searchString: string }} options
 * @returns {Address | null}
 */
function customerAddress(raw, { medium, direction, searchString }) {
  const callback = Array.isArray(raw.callbackNumbers) ? raw.callbackNumbers.filter(isText) : [];
  /** @type {{ [direction in Direction]: string[] }} */
  const fields = {
    inbound: ["phone", "ani", "displayAddress"],
    outbound: ["calledNumber", "phone", "displayAddress"],
    "": ["phone", "displayAddress"],
  };
  const candidates = callback
    .concat(fields[direction].map((field) => textOf(raw, field)))
    .concat(direction === "inbound" ? [searchString] : []);
  const onlyPhone = medium === "voice" || medium === "callback" || medium === "voicemail";
  for (const candidate of candidates) {
    const address = readAddress(candidate);
    if (address && (address.kind === "phone" || !onlyPhone)) return address;
  }
  return null;
}

/**
 * @param {string} text
 * @returns {Address | null}
 */
function readAddress(text) {
  const bare = text.trim().replace(/^mailto:/i, "");
  if (bare.length <= 254 && /^[^\s@<>,;:"'()]+@[^\s@<>,;:"'()]+\.[^\s@<>,;:"'()]+$/.test(bare)) {
    return { kind: "email", text: bare };
  }
  return parsePhone(bare) ? { kind: "phone", text: bare } : null;
}

/**
 * @param {Map<string, string>} attributes
 * @returns {RecordReference | null}
 */
function recordReference(attributes) {
  const [tableName = "", idName = ""] = recordAttributes;
  const table = attributes.get(tableName);
  const found = /^\{?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\}?$/i.exec(attributes.get(idName) || "");
  return found && isLogicalName(table) ? { table, id: String(found[1]).toLowerCase() } : null;
}

/**
 * @param {RawInteraction} raw
 * @param {string} field
 */
function textOf(raw, field) {
  const value = raw[field];
  return typeof value === "string" ? value.trim() : "";
}

/**
 * @param {unknown} value
 * @returns {value is string}
 */
function isText(value) {
  return typeof value === "string";
}
