// @ts-check
/**
 * From what the page tells to events that can be counted: how long each stage of a pop took, what
 * came of it, who dialled, what failed. Words out of short lists and numbers leave it, nothing else:
 * no name, number, address or id of a person, a record or an interaction.
 */

/**
 * @typedef {{ [name: string]: string }} Properties
 * @typedef {{ [name: string]: number }} Measurements
 * @typedef {{ name: string, operation: string, properties: Properties, measurements: Measurements }} Event
 * @typedef {{ operation: string, properties: Properties, begin: number, found: number, matches: number, opened: boolean }} Pop
 * @typedef {{ [name: string]: unknown }} Facts
 */

const words = {
  medium: ["voice", "callback", "voicemail", "chat", "message", "email"],
  direction: ["inbound", "outbound"],
  action: ["auto", "soft"],
  source: ["pane", "command"],
  result: ["placed", "no-number", "no-country", "refused"],
  state: [
    "loading", "waiting", "connected", "differs", "signed-out", "silent", "refused", "blocked", "unreachable",
    "unembeddable", "no-storage",
  ],
};
const levels = [1, 2, 3, 4, 5];
/** More interactions than anybody works on at once; the oldest are forgotten. */
const mostPops = 50;

/**
 * Return what turns one thing that the page tells into events, mostly none.
 *
 * @param {{ newId: () => string }} options newId names an operation, which ties the events of one pop together
 * @returns {(name: string, facts: Facts, time: number) => Event[]} time in milliseconds
 */
export function createTelemetry({ newId }) {
  /** @type {Map<unknown, Pop>} */
  const pops = new Map();
  /** @type {Map<unknown, number>} */
  const answered = new Map();
  /** @type {(name: string, properties: Properties, measurements?: Measurements, operation?: string) => Event[]} */
  const event = (name, properties, measurements = {}, operation = newId()) => [{ name, operation, properties, measurements }];

  /** @type {{ [name: string]: (facts: Facts, time: number) => Event[] }} */
  const readers = {
    pop({ id, medium, direction, action, dialer }, time) {
      const properties = { ...pick({ medium, direction, action }), campaign: String(dialer === true) };
      remember(pops, id, { operation: newId(), properties, begin: time, found: 0, matches: 0, opened: false });
      return [];
    },
    found({ id, matches, opened }, time) {
      const pop = pops.get(id);
      if (!pop) return [];
      if (!pop.found) Object.assign(pop, { found: time, matches: Number(matches) || 0 });
      const isLate = opened === true && pop.properties.outcome !== undefined;
      pop.opened = pop.opened || opened === true;
      return isLate ? event("screen pop opened", pop.properties, { waited: time - pop.begin }, pop.operation) : [];
    },
    settled({ id }, time) {
      const pop = pops.get(id);
      if (!pop) return [];
      const { begin, found, matches, opened } = pop;
      Object.assign(pop.properties, { outcome: outcomeOf(matches), opened: String(opened) });
      return event("screen pop", pop.properties, { search: (found || time) - begin, present: time - (found || time), total: time - begin, matches }, pop.operation);
    },
    failed({ id, error }, time) {
      const pop = pops.get(id);
      const properties = { ...(pop ? pop.properties : {}), outcome: "failed", code: codeOf(error) };
      return event("screen pop", properties, pop ? { total: time - pop.begin } : {}, pop ? pop.operation : newId());
    },
    phone({ id, event: category }, time) {
      if (category === "connect" && !answered.has(id)) remember(answered, id, time);
      return [];
    },
    note({ id }, time) {
      const from = answered.get(id);
      // Only the first note counts: the second finds no answer any more.
      answered.delete(id);
      const { operation } = pops.get(id) || { operation: newId() };
      return from === undefined ? [] : event("first note", {}, { afterAnswer: time - from }, operation);
    },
    dial: ({ source, result }) => event("dial", pick({ source, result })),
    satisfaction: ({ stars }) => (levels.indexOf(Number(stars)) < 0 ? [] : event("satisfaction", {}, { stars: Number(stars) })),
    connection: ({ state }) => event("connection", pick({ state })),
  };
  return (name, facts, time) => {
    const read = Object.keys(readers).indexOf(name) >= 0 ? readers[name] : undefined;
    return read ? read(facts, time) : [];
  };
}

/**
 * @template Value
 * @param {Map<unknown, Value>} map
 * @param {unknown} key
 * @param {Value} value
 */
function remember(map, key, value) {
  map.delete(key);
  map.set(key, value);
  if (map.size > mostPops) map.delete(map.keys().next().value);
}

/**
 * Return the facts that are words we know.
 *
 * @param {{ [name in keyof typeof words]?: unknown }} facts
 */
function pick(facts) {
  /** @type {Properties} */
  const picked = {};
  Object.keys(facts).forEach((key) => {
    const name = /** @type {keyof typeof words} */ (key);
    const found = words[name].find((word) => word === facts[name]);
    if (found) picked[name] = found;
  });
  return picked;
}

/** @param {number} matches */
function outcomeOf(matches) {
  if (matches === 0) return "none";
  return matches === 1 ? "one" : "many";
}

/**
 * Return what a failure is called by a number or by its kind: a message may name a customer.
 *
 * @param {unknown} error
 */
function codeOf(error) {
  const { code, status, name } = /** @type {{ code?: unknown, status?: unknown, name?: unknown }} */ (error || {});
  if (/^0x[0-9a-f]{8}$/i.test(String(code))) return String(code).toLowerCase();
  if (typeof status === "number") return String(status);
  return name === "TypeError" ? "network" : "unknown";
}
