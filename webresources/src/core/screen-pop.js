// @ts-check
/**
 * From an event of the phone to the customer's record: policy, lookup, outcome.
 *
 * Everything that touches a page or a server comes in as a port.
 */

import { buildQueries, mergeMatches, pageSize } from "./contact-match.js";
import { messageOf } from "./failure.js";
import { describeInteraction } from "./interaction.js";
import { decidePop } from "./pop-policy.js";

/**
 * @typedef {import("./contact-match.js").Answer} Answer
 * @typedef {import("./contact-match.js").Match} Match
 * @typedef {import("./contact-match.js").Query} Query
 * @typedef {import("./dedupe.js").Seen} Seen
 * @typedef {import("./interaction.js").Interaction} Interaction
 * @typedef {import("./interaction.js").RawInteraction} RawInteraction
 * @typedef {import("./settings.js").ScreenPopSettings} ScreenPopSettings
 *
 * @typedef {{ label: string, detail?: string, run: () => unknown }} Choice
 * @typedef {{ title: string, detail: string, busy?: boolean, problem?: boolean, choices?: Choice[] }} Panel
 * @typedef {{
 *   retrieve: (query: Query) => Promise<Answer["rows"]>,
 *   openRecord: (record: { table: string, id: string }) => Promise<unknown>,
 *   openNew: (table: string) => Promise<unknown>,
 *   openList: (table: string) => Promise<unknown>,
 *   notify: (notice: { message: string, actionLabel: string, run: () => unknown }) => Promise<unknown>,
 *   reveal: () => unknown,
 *   show: (panel: Panel) => void,
 *   log: (line: string) => void,
 * }} Ports
 * @typedef {{ trigger: string, raw: RawInteraction, searchString?: string }} PhoneEvent
 */

/**
 * Return the handler of phone events. What fails on the way to the record is shown to the agent.
 *
 * @param {{ settings: ScreenPopSettings, seen: Seen, ports: Ports }} options
 * @returns {(event: PhoneEvent) => Promise<void>}
 */
export function createScreenPop({ settings, seen, ports }) {
  let newest = "";

  /** @param {PhoneEvent} event */
  return async function handle({ trigger, raw, searchString = "" }) {
    const interaction = describeInteraction(raw, { searchString });
    const { action, reason, remember } = decidePop({
      trigger,
      interaction,
      policies: settings.policies,
      seen: seen.has(interaction.id),
    });
    if (remember) seen.add(interaction.id);
    if (action === "none") {
      ports.log(trigger + " " + interaction.id + ": nothing to pop, " + reason);
      return;
    }
    newest = interaction.id;
    // Before the lookup answers, another call may have become the one that the agent looks at.
    const isNewest = () => newest === interaction.id;
    try {
      await pop({ interaction, action, isNewest, settings, ports });
    } catch (error) {
      seen.remove(interaction.id);
      ports.log(trigger + " " + interaction.id + ": failed, " + messageOf(error));
      const retry = { label: "Try again", run: () => handle({ trigger: "screen-pop", raw, searchString }) };
      const detail = "This did not work: " + messageOf(error);
      if (isNewest()) ports.show({ ...callerOf(interaction), problem: true, detail, choices: [retry] });
    }
  };
}

/**
 * @typedef {{
 *   interaction: Interaction,
 *   action: "auto" | "soft",
 *   isNewest: () => boolean,
 *   settings: ScreenPopSettings,
 *   ports: Ports,
 * }} Job
 * @param {Job} job
 */
async function pop(job) {
  const { interaction, isNewest, settings, ports } = job;
  const caller = callerOf(interaction);
  if (interaction.record) {
    await presentOne(job, { ...interaction.record, name: interaction.name || "the record" }, "");
    return;
  }
  if (!interaction.address) {
    ports.log(interaction.id + ": no number or address to search by");
    ports.show({ ...caller, detail: "There is no number or address to search by." });
    return;
  }
  ports.show({ ...caller, detail: "Searching…", busy: true });
  const { tables, countries } = settings;
  const queries = buildQueries({ address: interaction.address, tables, countries });
  const { answers, note } = await lookUp(queries, ports);
  const matches = mergeMatches({ answers, tables });
  ports.log(interaction.id + ": " + matches.length + " found by " + interaction.address.text);
  const [first] = matches;
  if (first && matches.length === 1) await presentOne(job, first, note);
  else if (first) await presentMany(job, matches, note);
  else if (isNewest()) presentNone(job, interaction.address.text, note);
}

