// @ts-check
/** Turns what Genesys calls back with into payloads of our envelope; knows no window. */

import { pickInteraction } from "./interaction.js";
import { isRecord } from "./messages.js";

/** @typedef {import("./messages.js").Payload} Payload */

/**
 * Return the payload for an event of type Interaction.
 *
 * `change` carries `{old, new}`, transfers carry the id alone or `{id}`, all others the interaction;
 * one source documents `{new}` for `connect` too, so every category is read the same way.
 *
 * @param {unknown} category
 * @param {unknown} data
 * @returns {Payload}
 */
export function interactionPayload(category, data) {
  const event = textOf(category);
  if (typeof data === "string") return { event, interaction: { id: data } };
  const current = isRecord(data) && isRecord(data.new) ? data.new : data;
  return { event, interaction: pickInteraction(current) };
}

/**
 * Return the payload for a `screenPop` call.
 *
 * @param {unknown} searchString
 * @param {unknown} interaction
 * @returns {Payload}
 */
export function screenPopPayload(searchString, interaction) {
  const text = textOf(searchString).slice(0, 254);
  return { searchString: text, interaction: pickInteraction(interaction) };
}

/**
 * Return the payload for what the client wants logged of an interaction.
 *
 * @param {unknown} event
 * @param {unknown} callLog
 * @param {unknown} interaction
 * @returns {Payload}
 */
export function callLogPayload(event, callLog, interaction) {
  const { id, notes } = isRecord(callLog) ? callLog : { id: "", notes: "" };
  return { event, log: { id: textOf(id), notes: textOf(notes) }, interaction: pickInteraction(interaction) };
}

/**
 * Return the payload for an event of type UserAction or Notification: its texts, nothing else.
 *
 * @param {unknown} category
 * @param {unknown} data
 * @returns {Payload}
 */
export function plainPayload(category, data) {
  /** @type {Payload} */
  const texts = {};
  if (isRecord(data)) {
    ["interactionId", "status", "sub_status", "reason"].forEach((key) => {
      if (typeof data[key] === "string") texts[key] = data[key];
    });
  }
  return { ...texts, event: textOf(category) };
}

/** @param {unknown} value */
function textOf(value) {
  return typeof value === "string" ? value : "";
}
