// @ts-check
/** The agent's search in the Genesys client, answered from the tables that callers are looked for in. */

import { pageSize } from "./contact-match.js";
import { startsWith } from "./odata.js";

/**
 * @typedef {import("./contact-match.js").Query} Query
 * @typedef {import("./contact-match.js").Answer} Answer
 * @typedef {import("./contact-match.js").Row} Row
 * @typedef {{
 *   tables: readonly import("./settings.js").SearchTable[],
 *   queriesOf: (address: import("./interaction.js").Address) => Query[],
 *   ask: (queries: Query[]) => Promise<{ answers: Answer[] }>,
 * }} Ports
 *     queriesOf: what finds a caller of this address
 * @typedef {{ type: "external", name: string, phone: { number: string, label: string }[] }} Contact
 */

/**
 * Return who has this name, number or address, and a number to call.
 *
 * How a caller is looked for comes in: the page has it, with the numbers of all countries.
 *
 * @param {string} text
 * @param {Ports & { tableLabels: (table: string) => Promise<{ one: string }> }} ports
 * @returns {Promise<Contact[]>}
 */
export async function searchContacts(text, { tables, queriesOf, ask, tableLabels }) {
  const { answers } = await ask(queriesFor(text.trim().slice(0, 100), { tables, queriesOf }));
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
 * @param {Pick<Ports, "tables" | "queriesOf">} where
 * @returns {Query[]}
 */
function queriesFor(text, { tables, queriesOf }) {
  const kind = /@/.test(text) ? "email" : "phone";
  if (/@|^\P{L}*\d\P{L}*$/u.test(text)) return queriesOf({ kind, text });
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