/**
 * Ask all tables at once. A table that refuses costs its own rows only; that all refuse is an error.
 *
 * @param {Query[]} queries
 * @param {Ports} ports
 */
async function lookUp(queries, ports) {
  /** @type {unknown[]} */
  const failures = [];
  const results = await Promise.all(
    queries.map((query) =>
      ports.retrieve(query).then(
        (rows) => ({ table: query.table, rows }),
        (error) => {
          failures.push(error);
          ports.log("the search in " + query.table + " failed, " + messageOf(error));
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
  const cut = answers.some(({ rows }) => rows.length >= pageSize);
  const refused = failures.length > 0 ? " Not every table could be searched." : "";
  return { answers, note: (cut ? " There may be more." : "") + refused };
}

/**
 * @param {Job} job
 * @param {Match} match
 * @param {string} note
 */
async function presentOne({ interaction, action, isNewest, ports }, match, note) {
  const caller = callerOf(interaction);
  if (action === "auto" && isNewest()) {
    await openAndShow({ caller, match, note, ports });
    return;
  }
  const open = guarded({ caller, ports }, () => openAndShow({ caller, match, note, ports }));
  if (isNewest()) ports.show({ ...caller, detail: "One record fits." + note, choices: [choiceOf(match, open)] });
  await ports.notify({ message: caller.title + ": " + match.name, actionLabel: "Open", run: open });
}

/**
 * @param {Job} job
 * @param {Match[]} matches
 * @param {string} note
 */
async function presentMany({ interaction, action, isNewest, ports }, matches, note) {
  const caller = callerOf(interaction);
  const detail = matches.length + " records fit. Choose one." + note;
  const choices = matches.map((match) =>
    choiceOf(match, guarded({ caller, ports }, () => openAndShow({ caller, match, note, ports }))),
  );
  const present = () => {
    ports.show({ ...caller, detail, choices });
    ports.reveal();
  };
  if (action === "auto" && isNewest()) {
    present();
    return;
  }
  if (isNewest()) ports.show({ ...caller, detail, choices });
  await ports.notify({ message: caller.title + ": " + matches.length + " records fit", actionLabel: "Choose", run: present });
}

/**
 * @param {Job} job
 * @param {string} address
 * @param {string} note
 */
function presentNone({ interaction, settings, ports }, address, note) {
  const { noMatch, newRecordTable, tables } = settings;
  const caller = callerOf(interaction);
  /** @type {Choice[]} */
  let choices = [];
  if (noMatch === "new-record") {
    const run = guarded({ caller, ports }, () => ports.openNew(newRecordTable));
    choices = [{ label: "New " + newRecordTable, run }];
  } else if (noMatch === "search") {
    choices = tables.map(({ table }) => ({
      label: "Search in " + table,
      run: guarded({ caller, ports }, () => ports.openList(table)),
    }));
  }
  ports.show({ ...caller, detail: "No record has " + address + "." + note, choices });
}

/** @param {{ caller: { title: string }, match: Match, note: string, ports: Ports }} options */
async function openAndShow({ caller, match, note, ports }) {
  await ports.openRecord(match);
  const run = guarded({ caller, ports }, () => ports.openRecord(match));
  const again = { label: "Open again", detail: match.name, run };
  ports.show({ ...caller, detail: "Opened " + match.name + "." + note, choices: [again] });
}

/**
 * Nobody waits for what a button does: its failure must reach the agent by itself.
 *
 * @param {{ caller: { title: string }, ports: Ports }} options
 * @param {() => Promise<unknown>} run
 */
function guarded({ caller, ports }, run) {
  return async () => {
    try {
      await run();
    } catch (error) {
      ports.show({ ...caller, problem: true, detail: "This did not work: " + messageOf(error) });
    }
  };
}

/**
 * @param {Match} match
 * @param {() => unknown} run
 * @returns {Choice}
 */
function choiceOf(match, run) {
  return { label: match.name, detail: match.table, run };
}

/** @param {Interaction} interaction */
function callerOf(interaction) {
  const labels = {
    voice: "Call",
    callback: "Callback",
    voicemail: "Voicemail",
    chat: "Chat",
    message: "Message",
    email: "E-mail",
  };
  const who = interaction.name || (interaction.address ? interaction.address.text : "unknown");
  return { title: labels[interaction.medium] + (interaction.direction === "outbound" ? " to " : " from ") + who };
}
