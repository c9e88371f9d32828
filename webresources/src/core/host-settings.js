// @ts-check
/** What the page around the softphone gives, checked and brought into the shape that the core takes. */

import { parseSettings, SettingsError } from "./settings.js";

/** The one kind of record that the core hears of; what it is only the page knows. */
export const customerTable = "customer";

const functions = { find: true, open: true, show: true, read: false, create: false, notify: false, isBusy: false, saveCallLog: false, searchContacts: false, onConnection: false, onEvent: false, onLog: false };

/**
 * @param {import("../platform/host-softphone.js").HostOptions} options
 * @returns {import("./settings.js").Settings}
 * @throws {SettingsError} an option is missing or is not as it must be
 */
export function hostSettings(options) {
  const { container, region, frameUrl, countries = [], policies = {}, create } = options;
  if (!container || typeof container.appendChild !== "function") throw new SettingsError("container", "must be an element");
  Object.entries(functions).forEach(([name, needed]) => {
    const given = /** @type {{ [name: string]: unknown }} */ (options)[name];
    if (given === undefined ? needed : typeof given !== "function") throw new SettingsError(name, "must be a function");
  });
  const table = { table: customerTable, columns: ["number"], emailColumns: ["email"], nameColumn: "name" };
  return parseSettings(
    JSON.stringify({
      version: 1,
      genesys: { region, frameUrl: frameUrl || "https://apps." + region + "/crm/embeddableFramework.html" },
      screenPop: {
        countries,
        tables: [table],
        policies: { voice: "auto", callback: "auto", chat: "soft", message: "soft", email: "soft", ...policies },
        noMatch: create ? "new-record" : "nothing",
        newRecordTable: customerTable,
      },
    }),
  );
}
