// @ts-check
/** The settings as one environment variable holds them, and the check that names what is wrong. */

import { isRecord } from "./messages.js";
import { isLogicalName } from "./odata.js";

/**
 * @typedef {"auto" | "soft" | "off"} Policy
 * @typedef {"voice" | "chat" | "message" | "email" | "callback" | "voicemail" | "dialer"} PolicyMedium
 * @typedef {{ table: string, columns: string[], emailColumns: string[], nameColumn: string }} SearchTable
 * @typedef {{
 *   countries: string[],
 *   tables: SearchTable[],
 *   policies: { [medium in PolicyMedium]: Policy },
 *   noMatch: "search" | "new-record" | "nothing",
 *   newRecordTable: string,
 * }} ScreenPopSettings
 * @typedef {{
 *   version: 1,
 *   genesys: { frameUrl: string, region: string },
 *   screenPop: ScreenPopSettings,
 *   telemetry: { url: string, key: string, ask: unknown } | null,
 * }} Settings
 */

/**
 * Each medium, and, where values of an older release are silent on it, the one whose policy it has.
 *
 * @type {PolicyMedium[][]}
 */
const media = [["voice"], ["chat"], ["message"], ["email"], ["callback"], ["voicemail", "callback"], ["dialer", "voice"]];

/** The settings break a rule; `path` says where. */
export class SettingsError extends Error {
  /**
   * @param {string} path
   * @param {string} problem
   */
  constructor(path, problem) {
    super(path + " " + problem);
    this.name = "SettingsError";
    this.path = path;
  }
}

/**
 * Return the settings of the JSON text; keys that we don't know are left out.
 *
 * @param {string} text
 * @returns {Settings}
 * @throws {SettingsError} the text isn't JSON, or a value breaks a rule
 */
export function parseSettings(text) {
  const root = record(parseJson(text), "settings");
  if (root.version !== 1) throw new SettingsError("version", "must be 1");
  const genesys = record(root.genesys, "genesys");
  return {
    version: 1,
    genesys: {
      frameUrl: frameUrl(genesys.frameUrl, "genesys.frameUrl"),
      region: matching(genesys.region, "genesys.region", /^[a-z0-9-]+(\.[a-z0-9-]+)+$/, "a region domain"),
    },
    screenPop: screenPop(record(root.screenPop, "screenPop")),
    telemetry: root.telemetry === undefined ? null : telemetry(record(root.telemetry, "telemetry")),
  };
}

/**
 * Return the exact origin of the Genesys frame.
 *
 * @param {Settings} settings
 */
export function frameOrigin(settings) {
  return new URL(settings.genesys.frameUrl).origin;
}

/** @param {{ [key: string]: unknown }} value */
function telemetry({ url, key, ask }) {
  return {
    ask,
    url: frameUrl(url, "telemetry.url"),
    key: matching(key, "telemetry.key", /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, "a GUID"),
  };
}

/**
 * @param {{ [key: string]: unknown }} value
 * @returns {ScreenPopSettings}
 */
function screenPop(value) {
  const given = record(value.policies, "screenPop.policies");
  const modes = /** @type {Policy[]} */ (["auto", "soft", "off"]);
  const policies = /** @type {ScreenPopSettings["policies"]} */ ({});
  media.forEach(([medium = "voice", otherwise = medium]) => {
    policies[medium] = oneOf(given[medium] || given[otherwise], "screenPop.policies." + medium, modes);
  });
  const tables = list(value.tables, "screenPop.tables", searchTable);
  if (tables.length === 0) throw new SettingsError("screenPop.tables", "must name a table");
  return {
    countries: list(value.countries, "screenPop.countries", country),
    tables,
    policies,
    noMatch: oneOf(
      value.noMatch,
      "screenPop.noMatch",
      /** @type {ScreenPopSettings["noMatch"][]} */ (["search", "new-record", "nothing"]),
    ),
    newRecordTable: logicalName(value.newRecordTable, "screenPop.newRecordTable"),
  };
}

/**
 * @param {unknown} value
 * @param {string} path
 * @returns {SearchTable}
 */
function searchTable(value, path) {
  const entry = record(value, path);
  const columns = list(entry.columns, path + ".columns", logicalName);
  const emailColumns = list(entry.emailColumns, path + ".emailColumns", logicalName);
  if (columns.length + emailColumns.length === 0) {
    throw new SettingsError(path + ".columns", "must name a column");
  }
  return {
    table: logicalName(entry.table, path + ".table"),
    columns,
    emailColumns,
    nameColumn: logicalName(entry.nameColumn, path + ".nameColumn"),
  };
}

/** @param {string} text */
function parseJson(text) {
  try {
    return /** @type {unknown} */ (JSON.parse(text));
  } catch (error) {
    throw new SettingsError("settings", "must be JSON: " + (error instanceof Error ? error.message : ""));
  }
}

/**
 * @param {unknown} value
 * @param {string} path
 */
function record(value, path) {
  if (!isRecord(value)) throw new SettingsError(path, "must be an object");
  return value;
}

/**
 * @template Item
 * @param {unknown} value
 * @param {string} path
 * @param {(item: unknown, path: string) => Item} check
 */
function list(value, path, check) {
  if (!Array.isArray(value)) throw new SettingsError(path, "must be a list");
  return value.map((item, index) => check(item, path + "[" + index + "]"));
}

/**
 * @template {string} Choice
 * @param {unknown} value
 * @param {string} path
 * @param {Choice[]} choices
 */
function oneOf(value, path, choices) {
  const found = choices.find((choice) => choice === value);
  if (found === undefined) throw new SettingsError(path, "must be one of " + choices.join(", "));
  return found;
}

/**
 * @param {unknown} value
 * @param {string} path
 */
function logicalName(value, path) {
  if (!isLogicalName(value)) throw new SettingsError(path, "must be a logical name");
  return value;
}

/**
 * @param {unknown} value
 * @param {string} path
 */
function country(value, path) {
  return matching(value, path, /^[A-Z]{2}$/, "two capital letters");
}

/**
 * @param {unknown} value
 * @param {string} path
 * @param {RegExp} pattern
 * @param {string} what
 */
function matching(value, path, pattern, what) {
  if (typeof value !== "string" || !pattern.test(value)) throw new SettingsError(path, "must be " + what);
  return value;
}

/**
 * Plain http is for the simulator on the agent's own machine only.
 *
 * @param {unknown} value
 * @param {string} path
 */
function frameUrl(value, path) {
  const text = matching(value, path, /^https?:\/\/[^\s]+$/, "an https address");
  const url = parseUrl(text, path);
  const loopback = /^(localhost|127\.0\.0\.1|\[::1\])$/.test(url.hostname);
  if (url.protocol !== "https:" && !loopback) throw new SettingsError(path, "must be an https address");
  if (url.username || url.password) throw new SettingsError(path, "must not hold a user name");
  return url.href;
}

/**
 * @param {string} text
 * @param {string} path
 */
function parseUrl(text, path) {
  try {
    return new URL(text);
  } catch (error) {
    throw new SettingsError(path, "must be an https address: " + (error instanceof Error ? error.message : ""));
  }
}
