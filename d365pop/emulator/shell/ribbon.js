// @ts-check
/** Reads the buttons that classic ribbons put on a table's list; knows no more of a ribbon. */

const HOME = (/** @type {string} */ table) => `Mscrm.HomepageGrid.${table}.`;
const DIRECTIVE = "$webresource:";
const LABELS = "$LocLabels:";

/**
 * @typedef {object} RibbonButton
 * @property {string} label
 * @property {string} tooltip
 * @property {string} functionName
 * @property {string} library the script's name
 */

/**
 * @param {string} table
 * @param {import("./web-api.js").WebApi} webApi
 * @returns {Promise<RibbonButton[]>}
 */
export async function ribbonButtons(table, webApi) {
  const of = `?$filter=entity eq '${table}'`;
  const [differences, commands] = await Promise.all([
    webApi.retrieveMultipleRecords("ribbondiff", `${of}&$select=rdx`),
    webApi.retrieveMultipleRecords("ribboncommand", `${of}&$select=commanddefinition`),
  ]);
  const nodes = differences.entities.map(({ rdx }) => parse(rdx));
  const definitions = commands.entities.map(({ commanddefinition }) => parse(commanddefinition));
  return nodes
    .filter((node) => node.getAttribute("Location")?.startsWith(HOME(table)))
    .sort((one, other) => sequence(one) - sequence(other))
    .flatMap((node) => [...node.querySelectorAll("Button")])
    .flatMap((button) => drawn(button, nodes, definitions));
}

/**
 * @param {Element} button
 * @param {Element[]} nodes
 * @param {Element[]} definitions
 * @returns {RibbonButton[]} none where its command calls no script
 */
function drawn(button, nodes, definitions) {
  const command = byId(definitions, button.getAttribute("Command"));
  const call = command?.querySelector("Actions > JavaScriptFunction");
  if (!call) return [];
  const say = (/** @type {string} */ name) => text(button.getAttribute(name) ?? "", nodes);
  return [{
    label: say("LabelText"),
    tooltip: say("ToolTipDescription"),
    functionName: call.getAttribute("FunctionName") ?? "",
    library: (call.getAttribute("Library") ?? "").replace(DIRECTIVE, ""),
  }];
}

/**
 * @param {string} written
 * @param {Element[]} nodes
 * @returns {string} empty for a text that stands in the button itself: such were seen undrawn
 */
function text(written, nodes) {
  if (!written.startsWith(LABELS)) return "";
  const label = byId(nodes, written.slice(LABELS.length));
  return label?.querySelector("Title")?.getAttribute("description") ?? "";
}

/** @param {Element[]} nodes @param {string | null} id */
function byId(nodes, id) {
  return nodes.find((node) => node.getAttribute("Id") === id);
}

/** @param {Element} node */
function sequence(node) {
  return Number(node.getAttribute("Sequence") ?? 0);
}

/** @param {string} xml */
function parse(xml) {
  return new DOMParser().parseFromString(xml, "text/xml").documentElement;
}
