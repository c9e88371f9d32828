// @ts-check
/**
 * What the form in front and the softphone page say to each other, over a channel of their tab.
 *
 * Values of the form travel inside the browser's own tab only, and are kept by nobody.
 */

import { isRecord } from "./messages.js";
import { isLogicalName, isRowId } from "./odata.js";

/**
 * @typedef {{ column: string, number: string }} ColumnNumber
 * @typedef {{
 *   kind: "form", event: "loaded" | "dial" | "answer", table: string, id: string, isNew: boolean,
 *   isDirty: boolean, dials: boolean, numbers: ColumnNumber[],
 * }} FormMessage
 *     numbers: what stands in the columns that were asked for, in an answer; id is empty for a new
 *     row, isNew says that nobody has filled it yet, dials that a command of this form wants to dial.
 */

/** @param {string} tab */
export const channelName = (tab) => "d365pop." + tab;

const mostNumbers = 20;

/**
 * Return what a form says, or null where it says something else.
 *
 * @param {unknown} data
 * @returns {FormMessage | null}
 */
export function readForm(data) {
  if (!isRecord(data) || data.kind !== "form" || !isLogicalName(data.table)) return null;
  const id = data.id === "" ? "" : isRowId(data.id) ? data.id : null;
  if (id === null) return null;
  const numbers = Array.isArray(data.numbers) ? data.numbers.filter(isNumber).slice(0, mostNumbers) : [];
  const { table } = data;
  const event = data.event === "loaded" || data.event === "dial" ? data.event : "answer";
  return { kind: "form", event, table, id, isNew: data.isNew === true, isDirty: data.isDirty === true, dials: data.dials === true, numbers };
}

/**
 * @param {unknown} value
 * @returns {value is ColumnNumber}
 */
function isNumber(value) {
  return isRecord(value) && isLogicalName(value.column) && typeof value.number === "string" && value.number.length <= 100;
}
