// @ts-check
/** Builds one query per table for a customer's address and reads the answers; sends nothing. */

import { odataString, startsWith } from "./odata.js";
import { isWrittenAs, variants } from "./phone-number.js";
import { text } from "./texts.js";

/**
 * @typedef {import("./interaction.js").Address} Address
 * @typedef {import("./interaction.js").RecordReference} RecordReference
 * @typedef {import("./settings.js").SearchTable} SearchTable
 * @typedef {{ table: string, query: string, pageSize: number }} Query
 * @typedef {{ table: string, id: string, name: string }} Match
 * @typedef {{ [column: string]: unknown }} Row
 * @typedef {{ table: string, rows: Row[] }} Answer
 * @typedef {{ address: Address, tables: readonly SearchTable[], countries: readonly string[] }} Search
 */

/** More than these nobody chooses from. */
export const pageSize = 10;

/** Dataverse refuses a query of more than 500 conditions; half of that also keeps the address short. */
const mostConditions = 240;

/** Characters of a filter up to which extensions are asked for; proxies dislike long addresses. */
const longFilter = 7000;

/**
 * Return one query per table that has columns for this kind of address.
 *
 * @param {Search} search
 * @returns {Query[]}
 */
export function buildQueries({ address, tables, countries }) {
  const values = valuesOf({ address, countries });
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
 * Return the answers without the rows whose number only starts like the one that was asked for.
 *
 * A row none of whose texts starts so is kept: where security hides the column, Dataverse vouches.
 *
 * @param {readonly Answer[]} answers
 * @param {Search} search
 * @returns {Answer[]}
 */
export function dropLongerNumbers(answers, { address, tables, countries }) {
  const values = valuesOf({ address, countries });
  return answers.map(({ table, rows }) => {
    const entry = tables.find((candidate) => candidate.table === table);
    if (!entry || address.kind === "email") return { table, rows };
    return { table, rows: rows.filter((row) => fits(row, entry.columns, values)) };
  });
}

/**
 * Return the queries that read the names of records again, one per table.
 *
 * @param {{ records: readonly RecordReference[], tables: readonly SearchTable[] }} options
 * @returns {Query[]}
 */
export function buildNameQueries({ records, tables }) {
  return tables
    .map(({ table, nameColumn }) => ({ table, nameColumn, ids: records.filter((record) => record.table === table) }))
    .filter(({ ids }) => ids.length > 0)
    .map(({ table, nameColumn, ids }) => ({
      table,
      query: "?$select=" + nameColumn + "&$filter=" + ids.map(({ id }) => table + "id eq " + id).join(" or "),
      pageSize: ids.length + 1,
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
      if (!found.has(key)) found.set(key, { table, id, name: typeof name === "string" && name ? name : text("no-name") });
    });
  });
  return Array.from(found.values());
}

/** @param {SearchTable} entry */
function selected({ nameColumn, columns, emailColumns }) {
  return Array.from(new Set([nameColumn].concat(columns, emailColumns)));
}

/**
 * @param {Pick<Search, "address" | "countries">} search
 * @returns {string[]}
 */
function valuesOf({ address, countries }) {
  return address.kind === "email" ? [address.text] : variants(address.text, countries);
}

/**
 * @param {Row} row
 * @param {readonly string[]} columns
 * @param {readonly string[]} values
 */
function fits(row, columns, values) {
  const texts = columns.map((column) => row[column]).filter(isText);
  const alike = texts.filter((text) => values.some((value) => text.trim().indexOf(value) === 0));
  return alike.length === 0 || alike.some((text) => isWrittenAs(text, values));
}

/**
 * Every notation is asked for whole; those that a person might write before an extension also as a
 * beginning, as far as the address stays short.
 *
 * @param {readonly string[]} columns
 * @param {readonly string[]} values
 */
function anyOf(columns, values) {
  const most = Math.max(1, Math.floor(mostConditions / columns.length));
  const kept = values.slice(0, most);
  /** @type {string[]} */
  let conditions = [];
  kept.forEach((value) => {
    conditions = conditions.concat(columns.map((column) => column + " eq " + odataString(value)));
  });
  for (const beginning of beginnings(kept).slice(0, most - kept.length)) {
    const starts = columns.map((column) => startsWith(column, beginning));
    if (lengthOf(conditions.concat(starts)) > longFilter) break;
    conditions = conditions.concat(starts);
  }
  return conditions.join(" or ");
}

/**
 * Return the beginnings of stored numbers with an extension, the likeliest first.
 *
 * @param {readonly string[]} values
 */
function beginnings(values) {
  const whole = values.filter((value) => /^(?:\+|\(|[1-9]|0[1-9])/.test(value) && value.replace(/\D/g, "").length >= 7);
  const compact = whole.filter((value) => /^\+\d+$/.test(value)).map((value) => value + ";ext=");
  const spaced = whole.map((value) => value + " ");
  return compact.concat(spaced, whole.map((value) => value + "x"));
}

/**
 * Return how long the filter is in an address, where each space takes three characters.
 *
 * @param {readonly string[]} conditions
 */
function lengthOf(conditions) {
  return conditions.join(" or ").replace(/ /g, "%20").length;
}

/**
 * @param {unknown} value
 * @returns {value is string}
 */
function isText(value) {
  return typeof value === "string";
}
