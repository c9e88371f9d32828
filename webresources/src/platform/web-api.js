// @ts-check
/**
 * Rows and names by Dataverse's Web API of the page's own origin, asked directly: `Xrm.WebApi` hands
 * on neither the HTTP status nor `Retry-After`, and the panel of a framework has no `Xrm` at all.
 */

import { odataString } from "../core/odata.js";
import { text } from "../core/texts.js";

/**
 * @typedef {{ [column: string]: unknown }} Row
 * @typedef {{ status: number, code: unknown, message: unknown, retryAfter: number }} Refusal
 *     code: the platform's own, as "0x80040237"; retryAfter in milliseconds
 */

/** @param {typeof fetch} get */
export function createWebApi(get) {
  /** @type {{ [table: string]: Promise<any> }} */
  const known = {};

  /**
   * Send a request, and return the answer's content, null where it has none.
   *
   * @param {string} path
   * @param {{ method?: string, headers?: { [name: string]: string }, row?: Row }} [options]
   * @returns {Promise<any>} rejects with a Refusal
   */
  async function send(path, { method = "GET", headers, row } = {}) {
    const response = await get("/api/data/v9.2/" + path, {
      method,
      // Signed out, Dynamics sends whoever asks to a page of another origin.
      redirect: "manual",
      headers: { Accept: "application/json", "Content-Type": "application/json", "OData-Version": "4.0", ...headers },
      body: row ? JSON.stringify(row) : null,
    }).catch(() => {
      // Each browser calls that otherwise, in words of its own that are for developers.
      throw new TypeError(text("no-answer"));
    });
    const content = await response.json().catch(() => null);
    if (response.ok && (content || row)) return content;
    // No JSON where rows were due comes from something between the two, or was cut off.
    const status = response.ok ? 502 : response.status || 401;
    const { code, message } = (content && content.error) || {};
    throw {
      status,
      code,
      message: message || text("answered", { status }),
      retryAfter: Number(response.headers.get("Retry-After")) * 1000,
    };
  }

  /** What failed is asked anew. @param {string} table */
  function definition(table) {
    known[table] = known[table] || send("EntityDefinitions(LogicalName=" + odataString(table) + ")?$select=EntitySetName,DisplayName,DisplayCollectionName");
    known[table].catch(() => delete known[table]);
    return known[table];
  }

  /** @param {string} table */
  const entitySet = async (table) => String((await definition(table)).EntitySetName);
  return {
    send,
    entitySet,
    /**
     * Return the current value of an environment variable, else its default, else "".
     *
     * @param {string} schemaName
     */
    async readVariable(schemaName) {
      const values = "environmentvariabledefinition_environmentvariablevalue";
      const query =
        "?$select=defaultvalue&$filter=schemaname eq " + odataString(schemaName) +
        "&$expand=" + values + "($select=value)";
      const [found = {}] = (await send("environmentvariabledefinitions" + query)).value;
      const [current = {}] = found[values] || [];
      return String(current.value || found.defaultvalue || "");
    },
    /** @param {import("../core/contact-match.js").Query} query @returns {Promise<Row[]>} */
    async retrieve({ table, query, pageSize }) {
      const headers = { Prefer: 'odata.include-annotations="*",odata.maxpagesize=' + pageSize };
      return (await send((await entitySet(table)) + query, { headers })).value;
    },
    /**
     * Return what users call one row of the table and its rows together. It never rejects: names
     * that cannot be read cost the label, not the pop.
     *
     * @param {string} table
     */
    async tableLabels(table) {
      const plain = table.charAt(0).toUpperCase() + table.slice(1).replace(/_/g, " ");
      const labels = await definition(table).then(({ DisplayName, DisplayCollectionName }) => [DisplayName, DisplayCollectionName], () => []);
      const [one = plain, many = plain] = labels.map(({ UserLocalizedLabel }) => (UserLocalizedLabel || {}).Label);
      return { one, many };
    },
    /** Whether Dynamics no longer knows who asks. @returns {Promise<boolean>} */
    isSignedOut: () => send("WhoAmI").then(() => false, ({ status }) => status === 401),
  };
}

