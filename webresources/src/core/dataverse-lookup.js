// @ts-check
/** Finds records in Dataverse: by a caller's address, and again by their ids. */

import { buildNameQueries, buildQueries, dropLongerNumbers, mergeMatches } from "./contact-match.js";
import { messageOf } from "./failure.js";
import { isRowId } from "./odata.js";
import { text } from "./texts.js";

/**
 * @typedef {import("./contact-match.js").Answer} Answer
 * @typedef {import("./contact-match.js").Match} Match
 * @typedef {import("./contact-match.js").Query} Query
 * @typedef {import("./extensions.js").Retrieve} Retrieve
 */

/**
 * @param {{
 *   settings: Pick<import("./settings.js").ScreenPopSettings, "tables" | "countries">,
 *   retrieve: Retrieve,
 *   search?: Retrieve,
 *   log: (line: string) => void,
 * }} options search is how callers are looked for, where that is another way
 * @returns {Pick<import("./pop-panels.js").Ports, "find" | "read">}
 */
export function createLookup({ settings: { tables, countries }, retrieve, search = retrieve, log }) {
  return {
    async find(address) {
      const caller = { address, tables, countries };
      const { answers, ...rest } = await lookUp(buildQueries(caller), { retrieve: search, log });
      return { matches: mergeMatches({ answers: dropLongerNumbers(answers, caller), tables }), ...rest };
    },
    async read(records) {
      // What a storage holds may be anybody's: only an id may stand in a query without quotes.
      const queries = buildNameQueries({ records: records.filter(({ id }) => isRowId(id)), tables });
      const { answers } = await lookUp(queries, { retrieve, log });
      return mergeMatches({ answers, tables });
    },
  };
}

/**
 * Ask all tables at once. A table that refuses costs its own rows only; that all refuse is an error.
 *
 * @param {Query[]} queries
 * @param {{ retrieve: Retrieve, log: (line: string) => void }} ports
 */
export async function lookUp(queries, { retrieve, log }) {
  /** @type {unknown[]} */
  const failures = [];
  let cut = false;
  const results = await Promise.all(
    queries.map((query) =>
      retrieve(query).then(
        (rows) => {
          cut = cut || rows.length >= query.pageSize;
          return { table: query.table, rows };
        },
        (error) => {
          failures.push(error);
          log(query.table + " failed, " + messageOf(error));
          return null;
        },
      ),
    ),
  );
  if (failures.length > 0 && failures.length === queries.length) throw failures[0];
  /** @type {Answer[]} */
  const answers = [];
  results.forEach((answer) => {
    if (answer) answers.push(answer);
  });
  const partial = failures.length > 0;
  const notes = [cut ? text("may-be-more") : "", partial ? text("not-all-searched") : ""];
  return { answers, partial, note: notes.filter(Boolean).join(" ") };
}
