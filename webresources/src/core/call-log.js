// @ts-check
/**
 * A phonecall row for each interaction that Genesys logs, kept until Dataverse has stored it.
 *
 * Its id is made here: a create whose answer was lost is refused the second time, and not made twice.
 */

import { messageOf } from "./failure.js";
import { isRecord } from "./messages.js";
import { isRowId } from "./odata.js";

/**
 * @typedef {{ id: string, outgoing: boolean, subject: string, number: string }} Call
 * @typedef {import("./interaction.js").RawInteraction} RawInteraction
 * @typedef {import("./interaction.js").RecordReference} RecordReference
 * @typedef {{ [column: string]: unknown }} Row
 * @typedef {{
 *   id: string, isStored: boolean, isClosed: boolean, closes?: boolean, row?: Row | null,
 *   record?: RecordReference | null,
 * }} Entry
 *     row: what is still to be stored.
 * @typedef {{
 *   createRow: (table: string, row: Row) => Promise<unknown>,
 *   updateRow: (table: string, id: string, row: Row) => Promise<unknown>,
 *   entitySet: (table: string) => Promise<string>,
 *   userId: () => string,
 * }} Ports
 */

const table = "phonecall";
/** Both are told once the agent can add nothing more. */
export const closing = ["interactionACWCompleted", "interactionRemoved"];
/** A row with this id is there already ("DuplicateRecord" of the Web API's error codes). */
const duplicate = "0x80040237";
/** What can take part in an activity; other tables can be what it is about. */
const parties = ["account", "contact", "lead"];
const mostKept = 100;
/** More calls than a day brings: of more that cannot be stored, the oldest go. */
export const mostWaiting = 500;

/**
 * @param {{
 *   store: import("./dedupe.js").Store,
 *   newId: () => string,
 *   recordOf: (interactionId: string) => RecordReference | null,
 *   ports: Ports,
 *   later: (run: () => void) => unknown,
 *   answer: (request: unknown, answer: { value?: { id: string }, reason?: string }) => void,
 *   onStored: (interactionId: string) => void,
 *   onFailed: (interactionId: string, row: Row, reason: string) => void,
 *   onLost: (interactionId: string, row: Row) => void,
 * }} options later runs what failed again after a while; answer tells Genesys what came of a request
 */
