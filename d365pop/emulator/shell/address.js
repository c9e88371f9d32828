// @ts-check
/** Turns the address of a page into what it shows, and back; knows no window. */

/** @typedef {{ pageType: "entitylist", entityName: string }} ListPage */
/**
 * @typedef {object} RecordPage
 * @property {"entityrecord"} pageType
 * @property {string} entityName
 * @property {string} [entityId] without braces, lower case; absent on a form for a new row
 * @property {string} [formId]
 * @property {Record<string, string>} [formParameters]
 */
/**
 * @typedef {object} WebResourcePage
 * @property {"webresource"} pageType
 * @property {string} webresourceName
 * @property {string} [data]
 */
/** @typedef {ListPage | RecordPage | WebResourcePage} Page */

/** @type {ListPage} */
export const HOME = Object.freeze({ pageType: "entitylist", entityName: "contact" });

const LOGICAL_NAME = /^[a-z][a-z0-9_]*$/;
const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * @param {string} id with or without braces, in any case
 * @returns {string}
 */
export function bareId(id) {
  const bare = id.replace(/[{}]/g, "").toLowerCase();
  if (!GUID.test(bare)) {
    throw new Error(`"${id}" is not a GUID`);
  }
  return bare;
}

/**
 * @param {string | null | undefined} name
 * @returns {string}
 */
export function tableName(name) {
  if (!name || !LOGICAL_NAME.test(name)) {
    throw new Error(`"${name ?? ""}" is not the logical name of a table`);
  }
  return name;
}

/**
 * @param {string} search the query part of an address
 * @returns {Page}
 */
export function parseAddress(search) {
  const query = new URLSearchParams(search);
  const pageType = query.get("pagetype");
  switch (pageType) {
    case null:
      return HOME;
    case "entitylist":
      return { pageType, entityName: tableName(query.get("etn")) };
    case "entityrecord":
      return recordPage(query);
    case "webresource":
      return webResourcePage(query);
    default:
      throw new Error(`This shell has no page of the type "${pageType}"`);
  }
}

/**
 * @param {URLSearchParams} query
 * @returns {RecordPage}
 */
function recordPage(query) {
  /** @type {RecordPage} */
  const page = { pageType: "entityrecord", entityName: tableName(query.get("etn")) };
  const [id, formId, extra] = ["id", "formid", "extraqs"].map((name) => query.get(name));
  if (id) page.entityId = bareId(id);
  if (formId) page.formId = bareId(formId);
  if (extra) page.formParameters = Object.fromEntries(new URLSearchParams(extra));
  return page;
}

/**
 * @param {URLSearchParams} query
 * @returns {WebResourcePage}
 */
function webResourcePage(query) {
  const webresourceName = query.get("webresourceName");
  if (!webresourceName) {
    throw new Error("The address names no web resource");
  }
  const data = query.get("data");
  return { pageType: "webresource", webresourceName, ...(data === null ? {} : { data }) };
}

/**
 * Form parameters stand in the address as `extraqs`, as Dynamics puts them there: what is handed
 * to `openForm` ends up in the history of the browser.
 *
 * @param {Page} page
 * @returns {string}
 */
export function formatAddress(page) {
  const query = new URLSearchParams({ pagetype: page.pageType });
  if (page.pageType === "webresource") {
    query.set("webresourceName", page.webresourceName);
    if (page.data !== undefined) query.set("data", page.data);
    return `/main.aspx?${query}`;
  }
  query.set("etn", page.entityName);
  if (page.pageType === "entityrecord") {
    if (page.entityId) query.set("id", page.entityId);
    if (page.formId) query.set("formid", page.formId);
    if (page.formParameters && Object.keys(page.formParameters).length > 0) {
      query.set("extraqs", new URLSearchParams(page.formParameters).toString());
    }
  }
  return `/main.aspx?${query}`;
}

/**
 * @param {string} name
 * @param {string} [data]
 * @returns {string}
 */
export function webResourceAddress(name, data) {
  const path = name.split("/").map(encodeURIComponent).join("/");
  const query = data === undefined ? "" : `?data=${encodeURIComponent(data)}`;
  return `/WebResources/${path}${query}`;
}
