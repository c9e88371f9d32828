// @ts-check
/** What the pane shows of a pop, and what its buttons do; searches nothing. */

import { messageOf } from "./failure.js";
import { withoutScheme } from "./phone-number.js";
import { text } from "./texts.js";

/**
 * @typedef {import("./contact-match.js").Match} Match
 * @typedef {import("./dedupe.js").Outcome} Outcome
 * @typedef {import("./interaction.js").Interaction} Interaction
 * @typedef {import("./settings.js").ScreenPopSettings} ScreenPopSettings
 *
 * @typedef {{ label: string, detail?: string, run: () => unknown }} Choice
 * @typedef {{
 *   title: string, detail: string, busy?: boolean, problem?: boolean, settled?: boolean, choices?: Choice[],
 * }} Panel
 *     settled: nothing is left to do with it.
 * @typedef {{
 *   find: (address: import("./interaction.js").Address) => Promise<{ matches: Match[], note: string, partial?: boolean }>,
 *   read: (records: Outcome["records"]) => Promise<Match[]>,
 *   tableLabels: (table: string) => Promise<{ one: string, many: string }>,
 *   share: (interaction: string, record: Match) => unknown,
 *   openRecord: (record: Match) => Promise<unknown>,
 *   openNew: (table: string, values: { [column: string]: string }) => Promise<unknown>,
 *   openList: (table: string) => Promise<unknown>,
 *   notify: (notice: { id: string, message: string, actionLabel: string, run: () => unknown }) => Promise<unknown>,
 *   reveal: () => unknown,
 *   isSignedOut: () => Promise<boolean>,
 *   signIn: () => unknown,
 *   show: (panel: Panel, place: import("./cards.js").Place) => void,
 *   isBusy: (id: string) => Promise<boolean>,
 *   log: (line: string) => void,
 *   tell: import("../platform/telling.js").Tell,
 * }} Ports
 * @typedef {{
 *   interaction: Interaction,
 *   action: "auto" | "soft" | "recall",
 *   busy: Promise<boolean>,
 *   isNewest: () => boolean,
 *   keep: (outcome: Outcome) => void,
 *   settings: ScreenPopSettings,
 *   again: Choice[],
 *   ports: Omit<Ports, "show"> & { show: (panel: Panel) => void },
 * }} Job
 *     partial: a table could not be searched. again: to search once more.
 *     busy: whether the agent is with another customer, or writes in a form.
 *     action recall: what an earlier page came to is shown again and nothing else happens.
 */

/** @param {string[]} sentences */
const joined = (...sentences) => sentences.filter(Boolean).join(" ");

/** @param {Interaction} interaction */
export function callerOf(interaction) {
  const who = interaction.name || (interaction.address ? interaction.address.text : text("unknown"));
  const medium = text("medium-" + interaction.medium);
  return { title: text(interaction.direction === "outbound" ? "to" : "from", { medium, who: withoutScheme(who) || text("unknown") }) };
}

/**
 * @param {Job} job
 * @param {Match} match
 * @param {string} note
 */
export async function presentOne(job, match, note) {
  const { interaction, ports } = job;
  const caller = callerOf(interaction);
  if (await mayInterrupt(job)) {
    await openAndShow(job, match, note);
    return;
  }
  const choices = guarded(job, [await recordChoice(job, match, note)]);
  ports.show({ ...caller, detail: joined(text("one-fits"), note), choices });
  await callAttention(job, text("one-notice", { ...caller, name: match.name }), text("open"), () => choices.forEach(({ run }) => run()));
}

/**
 * @param {Job} job
 * @param {Match[]} matches
 * @param {string} note
 */
export async function presentMany(job, matches, note) {
  const { interaction, ports } = job;
  const caller = callerOf(interaction);
  const detail = joined(text("many-fit", { count: matches.length }), note);
  const choices = guarded(job, await Promise.all(matches.map((match) => recordChoice(job, match, note))));
  ports.show({ ...caller, detail, choices });
  await callAttention(job, text("many-notice", { ...caller, count: matches.length }));
}

/**
 * @param {Job} job
 * @param {string} note
 * @param {{ isOffered?: boolean, partial?: boolean }} [options] isOffered: a page before the reload searched, and its offers stand
 */
