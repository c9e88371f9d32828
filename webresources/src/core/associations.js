// @ts-check
/** Finds the interaction that a click-to-dial led to, so that it is associated with its record. */

import { isRecord } from "./messages.js";

/** @typedef {import("./dial.js").NamedRecord} NamedRecord */

/** Milliseconds within which Genesys makes an interaction of a number that it was given. */
const patience = 60000;

/** @param {unknown} number */
const digitsOf = (number) => (typeof number === "string" ? number.replace(/\D/g, "") : "");

/**
 * @param {{ now: () => number }} options
 */
export function createAssociations({ now }) {
  /** @type {{ digits: string, record: NamedRecord, until: number }[]} */
  let expected = [];
  return {
    /** @param {string} number @param {NamedRecord} record */
    expect(number, record) {
      expected = expected.concat([{ digits: digitsOf(number), record, until: now() + patience }]).slice(-10);
    },
    /**
     * Return the record of an interaction that was just added, once, or null.
     *
     * @param {unknown} interaction as Genesys hands it over
     * @returns {NamedRecord | null}
     */
    take(interaction) {
      if (!isRecord(interaction) || String(interaction.direction).toLowerCase() !== "outbound") return null;
      const digits = [interaction.calledNumber, interaction.phone, interaction.displayAddress].map(digitsOf);
      const found = expected.filter(({ until }) => now() < until).find((one) => digits.indexOf(one.digits) >= 0);
      if (!found) return null;
      expected = expected.filter((one) => one !== found);
      return found.record;
    },
  };
}
