// @ts-check
/** What the pane shows of a pop, and what its buttons do; searches nothing. */

import { messageOf } from "./failure.js";
import { withoutScheme } from "./phone-number.js";

/**
 * @typedef {import("./contact-match.js").Answer} Answer
 * @typedef {import("./contact-match.js").Match} Match
 * @typedef {import("./contact-match.js").Query} Query
 * @typedef {import("./dedupe.js").Outcome} Outcome
 * @typedef {import("./interaction.js").Interaction} Interaction
 * @typedef {import("./settings.js").ScreenPopSettings} ScreenPopSettings
 *
 * @typedef {{ label: string, detail?: string, run: () => unknown }} Choice
 * @typedef {{ title: string, detail: string, busy?: boolean, problem?: boolean, choices?: Choice[] }} Panel
 * @typedef {{
 *   retrieve: (query: Query) => Promise<Answer["rows"]>,
 *   tableLabels: (table: string) => Promise<{ one: string, many: string }>,
 *   openRecord: (record: { table: string, id: string }) => Promise<unknown>,
 *   openNew: (table: string) => Promise<unknown>,
 *   openList: (table: string) => Promise<unknown>,
 *   notify: (notice: { message: string, actionLabel: string, run: () => unknown }) => Promise<unknown>,
 *   reveal: () => unknown,
 *   show: (panel: Panel) => void,
 *   log: (line: string) => void,
 * }} Ports
 * @typedef {{
 *   interaction: Interaction,
 *   action: "auto" | "soft" | "recall",
 *   isNewest: () => boolean,
 *   keep: (outcome: Outcome) => void,
 *   settings: ScreenPopSettings,
 *   ports: Ports,
 * }} Job
 *     action recall: what an earlier page came to is shown again and nothing else happens.
 */

/** @param {Interaction} interaction */
export function callerOf(interaction) {
  const labels = {
    voice: "Call",
    callback: "Callback",
    voicemail: "Voicemail",
    chat: "Chat",
    message: "Message",
    email: "E-mail",
  };
  const who = interaction.name || (interaction.address ? interaction.address.text : "unknown");
  const preposition = interaction.direction === "outbound" ? " to " : " from ";
  return { title: labels[interaction.medium] + preposition + withoutScheme(who) };
}

/**
 * @param {Job} job
 * @param {Match} match
 * @param {string} note
 */
export async function presentOne(job, match, note) {
  const { interaction, action, isNewest, ports } = job;
  const caller = callerOf(interaction);
  if (action === "auto" && isNewest()) {
    await openAndShow(job, match, note);
    return;
  }
  const open = guarded(job, () => openAndShow(job, match, note));
  const { one } = await ports.tableLabels(match.table);
  const choices = [{ label: match.name, detail: one, run: open }];
  if (isNewest()) ports.show({ ...caller, detail: "One record fits." + note, choices });
  if (action === "recall") return;
  await ports.notify({ message: caller.title + ": " + match.name, actionLabel: "Open", run: open });
}

/**
 * @param {Job} job
 * @param {Match[]} matches
 * @param {string} note
 */
export async function presentMany(job, matches, note) {
  const { interaction, action, isNewest, ports } = job;
  const caller = callerOf(interaction);
  const detail = matches.length + " records fit. Choose one." + note;
  const choices = await Promise.all(
    matches.map(async (match) => ({
      label: match.name,
      detail: (await ports.tableLabels(match.table)).one,
      run: guarded(job, () => openAndShow(job, match, note)),
    })),
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
  if (action === "recall") return;
  await ports.notify({ message: caller.title + ": " + matches.length + " records fit", actionLabel: "Choose", run: present });
}

/**
 * @param {Job} job
 * @param {string} note
 */
export async function presentNone(job, note) {
  const { interaction, isNewest, settings, ports } = job;
  const { noMatch, newRecordTable, tables } = settings;
  const caller = callerOf(interaction);
  if (!interaction.address) {
    ports.show({ ...caller, detail: "There is no number or address to search by." });
    return;
  }
  /** @type {Choice[]} */
  let choices = [];
  if (noMatch === "new-record") {
    const { one } = await ports.tableLabels(newRecordTable);
    choices = [{ label: "New " + one, run: guarded(job, () => ports.openNew(newRecordTable)) }];
  } else if (noMatch === "search") {
    choices = await Promise.all(
      tables.map(async ({ table }) => ({
        label: "Open the list of " + (await ports.tableLabels(table)).many,
        run: guarded(job, () => ports.openList(table)),
      })),
    );
  }
  const detail = "No record has " + withoutScheme(interaction.address.text) + "." + note;
  if (isNewest()) ports.show({ ...caller, detail, choices });
}

/**
 * @param {Job} job
 * @param {Match} match
 * @param {string} note
 */
export function showOpened(job, match, note) {
  const again = { label: "Open again", detail: match.name, run: guarded(job, () => job.ports.openRecord(match)) };
  job.ports.show({ ...callerOf(job.interaction), detail: "Opened " + match.name + "." + note, choices: [again] });
}

/**
 * @param {Job} job
 * @param {{ error: unknown, retry: () => unknown }} options
 */
export function showFailure({ interaction, ports }, { error, retry }) {
  const choices = [{ label: "Try again", run: retry }];
  ports.show({ ...callerOf(interaction), problem: true, detail: "This did not work: " + messageOf(error), choices });
}

/**
 * @param {Job} job
 * @param {Match} match
 * @param {string} note
 */
async function openAndShow(job, match, note) {
  await job.ports.openRecord(match);
  job.keep({ records: [{ table: match.table, id: match.id }], opened: true, note });
  showOpened(job, match, note);
}

/**
 * Nobody waits for what a button does: its failure must reach the agent by itself.
 *
 * @param {Pick<Job, "interaction" | "ports">} job
 * @param {() => Promise<unknown>} run
 */
function guarded({ interaction, ports }, run) {
  return async () => {
    try {
      await run();
    } catch (error) {
      ports.show({ ...callerOf(interaction), problem: true, detail: "This did not work: " + messageOf(error) });
    }
  };
}