export async function presentNone(job, note, { isOffered = false, partial = false } = {}) {
  const { interaction, keep, settings, again, ports } = job;
  const { address } = interaction;
  const { noMatch, newRecordTable, tables } = settings;
  const caller = callerOf(interaction);
  if (!address && !isOffered) {
    ports.show({ ...caller, detail: text("no-address"), settled: true });
    return;
  }
  /** @param {() => Promise<unknown>} open */
  const offer = (open) => async () => {
    await open();
    keep({ records: [], opened: true, note });
    ports.show({ ...caller, detail, choices, settled: true });
  };
  /** @type {Choice[]} */
  let choices = [];
  if (noMatch === "new-record") {
    const { one } = await ports.tableLabels(newRecordTable);
    choices = [{ label: text("new-record", { table: one }), run: offer(() => ports.openNew(newRecordTable, valuesFor(job))) }];
  } else if (noMatch === "search") {
    choices = await Promise.all(
      tables.map(async ({ table }) => ({
        label: text("open-list", { tables: (await ports.tableLabels(table)).many }),
        run: offer(() => ports.openList(table)),
      })),
    );
  }
  // What could not be searched may hold the caller: a new record would be the second one.
  choices = guarded(job, partial ? again.concat(choices) : choices);
  const detail = joined(address ? text("none-fits", { address: withoutScheme(address.text) }) : text("none-fitted"), note);
  ports.show({ ...caller, detail, choices, settled: choices.length === 0 });
  if (choices.length > 0) await callAttention(job, text("none-notice", caller));
}

/**
 * Bring the pane before an agent who is free, and tell another that something waits there.
 *
 * @param {Job} job
 * @param {string} message
 * @param {string} [label] on the notice's button
 * @param {() => unknown} [run]
 */
async function callAttention(job, message, label = text("choose"), run = job.ports.reveal) {
  const { interaction, action, ports } = job;
  if (await mayInterrupt(job)) ports.reveal();
  else if (action !== "recall") await ports.notify({ id: interaction.id, message, actionLabel: label, run });
}

/**
 * Whether the agent's screen may change by itself: the last call that came, and nobody is at work.
 *
 * @param {Job} job
 */
async function mayInterrupt({ action, busy, isNewest }) {
  return action === "auto" && !(await busy) && isNewest();
}

/**
 * What a new record gets: the number or address, in the first column that is searched for it.
 *
 * @param {Pick<Job, "interaction" | "settings">} job
 * @returns {{ [column: string]: string }}
 */
function valuesFor({ interaction: { address }, settings: { newRecordTable, tables } }) {
  const found = tables.find(({ table }) => table === newRecordTable);
  if (!address || !found) return {};
  const [column] = address.kind === "email" ? found.emailColumns : found.columns;
  return column ? { [column]: withoutScheme(address.text) } : {};
}

/**
 * @param {Job} job
 * @param {Match} match
 * @param {string} note
 */
export function showOpened(job, match, note) {
  const again = { label: text("open-again"), detail: match.name, run: () => job.ports.openRecord(match) };
  const detail = joined(text("opened", match), note);
  job.ports.show({ ...callerOf(job.interaction), detail, choices: guarded(job, [again]), settled: true });
}

/**
 * @param {Job} job
 * @param {{ error: unknown, choices: Choice[] }} options choices: what the agent can do about it
 */
export async function showFailure({ interaction, ports }, { error, choices }) {
  const caller = callerOf(interaction);
  const detail = text("failed", { reason: messageOf(error, text("no-reason")) });
  ports.show({ ...caller, problem: true, detail, choices });
  if (!(await ports.isSignedOut())) return;
  const signIn = [{ label: text("sign-in"), run: ports.signIn }];
  ports.show({ ...caller, problem: true, detail: text("signed-out-of-dynamics-hint"), choices: signIn.concat(choices) });
}

/**
 * @param {Job} job
 * @param {Match} match
 * @param {string} note
 */
async function recordChoice(job, match, note) {
  const { one } = await job.ports.tableLabels(match.table);
  return { label: match.name, detail: one, run: () => openAndShow(job, match, note) };
}

/**
 * @param {Job} job
 * @param {Match} match
 * @param {string} note
 */
async function openAndShow(job, match, note) {
  await job.ports.openRecord(match);
  job.ports.share(job.interaction.id, match);
  job.keep({ records: [{ table: match.table, id: match.id }], opened: true, note });
  showOpened(job, match, note);
}

/**
 * Nobody waits for what a button does: its failure must reach the agent by itself, and costs none
 * of what there is to choose from.
 *
 * @param {Job} job
 * @param {Choice[]} choices
 * @returns {Choice[]}
 */
function guarded(job, choices) {
  const safe = choices.map(({ run, ...words }) => ({
    ...words,
    run: async () => {
      try {
        await run();
      } catch (error) {
        await showFailure(job, { error, choices: safe });
      }
    },
  }));
  return safe;
}
