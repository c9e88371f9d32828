// @ts-check
/** Xrm.WebApi over HTTP to the same origin; knows no page. */

import { bareId } from "./address.js";
import { platformPromise } from "./promise.js";
import { entitySetName } from "./tables.js";

/** @typedef {Xrm.ErrorResponse & { code: string }} WebApiError */
/**
 * @typedef {Pick<Xrm.WebApi, "createRecord" | "deleteRecord" | "retrieveMultipleRecords" |
 *   "retrieveRecord" | "updateRecord">} WebApi
 */

// The platform answers unknown failures with this code (E_UNEXPECTED).
const UNEXPECTED = "0x80040216";
const ANNOTATIONS = 'odata.include-annotations="*"';

/**
 * Turn an error answer into what Xrm.WebApi rejects with: the platform's hexadecimal code becomes
 * the unsigned number that scripts compare.
 *
 * @param {number} status
 * @param {string} body
 * @returns {WebApiError}
 */
export function toWebApiError(status, body) {
  let error;
  try {
    error = JSON.parse(body).error;
  } catch {
    error = undefined; // a proxy's page, or nothing at all: the status is all there is
  }
  const code = error?.code || UNEXPECTED;
  const message = error?.message || `The server answered ${status}`;
  return { errorCode: Number.parseInt(code, 16), code, message };
}

/**
 * @param {{ baseUrl: string, fetch: typeof fetch }} options `baseUrl` ends with a slash
 */
export function createTransport({ baseUrl, fetch }) {
  /**
   * @param {string} method
   * @param {string} path
   * @param {{ body?: unknown, headers?: Record<string, string> }} [options]
   * @returns {Promise<Response>}
   */
  return async function send(method, path, { body, headers = {} } = {}) {
    const response = await fetch(`${baseUrl}${path}`, {
      method,
      headers: {
        Accept: "application/json",
        "OData-MaxVersion": "4.0",
        "OData-Version": "4.0",
        ...(body === undefined ? {} : { "Content-Type": "application/json; charset=utf-8" }),
        ...headers,
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    if (!response.ok) {
      throw toWebApiError(response.status, await response.text());
    }
    return response;
  };
}

/** @typedef {ReturnType<typeof createTransport>} Send */

/**
 * @param {Send} send
 * @returns {WebApi}
 */
export function createWebApi(send) {
  /** @type {(entityLogicalName: string, id: string) => string} */
  const rowPath = (name, id) => `${entitySetName(name)}(${bareId(id)})`;

  return {
    createRecord: (name, record) =>
      platformPromise(createRecord(send, name, record)),

    deleteRecord: (name, id) => {
      const deleted = async () => {
        await send("DELETE", rowPath(name, id));
        // The typings say string; the platform answers an object.
        return /** @type {any} */ ({ entityType: name, id: bareId(id) });
      };
      return platformPromise(deleted());
    },

    retrieveMultipleRecords: (name, options = "", maxPageSize) =>
      platformPromise(retrieveMultiple(send, `${entitySetName(name)}${options}`, maxPageSize)),

    retrieveRecord: (name, id, options = "") => {
      const retrieved = async () => {
        const headers = { Prefer: ANNOTATIONS };
        return (await send("GET", `${rowPath(name, id)}${options}`, { headers })).json();
      };
      return platformPromise(retrieved());
    },

    updateRecord: (name, id, data) => {
      const updated = async () => {
        // ASSUMED: an update of a row that is gone fails instead of making it anew.
        await send("PATCH", rowPath(name, id), { body: data, headers: { "If-Match": "*" } });
        return { entityType: name, id: bareId(id) };
      };
      return platformPromise(updated());
    },
  };
}

/**
 * @param {Send} send
 * @param {string} name
 * @param {unknown} record
 * @returns {Promise<Xrm.CreateResponse>}
 */
async function createRecord(send, name, record) {
  const response = await send("POST", entitySetName(name), { body: record });
  const match = /\(([0-9a-f-]{36})\)$/i.exec(response.headers.get("OData-EntityId") ?? "");
  if (!match) {
    throw { errorCode: 0, code: UNEXPECTED, message: "The answer names no new row" };
  }
  return { entityType: name, id: match[1].toLowerCase() };
}

/**
 * @param {Send} send
 * @param {string} path
 * @param {number} [maxPageSize]
 */
async function retrieveMultiple(send, path, maxPageSize) {
  if (maxPageSize !== undefined && !(Number.isInteger(maxPageSize) && maxPageSize > 0)) {
    throw { errorCode: 0, code: UNEXPECTED, message: "maxPageSize must be a positive number" };
  }
  const Prefer = maxPageSize ? `${ANNOTATIONS},odata.maxpagesize=${maxPageSize}` : ANNOTATIONS;
  const answer = await (await send("GET", path, { headers: { Prefer } })).json();
  return { entities: answer.value, nextLink: answer["@odata.nextLink"] };
}
