// @ts-check
/**
 * What the softphone page asks of Dynamics, in the panel of the Channel Integration Framework.
 *
 * The same interface as that of the side pane in xrm.js: the core does not know in which it is.
 */

import { odataString } from "../core/odata.js";

/**
 * @typedef {{
 *   getEnvironment(): Promise<unknown>,
 *   openForm(options: string): Promise<unknown>,
 *   searchAndOpenRecords(table: string, query: string, searchOnly: boolean): Promise<unknown>,
 *   setClickToAct(on: boolean): Promise<unknown>,
 *   setMode(mode: number): Promise<unknown>,
 *   addHandler(event: string, handler: (payload: unknown) => Promise<unknown>): void,
 * }} Framework Microsoft.CIFramework, as far as we call it
 */

const docked = 1;
const english = 1033;

/**
 * @param {{
 *   framework: Framework,
 *   environment: { [name: string]: unknown },
 *   rows: ReturnType<typeof import("./web-api.js").createWebApi>,
 *   clicks: Pick<ReturnType<typeof import("./cif-clicks.js").linkClicks>, "follow">,
 *   scope: Pick<Window, "open">,
 * }} parts
 * @returns {import("./xrm.js").Dynamics}
 */
export function createCif({ framework, environment, rows, clicks, scope }) {
  /** @type {{ table: string, id: string } | null} */
  let front = null;
  const frontRecord = () => front;
  // A panel that cannot be docked has the card all the same.
  const reveal = () => void framework.setMode(docked).catch(() => undefined);
  framework.addHandler("onpagenavigate", async (payload) => {
    front = recordAt(payload);
  });
  clicks.follow(frontRecord);
  return {
    ...rows,
    languageCode: () => Number(environment.userLcid) || english,
    userId: () => bareId(String(environment.userId || "")),
    async openRecord({ table, id }) {
      await framework.openForm(JSON.stringify({ entityName: table, entityId: id }));
      front = { table, id };
    },
    async openNew(table) {
      await framework.openForm(JSON.stringify({ entityName: table }));
    },
    async openList(table) {
      // Searching for nothing in particular: the page of the table's rows.
      const { PrimaryIdAttribute } = await rows.send("EntityDefinitions(LogicalName=" + odataString(table) + ")?$select=PrimaryIdAttribute");
      await framework.searchAndOpenRecords(table, "?$select=" + PrimaryIdAttribute + "&$search=", false);
    },
    async notify() {
      // This panel has no notifications of its own: the card in it offers the record.
      reveal();
    },
    frontRecord,
    signIn() {
      scope.open(String(environment.clientUrl || "/"));
    },
    reveal,
  };
}

/** @param {unknown} payload of onpagenavigate: JSON with the address in it */
function recordAt(payload) {
  const { value = "" } = typeof payload === "string" ? JSON.parse(payload) : payload || {};
  const query = new URLSearchParams(String(value).split("?")[1] || "");
  const table = query.get("etn");
  if (query.get("pagetype") !== "entityrecord" || !table) return null;
  return { table, id: bareId(query.get("id") || "") };
}

/** @param {string} id */
const bareId = (id) => id.replace(/[{}]/g, "").toLowerCase();
