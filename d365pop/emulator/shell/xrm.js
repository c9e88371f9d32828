// @ts-check
/** The parts of Xrm that this shell offers, each one typed as @types/xrm has it. */

import { bareId, tableName } from "./address.js";
import { dialogs } from "./dialogs.js";
import { platformPromise } from "./promise.js";
import { describeTable } from "./tables.js";

/** @typedef {import("./address.js").Page} Page */
/** @typedef {import("./address.js").RecordPage} RecordPage */
/** @typedef {{ userId: string, userName: string, languageId: number, organizationId: string, uniqueName: string }} Session */
/**
 * @typedef {object} XrmParts
 * @property {import("./web-api.js").WebApi} WebApi
 * @property {Pick<Xrm.Navigation, "navigateTo" | "openAlertDialog" | "openConfirmDialog" | "openForm">} Navigation
 * @property {Pick<Xrm.App, "addGlobalNotification" | "clearGlobalNotification" | "sidePanes">} App
 * @property {{ getGlobalContext(): GlobalContext } & Pick<Xrm.Utility, "getEntityMetadata" | "getPageContext">} Utility
 */
/**
 * @typedef {Pick<Xrm.GlobalContext, "getClientUrl" | "getCurrentAppUrl" | "getVersion"> & {
 *   userSettings: Pick<Xrm.UserSettings, "userId" | "userName" | "languageId">,
 *   organizationSettings: Pick<Xrm.OrganizationSettings, "organizationId" | "uniqueName" | "languageId">,
 * }} GlobalContext
 */
/**
 * @typedef {object} Shell
 * @property {string} origin
 * @property {string} version
 * @property {Session} session
 * @property {() => Page} page the one on screen
 * @property {(page: Page) => Promise<void>} go rejects when the page cannot be shown
 * @property {(page: Page) => void} openWindow
 */

// One app, the same on every machine: its id only has to look like one.
const APP_ID = "d3650000-0000-4000-8000-000000000001";

/**
 * @param {Shell} shell
 * @param {Pick<XrmParts, "App" | "WebApi">} parts
 * @returns {XrmParts}
 */
export function createXrm(shell, { App, WebApi }) {
  const globalContext = createGlobalContext(shell);
  return {
    App,
    WebApi,
    Navigation: {
      ...dialogs,
      navigateTo: (pageInput) => platformPromise(shell.go(toPage(pageInput))),
      openForm: (options, formParameters) => platformPromise(openForm(shell, options, formParameters)),
    },
    Utility: {
      getEntityMetadata: (entityName) => platformPromise(Promise.resolve(entityMetadata(tableName(entityName)))),
      getGlobalContext: () => globalContext,
      getPageContext: () => ({ input: toPageInput(shell.page()) }),
    },
  };
}

/**
 * @param {Shell} shell
 * @param {Xrm.Navigation.EntityFormOptions} options
 * @param {Record<string, unknown>} [formParameters]
 * @returns {Promise<Xrm.Navigation.OpenFormResult>}
 */
async function openForm(shell, options, formParameters) {
  const { entityId, entityName, formId, openInNewWindow } = options;
  /** @type {RecordPage} */
  const page = { pageType: "entityrecord", entityName: tableName(entityName) };
  if (entityId) page.entityId = bareId(entityId);
  if (formId) page.formId = bareId(formId);
  if (formParameters) page.formParameters = asTexts(formParameters);
  if (openInNewWindow) {
    shell.openWindow(page);
  } else {
    await shell.go(page);
  }
  // ASSUMED: the row that was opened; a form for a new row has none to name yet.
  const opened = page.entityId ? [{ id: page.entityId, entityType: page.entityName }] : [];
  return { savedEntityReference: opened };
}

/**
 * @param {string} logicalName
 * @returns {Xrm.Metadata.EntityMetadata} without the columns, which this shell does not know
 */
function entityMetadata(logicalName) {
  const { entitySetName, label, plural, primaryId, primaryName } = describeTable(logicalName);
  // The typings say objects for the two names; the platform answers their texts.
  return /** @type {any} */ ({
    DisplayCollectionName: plural,
    DisplayName: label,
    EntitySetName: entitySetName,
    LogicalName: logicalName,
    PrimaryIdAttribute: primaryId,
    PrimaryNameAttribute: primaryName,
  });
}

/**
 * @param {Record<string, unknown>} values
 * @returns {Record<string, string>}
 */
function asTexts(values) {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]));
}

/**
 * @param {Parameters<Xrm.Navigation["navigateTo"]>[0]} input
 * @returns {Page}
 */
function toPage(input) {
  switch (input.pageType) {
    case "entitylist":
      return { pageType: "entitylist", entityName: tableName(input.entityName) };
    case "webresource": {
      const { data, webresourceName } = input;
      return { pageType: "webresource", webresourceName, ...(data === undefined ? {} : { data }) };
    }
    case "entityrecord": {
      const { data, entityId, entityName, formId } = input;
      return {
        pageType: "entityrecord",
        entityName: tableName(entityName),
        ...(entityId ? { entityId: bareId(entityId) } : {}),
        ...(formId ? { formId: bareId(formId) } : {}),
        ...(data ? { formParameters: asTexts(data) } : {}),
      };
    }
    default:
      throw new Error(`This shell has no page of the type "${input.pageType}"`);
  }
}

/**
 * @param {Page} page
 * @returns {Xrm.PageContext["input"]}
 */
function toPageInput(page) {
  if (page.pageType === "webresource") {
    // The typings know two kinds of page; the platform has more.
    return /** @type {any} */ ({ ...page });
  }
  const { entityName } = page;
  if (page.pageType === "entitylist") {
    return { pageType: "entitylist", entityName };
  }
  const { entityId, formId } = page;
  return { pageType: "entityrecord", entityName, entityId, formId };
}

/**
 * @param {Shell} shell
 * @returns {GlobalContext}
 */
function createGlobalContext({ origin, session, version }) {
  const { languageId, organizationId, uniqueName, userId, userName } = session;
  return {
    getClientUrl: () => origin,
    getCurrentAppUrl: () => `${origin}/main.aspx?appid=${APP_ID}`,
    getVersion: () => version,
    userSettings: { languageId, userId: `{${userId.toUpperCase()}}`, userName },
    organizationSettings: { languageId, organizationId, uniqueName },
  };
}