export function createCallLog({ store, newId, recordOf, ports, later, answer, onStored, onFailed, onLost }) {
  /** @type {Map<string, Entry>} */
  const entries = new Map(readEntries(store.read()));
  /** @type {Map<string, unknown[]>} what Genesys waits for, by interaction; a client that loads anew waits no more */
  const requests = new Map();
  /** @type {Promise<unknown>} */
  let working = Promise.resolve();
  let waits = false;

  const persist = () => {
    entries.forEach(({ row }, key) => {
      if (!row && entries.size > mostKept) entries.delete(key);
    });
    const waiting = Array.from(entries).filter(([, { row }]) => row);
    waiting.splice(0, waiting.length - mostWaiting).forEach(([key, { row }]) => {
      entries.delete(key);
      onLost(key, row || {});
    });
    store.write(JSON.stringify(Array.from(entries)));
  };
  /** One after the other, so that an update never overtakes its create. */
  const flush = () => {
    entries.forEach((_entry, key) => {
      working = working.then(() => save(key));
    });
    return working;
  };

  /** @param {string} key */
  async function save(key) {
    const entry = entries.get(key);
    const asked = requests.get(key) || [];
    if (!entry || (!entry.row && asked.length === 0)) return;
    const { id, row } = entry;
    requests.delete(key);
    try {
      if (row) await send(entry, row);
      // Something newer may have come in the meantime.
      if (entry.row === row) entry.row = null;
      persist();
      asked.forEach((request) => answer(request, { value: { id } }));
      onStored(key);
    } catch (error) {
      persist();
      const reason = messageOf(error);
      asked.forEach((request) => answer(request, { reason }));
      onFailed(key, row || {}, reason);
      if (waits) return;
      waits = true;
      later(() => {
        waits = false;
        flush();
      });
    }
  }

  /** @param {Entry} entry @param {Row} row */
  async function send(entry, row) {
    const { id, record, closes = false } = entry;
    const about = record ? { [`regardingobjectid_${record.table}_phonecall@odata.bind`]: await pathOf(record) } : {};
    const values = { ...row, ...about };
    // Who took part can be said in a create only: Dataverse knows no deep update.
    const isNew = !entry.isStored && (await create({ activityid: id, ...values, phonecall_activity_parties: await partiesOf(row, record) }));
    entry.isStored = true;
    // A closed call is read-only.
    if (entry.isClosed) await ports.updateRow(table, id, { statecode: 0, statuscode: 1 });
    entry.isClosed = false;
    if (!isNew) await ports.updateRow(table, id, values);
    if (closes) await ports.updateRow(table, id, { statecode: 1, statuscode: row.directioncode ? 2 : 4 });
    entry.isClosed = closes;
  }

  /** Whether the row was not there before. @param {Row} row */
  async function create(row) {
    try {
      await ports.createRow(table, row);
      return true;
    } catch (error) {
      if (isRecord(error) && error.code === duplicate) return false;
      throw error;
    }
  }

  /** @param {RecordReference} record */
  const pathOf = async (record) => "/" + (await ports.entitySet(record.table)) + "(" + record.id + ")";

  /** @param {Row} row @param {RecordReference | null} [record] */
  async function partiesOf({ directioncode, phonenumber }, record) {
    const [agent, customer] = directioncode ? [1, 2] : [2, 1];
    const who = record && parties.indexOf(record.table) >= 0
      ? { [`partyid_${record.table}@odata.bind`]: await pathOf(record) }
      : { addressused: phonenumber };
    return [
      { "partyid_systemuser@odata.bind": "/systemusers(" + ports.userId() + ")", participationtypemask: agent },
      { ...who, participationtypemask: customer },
    ];
  }

  return {
    flush,
    /**
     * Take what Genesys knows of an interaction now, and store it.
     *
     * @param {{ event: string, request: unknown, log: unknown, raw: RawInteraction, call: Call }} options
     *     request is undefined where nobody waits: what was stored shall only be opened.
     * @returns {Promise<string>} the id of the row, empty where it is not stored
     */
    async note({ event, request, log, raw, call }) {
      const { id: given, notes } = isRecord(log) ? log : { id: "", notes: "" };
      const { id: key } = call;
      // Of a row that an earlier page made nobody knows whether it is closed.
      const entry = entries.get(key) || (isRowId(given)
        ? { id: given, isStored: true, isClosed: true }
        : { id: newId(), isStored: false, isClosed: false });
      const closes = closing.indexOf(event) >= 0;
      const isOver = entry.isClosed && entry.closes && closes;
      if (request ? !isOver : !entry.isStored) {
        entry.row = rowOf(call, raw, notes);
        entry.closes = closes || entry.closes === true;
        entry.record = recordOf(key) || entry.record || null;
      }
      if (request) requests.set(key, (requests.get(key) || []).concat([request]));
      entries.set(key, entry);
      persist();
      await flush();
      return entry.row ? "" : entry.id;
    },
  };
}

/**
 * @param {Call} call
 * @param {RawInteraction} raw
 * @param {unknown} notes
 * @returns {Row}
 */
function rowOf({ outgoing, subject, number }, { connectedTime, startTime, endTime }, notes) {
  const [start, end] = [Date.parse(String(connectedTime)), Date.parse(String(endTime))];
  return {
    subject: fitting(subject, 200),
    // Dataverse takes a call without it for an outgoing one.
    directioncode: outgoing,
    phonenumber: fitting(number, 200),
    description: fitting(String(notes || ""), 2000),
    actualstart: connectedTime || startTime,
    actualend: endTime,
    actualdurationminutes: Math.round((end - start) / 60000) || 0,
  };
}

/**
 * Return as much of the text as its column takes; half a character, as at a cut, is refused by Dataverse.
 *
 * @param {string} text
 * @param {number} most
 */
function fitting(text, most) {
  const cut = text.length > most ? text.slice(0, most - 1) + "\u2026" : text;
  return cut.replace(/\p{Surrogate}/gu, "");
}

/**
 * @param {string} text
 * @returns {[string, Entry][]}
 */
function readEntries(text) {
  try {
    const value = JSON.parse(text);
    return Array.isArray(value) ? value.filter((one) => isRecord(one[1]) && isRowId(one[1].id)) : [];
  } catch (_error) {
    // Nothing was kept yet, or another script wrote under our key.
    return [];
  }
}
