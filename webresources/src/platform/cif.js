// @ts-check
/**
 * What the softphone page asks of Dynamics, in the panel of the Channel Integration Framework.
 *
 * The same interface as that of the side pane in xrm.js: the core does not know in which it is.
 */

import { odataString } from "../core/odata.js";
import { recordOf } from "./cif-answer.js";
import { singleSession } from "./cif-workspace.js";

/**
 * @typedef {{
 *   getEnvironment(): Promise<unknown>,
 *   openForm(options: string): Promise<unknown>,
 *   searchAndOpenRecords(table: string, query: string, searchOnly: boolean): Promise<unknown>,
 *   setClickToAct(on: boolean): Promise<unknown>,
 *   setMode(mode: number): Promise<unknown>,
 *   addHandler(event: string, handler: (payload: unknown) => Promise<unknown>): void,
 *   notifyEvent(input: { templateName: string, templateParameters: { [name: string]: string }, cancellationToken: string }): Promise<unknown>,
 *   cancelEvent(cancellationToken: string): Promise<unknown>,
 *   canCreateSession(): Promise<boolean>,
 *   createSession(input: { templateName: string, templateParameters: { [name: string]: string } }): Promise<string>,
 *   getAllSessions(): Promise<string[]>,
 *   getFocusedSession(): Promise<string | null>,
 *   requestFocusSession(session: string): Promise<unknown>,
 *   getPresence(): Promise<unknown>,
 *   setPresence(text: string): Promise<unknown>,
 * }} Framework Microsoft.CIFramework, as far as we call it; from notifyEvent on version 2 alone
 */

/** Mode of the panel: beside the page. */
export const docked = 1;
const english = 1033;

/**
 * @param {{
 *   framework: Framework,
 *   environment: { [name: string]: unknown },
 *   rows: ReturnType<typeof import("./web-api.js").createWebApi>,
 *   clicks: Pick<ReturnType<typeof import("./cif-clicks.js").linkClicks>, "follow">,
 *   scope: Pick<Window, "open">,
 *   workspace?: import("./cif-workspace.js").Workspace,
 * }} parts
 * @returns {import("./xrm.js").Dynamics}
 */
export function createCif({ framework, environment, rows, clicks, scope, workspace = singleSession }) {
  /** @type {{ table: string, id: string } | null} */
  let front = null;
  const frontRecord = () => front;
  // A panel that cannot be docked has the card all the same.
  const reveal = () => void framework.setMode(docked).catch(() => undefined);
  framework.addHandler("onpagenavigate", async (payload) => {
    front = recordAt(payload);
  });
  workspace.whenLeft(() => {
    front = null;
  });
  clicks.follow(frontRecord);
  return {
    ...rows,
    languageCode: () => Number(environment.userLcid) || english,
    userId: () => bareId(String(environment.userId || "")),
    /** @param {{ table: string, id: string, name?: string }} record */
    async openRecord({ table, id, name = "" }) {
      if (await workspace.enter({ table, id, name })) return;
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
    async notify(notice) {
      workspace.announce(notice, reveal);
    },
    withdraw: workspace.withdraw,
    frontRecord,
    signIn() {
      scope.open(String(environment.clientUrl || "/"));
    },
    reveal,
  };
}

/** @param {unknown} payload of onpagenavigate: JSON with the address in it */
function recordAt(payload) {
  const { value = "" } = recordOf(payload);
  const query = new URLSearchParams(String(value).split("?")[1] || "");
  const table = query.get("etn");
  if (query.get("pagetype") !== "entityrecord" || !table) return null;
  return { table, id: bareId(query.get("id") || "") };
}

/** @param {string} id */
const bareId = (id) => id.replace(/[{}]/g, "").toLowerCase();
