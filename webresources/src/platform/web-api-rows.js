// @ts-check
/** Rows and names by the Web API of the page's own organisation: a host without Xrm has no other way. */

import { isRecord } from "../core/messages.js";
import { odataString } from "../core/odata.js";

const api = "/api/data/v9.2/";

/** @param {{ get: typeof fetch }} options */
export function createRows({ get }) {
  /** @type {{ [table: string]: Promise<{ [name: string]: unknown }> }} */
  const known = {};

  /** @param {string} path @param {RequestInit} [more] */
  async function call(path, more = {}) {
    const response = await get(api + path, {
      ...more,
      headers: {
        Accept: "application/json",
        "Content-Type": "application/json",
        "OData-Version": "4.0",
        "OData-MaxVersion": "4.0",
        ...more.headers,
      },
    });
    const text = await response.text();
    /** @type {{ [name: string]: any }} */
    const answer = text && (response.headers.get("Content-Type") || "").indexOf("json") >= 0 ? JSON.parse(text) : {};
    if (!response.ok) throw new Error((answer.error && answer.error.message) || "The Web API answered " + response.status);
    return { answer, response };
  }

  /** @param {string} table */
  function definition(table) {
    const asked = known[table] || call("EntityDefinitions(LogicalName=" + odataString(table) + ")?$select=EntitySetName,PrimaryIdAttribute,DisplayName,DisplayCollectionName").then(({ answer }) => answer);
    known[table] = asked;
    // What failed is asked anew.
    asked.catch(() => delete known[table]);
    return asked;
  }

  const entitySet = async (/** @type {string} */ table) => String((await definition(table)).EntitySetName);
  const pathOf = async (/** @type {string} */ table, /** @type {string} */ id) => (await entitySet(table)) + "(" + id + ")";
  return {
    /** @param {string} schemaName */
    async readVariable(schemaName) {
      const values = "environmentvariabledefinition_environmentvariablevalue";
      const { answer } = await call(
        "environmentvariabledefinitions?$select=schemaname,defaultvalue&$filter=schemaname eq " + odataString(schemaName) +
          "&$expand=" + values + "($select=value)",
      );
      const [found = {}] = answer.value;
      const [current = {}] = found[values] || [];
      return String(current.value || found.defaultvalue || "");
    },
    /** @param {import("../core/contact-match.js").Query} query */
    async retrieve({ table, query, pageSize }) {
      const headers = { Prefer: 'odata.include-annotations="*",odata.maxpagesize=' + pageSize };
      const { answer } = await call((await entitySet(table)) + query, { headers });
      return /** @type {{ [column: string]: unknown }[]} */ (answer.value);
    },
    /** @param {string} table */
    async tableLabels(table) {
      const plain = table.charAt(0).toUpperCase() + table.slice(1).replace(/_/g, " ");
      // Names that cannot be read cost the label, not the pop.
      const found = await definition(table).catch(() => /** @type {{ [name: string]: unknown }} */ ({}));
      return { one: labelOf(found.DisplayName) || plain, many: labelOf(found.DisplayCollectionName) || plain };
    },
    /** @param {string} table @param {string} id @param {string} column */
    async nameOf(table, id, column) {
      const { answer } = await call((await pathOf(table, id)) + "?$select=" + column);
      return String(answer[column] || table);
    },
    /** @param {string} table @param {object} row */
    async createRow(table, row) {
      const { response } = await call(await entitySet(table), { method: "POST", body: JSON.stringify(row) });
      const [, id = ""] = /\(([0-9a-f-]{36})\)$/i.exec(response.headers.get("OData-EntityId") || "") || [];
      return { id, entityType: table };
    },
    /** @param {string} table @param {string} id @param {object} row */
    async updateRow(table, id, row) {
      await call(await pathOf(table, id), { method: "PATCH", body: JSON.stringify(row), headers: { "If-Match": "*" } });
      return { id, entityType: table };
    },
    entitySet,
    /** @param {string} table */
    primaryId: async (table) => String((await definition(table)).PrimaryIdAttribute),
  };
}

/** @param {unknown} label */
function labelOf(label) {
  const text = isRecord(label) && isRecord(label.UserLocalizedLabel) ? label.UserLocalizedLabel.Label : "";
  return typeof text === "string" ? text : "";
}
