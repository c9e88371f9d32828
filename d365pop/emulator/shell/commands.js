// @ts-check
/** Draws the commands of a table's list, and calls their functions as the platform does. */

import { dialogs } from "./dialogs.js";
import { command } from "./dom.js";
import { resolveFunction } from "./handlers.js";
import { ribbonButtons } from "./ribbon.js";

const MAIN_GRID = 1;
const JAVASCRIPT = 2;
const LIBRARY = "OnClickEventJavaScriptWebResourceId";
const PRIMARY_CONTROL = 5;
const VALUES = [18, 20, 21];

/**
 * @typedef {object} CommandServices
 * @property {import("./web-api.js").WebApi} webApi
 * @property {(names: string[], onError: (name: string, error: unknown) => void) => Promise<void>} loadLibraries
 */

/**
 * @param {string} entityName
 * @param {CommandServices} services
 * @returns {Promise<HTMLButtonElement[]>}
 */
export async function listCommands(entityName, services) {
  const select = "buttonlabeltext,buttontooltipdescription,onclickeventtype,"
    + "onclickeventjavascriptfunctionname,onclickeventjavascriptparameters";
  const where = `location eq ${MAIN_GRID} and contextvalue eq '${entityName}' and hidden eq false and statecode eq 0`;
  const { entities } = await services.webApi.retrieveMultipleRecords(
    "appaction",
    `?$select=${select}&$expand=${LIBRARY}($select=name)&$filter=${where}&$orderby=sequence`,
  );
  const modern = entities.map((row) =>
    command(row.buttonlabeltext, "pane", () => void run(row, services), {
      title: row.buttontooltipdescription || row.buttonlabeltext,
    }),
  );
  const buttons = await ribbonButtons(entityName, services.webApi);
  const classic = buttons.filter(({ label }) => label).map((button) =>
    command(
      button.label,
      "pane",
      () => void call(button.library, button.functionName, [], services),
      { title: button.tooltip || button.label },
    ),
  );
  return [...classic, ...modern];
}

/**
 * @param {Record<string, any>} row
 * @param {CommandServices} services
 */
async function run(row, services) {
  if (row.onclickeventtype !== JAVASCRIPT) return;
  await call(row[LIBRARY]?.name, row.onclickeventjavascriptfunctionname, parameters(row), services);
}

/**
 * @param {string} library
 * @param {string} functionName
 * @param {unknown[]} values
 * @param {CommandServices} services
 */
async function call(library, functionName, values, services) {
  try {
    await services.loadLibraries([library], (name, error) => {
      throw error;
    });
    await resolveFunction(functionName, window)(...values);
  } catch (error) {
    // ASSUMED: the words; a script error of a command is shown in a dialog.
    const text = /** @type {Error} */ (error).message;
    await dialogs.openAlertDialog({ title: "Script Error", text });
  }
}

/**
 * @param {Record<string, any>} row
 * @returns {unknown[]} this shell has no grid control: a list's primary control knows nothing here
 */
function parameters(row) {
  const listed = JSON.parse(row.onclickeventjavascriptparameters || "[]");
  return listed.map((/** @type {{ type: number, value?: unknown }} */ { type, value }) => {
    if (type === PRIMARY_CONTROL) return {};
    return VALUES.includes(type) ? value : null;
  });
}
