// @ts-check
/**
 * The format that Application Insights takes ("Ingestion API", POST /v2/track), and what its answers
 * ask for.
 */

/**
 * @typedef {import("./telemetry.js").Event} Event
 * @typedef {{ time: string, iKey: string, name: string, tags: { [name: string]: string }, data: object }} Item
 */

/** Bytes that a beacon carries at most; the rest of 64 KB is the browser's own. */
export const mostBytes = 65000;
/** Answers after which the same items may be taken later; others mean never. */
const temporary = [401, 408, 429, 500, 502, 503, 504];

/**
 * Return the item for an event.
 *
 * @param {Event} event
 * @param {{ key: string, session: string, version: string, time: number }} options time in milliseconds
 * @returns {Item}
 */
export function itemOf({ name, operation, properties, measurements }, { key, session, version, time }) {
  return {
    time: new Date(time).toISOString(),
    iKey: key,
    name: "Microsoft.ApplicationInsights." + key.replace(/-/g, "") + ".Event",
    tags: {
      "ai.cloud.role": "d365pop",
      "ai.session.id": session,
      "ai.operation.id": operation,
      "ai.internal.sdkVersion": "d365pop:" + version,
    },
    data: { baseType: "EventData", baseData: { ver: 2, name, properties, measurements } },
  };
}

/**
 * Return the items in bodies that a beacon carries. Everything in them is ASCII, so characters are bytes.
 *
 * @param {Item[]} items
 * @returns {string[]}
 */
export function bodiesOf(items) {
  /** @type {string[]} */
  const bodies = [];
  let body = "";
  items.forEach((item) => {
    const text = JSON.stringify(item);
    if (body && body.length + text.length + 3 > mostBytes) {
      bodies.push("[" + body + "]");
      body = "";
    }
    body += (body ? "," : "") + text;
  });
  return body ? bodies.concat(["[" + body + "]"]) : bodies;
}

/**
 * Return the items that an answer asks to be sent again.
 *
 * @param {Item[]} items that were sent
 * @param {{ status: number, errors?: { index: number, statusCode: number }[] }} answer errors of a 206
 */
export function itemsAgain(items, { status, errors = [] }) {
  if (status === 206) {
    const refused = errors.filter(({ statusCode }) => temporary.indexOf(statusCode) >= 0).map(({ index }) => index);
    return items.filter((_item, index) => refused.indexOf(index) >= 0);
  }
  return temporary.indexOf(status) >= 0 ? items : [];
}
