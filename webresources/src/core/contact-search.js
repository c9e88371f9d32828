// @ts-check
/** The agent's search in the Genesys client, answered from the tables that callers are looked for in. */

import { buildQueries, pageSize } from "./contact-match.js";
import { lookUp } from "./dataverse-lookup.js";
import { startsWith } from "./odata.js";

/**
 * @typedef {import("./contact-match.js").Query} Query
 * @typedef {import("./contact-match.js").Row} Row
 * @typedef {import("./settings.js").ScreenPopSettings} ScreenPopSettings
 * @typedef {{ type: "external", name: string, phone: { number: string, label: string }[] }} Contact
 */

/**
 * Return who has this name, number or address, and a number to call. A table that refuses costs
 * its own rows only; that all refuse is an error.
 *
 * @param {string} text
 * @param {{
 *   settings: Pick<ScreenPopSettings, "tables" | "countries">,
 *   retrieve: (query: Query) => Promise<Row[]>,
 *   tableLabels: (table: string) => Promise<{ one: string }>,
 *   log: (line: string) => void,
 * }} options
 * @returns {Promise<Contact[]>}
 */
export async function searchContacts(text, { settings: { tables, countries }, retrieve, tableLabels, log }) {
  const { answers } = await lookUp(queriesFor(text.trim().slice(0, 100), { tables, countries }), { retrieve, log });
  const found = await Promise.all(
    answers.map(async ({ table, rows }) => {
      const { one } = await tableLabels(table);
      const entry = tables.find((candidate) => candidate.table === table);
      return entry ? rows.map((row) => contactOf(row, entry, one)) : [];
    }),
  );
  return /** @type {Contact[]} */ ([]).concat(...found).filter(({ phone }) => phone.length > 0);
}

/**
 * A wildcard would read the whole table, and a name of one letter nearly that.
 *
 * @param {string} text
 * @param {Pick<ScreenPopSettings, "tables" | "countries">} where
 * @returns {Query[]}
 */
function queriesFor(text, { tables, countries }) {
  const kind = /@/.test(text) ? "email" : "phone";
  if (/@|^\P{L}*\d\P{L}*$/u.test(text)) return buildQueries({ address: { kind, text }, tables, countries });
  const name = text.replace(/[%_^*[\]]/g, "").replace(/^[-\s]+/, "");
  if (name.length < 2) return [];
  return tables.map(({ table, columns, nameColumn }) => ({
    table,
    query: "?$select=" + [nameColumn].concat(columns).join(",") + "&$filter=" + startsWith(nameColumn, name),
    pageSize,
  }));
}

/**
 * @param {Row} row
 * @param {import("./settings.js").SearchTable} table
 * @param {string} label
 * @returns {Contact}
 */
function contactOf(row, { columns, nameColumn }, label) {
  const numbers = columns.map((column) => row[column]).filter((value, at, all) => value && all.indexOf(value) === at);
  return { type: "external", name: String(row[nameColumn] || ""), phone: numbers.map((number) => ({ number: String(number), label })) };
}
