// @ts-check
/** What the page around the softphone gives, checked and brought into the shape that the core takes. */

import { parseSettings, SettingsError } from "./settings.js";

/** The one kind of record that the core hears of; what it is only the page knows. */
export const customerTable = "customer";

const values = ["container", "region", "frameUrl", "language", "user", "countries", "policies"];
const functions = { find: true, open: true, show: true, read: false, create: false, notify: false, isBusy: false, saveCallLog: false, searchContacts: false, onConnection: false, onEvent: false, onLog: false };

/**
 * @param {import("../platform/host-softphone.js").HostOptions} options
 * @returns {import("./settings.js").Settings}
 * @throws {SettingsError} an option is missing, is not as it must be, or is none
 */
export function hostSettings(options) {
  const { container, region, frameUrl, user = "", countries = [], policies = {}, create } = options;
  if (!container || typeof container.appendChild !== "function") throw new SettingsError("container", "must be an element");
  if (typeof user !== "string") throw new SettingsError("user", "must be a text");
  Object.entries(functions).forEach(([name, needed]) => {
    const given = /** @type {{ [name: string]: unknown }} */ (options)[name];
    if (given === undefined ? needed : typeof given !== "function") throw new SettingsError(name, "must be a function");
  });
  Object.keys(options).forEach((name) => {
    // One that is misspelt would be missing, and nobody would know.
    if (!(name in functions) && values.indexOf(name) < 0) throw new SettingsError(name, "is no option");
  });
  const table = { table: customerTable, columns: ["number"], emailColumns: ["email"], nameColumn: "name" };
  const settings = parseSettings(
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
  Object.keys(policies).forEach((name) => {
    if (!(name in settings.screenPop.policies)) throw new SettingsError("policies." + name, "is no medium");
  });
  return settings;
}
