// @ts-check
/** Which numbers can be dialled, why others cannot, and whose a dialled number was; dials nothing. */

import { isRecord } from "./messages.js";
import { isLogicalName } from "./odata.js";
import { parsePhone } from "./phone-number.js";

/**
 * @typedef {import("./interaction.js").Interaction} Interaction
 * @typedef {import("./interaction.js").RecordReference} RecordReference
 * @typedef {RecordReference & { name: string }} NamedRecord
 */

/** Milliseconds after which a call is no longer one that was asked for here. */
const memoryTime = 60000;

/**
 * Return the number as a telephone system takes it, or the key of the text that says why not.
 *
 * @param {string} number as it stands in the record
 * @param {readonly string[]} countries
 * @returns {{ number: string } | { refusal: "no-number" | "no-country" }}
 */
export function dialable(number, countries) {
  const phone = parsePhone(number, countries);
  if (!phone) return { refusal: "no-number" };
  return phone.e164 ? { number: phone.e164 } : { refusal: "no-country" };
}

/**
 * @param {unknown} value
 * @returns {value is NamedRecord}
 */
export function isNamedRecord(value) {
  return isRecord(value) && isLogicalName(value.table) && isId(value.id) && typeof value.name === "string";
}

/** @param {unknown} id of a row, or whatever another system numbers its customers with */
function isId(id) {
  return typeof id === "string" && /^[\w.-]{1,100}$/.test(id);
}

/**
 * Remember for whom a number was dialled, so that the call that comes of it needs no search.
 *
 * @param {{ now: () => number }} options
 */
export function createDialled({ now }) {
  /** @type {Map<string, { record: NamedRecord, until: number }>} */
  const known = new Map();
  /** Those that are still known; the others are forgotten. */
  const fresh = () => {
    known.forEach(({ until }, number) => {
      if (now() >= until) known.delete(number);
    });
    return known;
  };
  return {
    /** @param {string} number @param {NamedRecord} record */
    add(number, record) {
      fresh().set(number, { record, until: now() + memoryTime });
    },
    /**
     * Return the record that an outbound interaction goes to, or null.
     *
     * @param {Pick<Interaction, "direction" | "address">} interaction
     * @returns {NamedRecord | null}
     */
    recordOf({ direction, address }) {
      if (direction !== "outbound" || !address) return null;
      const phone = parsePhone(address.text);
      const found = phone && fresh().get(phone.e164 || phone.digits);
      return found ? found.record : null;
    },
  };
}
