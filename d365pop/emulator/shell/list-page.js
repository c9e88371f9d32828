// @ts-check
/** The list of a table's rows. */

import { h, icon } from "./dom.js";
import { describeTable } from "./tables.js";

const ROWS = 50;

/**
 * @param {string} entityName
 * @param {object} services
 * @param {import("./web-api.js").WebApi} services.webApi
 * @param {(entityId: string) => string} services.address
 * @returns {Promise<HTMLElement>}
 */
export async function renderList(entityName, { webApi, address }) {
  const table = describeTable(entityName);
  const { columns, primaryId } = table;
  const select = [primaryId, ...columns.map(({ name }) => name)].join(",");
  const query = `?$select=${select}&$orderby=${columns[0].name}`;
  const { entities, nextLink } = await webApi.retrieveMultipleRecords(entityName, query, ROWS);
  const rows = entities.map((row) => renderRow(row, columns, address(row[primaryId])));
  const count = h("p", { class: "list-count", role: "status" });
  /** @type {HTMLInputElement} */
  const filter = h("input", {
    type: "search",
    placeholder: "Filter by keyword",
    "aria-label": "Filter by keyword",
    oninput: () => applyFilter(),
  });
  const applyFilter = () => {
    const word = filter.value.trim().toLowerCase();
    rows.forEach((row) => {
      row.hidden = !(row.textContent ?? "").toLowerCase().includes(word);
    });
    const shown = rows.filter((row) => !row.hidden).length;
    count.textContent = `Rows: ${shown}${nextLink ? " (more on the server)" : ""}`;
  };
  applyFilter();
  return h(
    "article",
    { class: "list card", "aria-label": table.plural },
    h(
      "header",
      { class: "list-header" },
      h("h1", {}, table.plural),
      h("div", { class: "filter" }, icon("search"), filter),
    ),
    h("div", { class: "table-scroll", tabindex: 0 }, h(
      "table",
      { "aria-label": table.plural },
      h("thead", {}, h("tr", {}, ...columns.map(({ label }) => h("th", { scope: "col" }, label)))),
      h("tbody", {}, ...rows),
    )),
    rows.length === 0 ? h("p", { class: "empty" }, "We didn't find anything to show here") : null,
    count,
  );
}

/**
 * @param {Record<string, unknown>} row
 * @param {import("./tables.js").Column[]} columns
 * @param {string} href
 */
function renderRow(row, columns, href) {
  const cells = columns.map(({ name }, index) => {
    const value = String(row[name] ?? "");
    return h("td", {}, index === 0 ? h("a", { href, "data-page": true }, value || "(no name)") : value);
  });
  return h("tr", {}, ...cells);
}
