// @ts-check
/**
 * Puts a customer's own functions at three places: the number, the search and the policy.
 *
 * A function that fails or answers something else is logged, and the page goes on without it.
 */

import { messageOf } from "./failure.js";

/**
 * @typedef {import("./contact-match.js").Answer} Answer
 * @typedef {import("./contact-match.js").Query} Query
 * @typedef {import("./interaction.js").Address} Address
 * @typedef {import("./interaction.js").Interaction} Interaction
 * @typedef {import("./settings.js").ScreenPopSettings} ScreenPopSettings
 * @typedef {(query: Query) => Promise<Answer["rows"]>} Retrieve
 *
 * @typedef {(address: Address, interaction: Interaction) => string} Normalise
 *     returns the number or address to search by instead
 * @typedef {(query: Query, retrieve: Retrieve) => Promise<Answer["rows"]>} Lookup
 *     returns the rows of one table; retrieve does what the page would have done
 * @typedef {(interaction: Interaction, policies: ScreenPopSettings["policies"]) => "auto" | "soft" | "off" | undefined} Policy
 *     returns what this interaction does, or nothing where the settings decide
 * @typedef {{ normalise?: Normalise | undefined, lookup?: Lookup | undefined, policy?: Policy | undefined }} Hooks
 * @typedef {{ hooks: Hooks, settings: ScreenPopSettings, log: (line: string) => void }} Options
 */

const modes = ["auto", "soft", "off"];

/**
 * Return the three places, each doing nothing of its own where there is no function for it.
 *
 * @param {Options} options
 */
export function createExtensions({ hooks, settings, log }) {
  const { normalise, lookup, policy } = hooks;
  /** @param {string} name @param {string} reason */
  const complain = (name, reason) => log("extension " + name + ": " + reason);
  return {
    /**
     * @param {Interaction} interaction
     * @returns {Interaction}
     */
    adjust(interaction) {
      const { address } = interaction;
      if (!normalise || !address) return interaction;
      try {
        const text = normalise({ ...address }, { ...interaction });
        if (typeof text === "string" && text) return { ...interaction, address: { ...address, text } };
        complain("normalise", "no text");
      } catch (error) {
        complain("normalise", messageOf(error));
      }
      return interaction;
    },
    /**
     * @param {Interaction} interaction
     * @returns {ScreenPopSettings["policies"]}
     */
    policiesFor(interaction) {
      const { policies } = settings;
      if (!policy) return policies;
      try {
        const mode = policy({ ...interaction }, { ...policies });
        if (mode === undefined) return policies;
        if (modes.indexOf(mode) >= 0) {
          const all = { ...policies };
          Object.keys(all).forEach((medium) => {
            all[/** @type {keyof typeof all} */ (medium)] = mode;
          });
          return all;
        }
        complain("policy", "no such mode");
      } catch (error) {
        complain("policy", messageOf(error));
      }
      return policies;
    },
    /**
     * @param {Retrieve} retrieve
     * @returns {Retrieve}
     */
    around(retrieve) {
      if (!lookup) return retrieve;
      return async (query) => {
        try {
          const rows = await lookup({ ...query }, retrieve);
          if (Array.isArray(rows)) return rows;
          complain("lookup", "no rows");
        } catch (error) {
          complain("lookup", messageOf(error));
        }
        return retrieve(query);
      };
    },
  };
}
