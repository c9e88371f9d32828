// @ts-check
/** Builds one query per table for a customer's address and reads the answers; sends nothing. */

import { odataString } from "./odata.js";
import { variants } from "./phone-number.js";

/**
 * @typedef {import("./interaction.js").Address} Address
 * @typedef {import("./settings.js").SearchTable} SearchTable
 * @typedef {{ table: string, query: string, pageSize: number }} Query
 * @typedef {{ table: string, id: string, name: string }} Match
 * @typedef {{ table: string, rows: { [column: string]: unknown }[] }} Answer
 */

/** More than these nobody chooses from. */
export const pageSize = 10;

/** Dataverse refuses a query of more than 500 conditions; half of that also keeps the address short. */
const mostConditions = 240;

/**
 * Return one query per table that has columns for this kind of address.
 *
 * @param {{ address: Address, tables: readonly SearchTable[], countries: readonly string[] }} options
 * @returns {Query[]}
 */
export function buildQueries({ address, tables, countries }) {
  const values = address.kind === "email" ? [address.text] : variants(address.text, countries);
  if (values.length === 0) return [];
  return tables
    .map((entry) => ({ entry, columns: address.kind === "email" ? entry.emailColumns : entry.columns }))
    .filter(({ columns }) => columns.length > 0)
    .map(({ entry, columns }) => ({
      table: entry.table,
      query: "?$select=" + selected(entry).join(",") + "&$filter=" + anyOf(columns, values),
      pageSize,
    }));
}

/**
 * Return the distinct rows of all answers, in the order of the tables.
 *
 * @param {{ answers: readonly Answer[], tables: readonly SearchTable[] }} options
 * @returns {Match[]}
 */
export function mergeMatches({ answers, tables }) {
  /** @type {Map<string, Match>} */
  const found = new Map();
  answers.forEach(({ table, rows }) => {
    const entry = tables.find((candidate) => candidate.table === table);
    rows.forEach((row) => {
      // ASSUMED: the primary key is <table>id; activities, whose key is activityid, hold no callers.
      const id = row[table + "id"];
      if (typeof id !== "string" || !id) return;
      const name = entry ? row[entry.nameColumn] : "";
      const key = table + " " + id.toLowerCase();
      if (!found.has(key)) found.set(key, { table, id, name: typeof name === "string" && name ? name : "(no name)" });
    });
  });
  return Array.from(found.values());
}

/** @param {SearchTable} entry */
function selected({ nameColumn, columns, emailColumns }) {
  return Array.from(new Set([nameColumn].concat(columns, emailColumns)));
}

/**
 * @param {readonly string[]} columns
 * @param {readonly string[]} values
 */
function anyOf(columns, values) {
  const kept = values.slice(0, Math.max(1, Math.floor(mostConditions / columns.length)));
  const conditions = columns.map((column) => kept.map((value) => column + " eq " + odataString(value)).join(" or "));
  return conditions.join(" or ");
}
