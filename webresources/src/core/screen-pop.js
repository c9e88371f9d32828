// @ts-check
/**
 * From an event of the phone to the customer's record: policy, lookup, outcome.
 *
 * Everything that touches a page or a server comes in as a port.
 */

import { messageOf } from "./failure.js";
import { describeInteraction } from "./interaction.js";
import { callerOf, presentMany, presentNone, presentOne, showFailure, showOpened } from "./pop-panels.js";
import { decidePop, triggers } from "./pop-policy.js";
import { text } from "./texts.js";

/**
 * @typedef {import("./dedupe.js").Outcome} Outcome
 * @typedef {import("./dedupe.js").Seen} Seen
 * @typedef {import("./interaction.js").RawInteraction} RawInteraction
 * @typedef {import("./pop-panels.js").Job} Job
 * @typedef {import("./pop-panels.js").Ports} Ports
 * @typedef {import("./settings.js").ScreenPopSettings} ScreenPopSettings
 *
 * @typedef {{ trigger: string, raw: RawInteraction, searchString?: string }} PhoneEvent
 */

/** More than a day brings; what is remembered of older ones is shown again at most. */
const mostHere = 500;

/**
 * Return the handler of phone events, and what brings back the pops before a reload. What fails on
 * the way to the record is shown to the agent.
 *
 * @param {{
 *   settings: ScreenPopSettings,
 *   seen: Seen,
 *   ports: Ports,
 *   recordOf: (interaction: import("./interaction.js").Interaction) => (import("./dial.js").NamedRecord | null),
 *   extensions: ReturnType<typeof import("./extensions.js").createExtensions>,
 * }} options
 * @returns {{ handle: (event: PhoneEvent) => Promise<void>, restore: () => Promise<void> }}
 */
export function createScreenPop({ settings, seen, ports, recordOf, extensions }) {
  /** Handled by this page, not by one before a reload. */
  const here = new Set();
  /** @param {string} id */
  const enter = (id) => {
    here.add(id);
    if (here.size > mostHere) here.delete(here.values().next().value);
  };
  let newest = { id: "", time: -Infinity };

  /** @param {PhoneEvent} event */
  async function handle(event) {
    const { trigger, raw, searchString = "" } = event;
    const described = extensions.adjust(describeInteraction(raw, { searchString }));
    const dialled = recordOf(described);
    const interaction = dialled ? { ...described, record: dialled, name: dialled.name } : described;
    const { id } = interaction;
    const memory = seen.recall(id);
    const found = memory && !here.has(id) ? memory.outcome : null;
    const outcome = found && found.failed ? null : found;
    /** @type {(options: Pick<Job, "action"> & { present: (job: Job) => Promise<void> }) => Promise<void>} */
    const run = ({ action, present }) => {
      // Before the lookup answers, another call may have become the one that the agent looks at.
      const isNewest = () => newest.id === id;
      const { time } = seen.recall(id) || { time: 0 };
      /** @param {import("./pop-panels.js").Panel} panel */
      const show = (panel) => ports.show(panel, { id, time });
      /** @param {Outcome} found */
      const keep = (found) => {
        ports.tell("found", { id, matches: found.records.length, opened: found.opened });
        seen.keep(id, found);
      };
      const again = {
        label: text("try-again"),
        run: () => {
          here.delete(id);
          return handle({ ...event, trigger: "screen-pop" });
        },
      };
      // Asked while the search runs, so that a busy agent costs no time.
      const busy = action === "auto" ? ports.isBusy(id) : Promise.resolve(false);
      const job = { interaction, action, busy, isNewest, keep, settings, again: [again], ports: { ...ports, show } };
      if (action !== "recall") ports.tell("pop", { id, medium: interaction.medium, direction: interaction.direction, dialer: interaction.dialer, action });
      return present(job).then(() => ports.tell("settled", { id }), (error) => {
        // The next event, or the agent, may search again; and what there is comes back after a reload.
        here.delete(id);
        const { outcome: sofar = null } = seen.recall(id) || {};
        keep({ ...(sofar || { records: [], opened: false, note: text("not-all-searched") }), failed: true });
        ports.tell("failed", { id, error });
        ports.log(trigger + " " + id + ": failed, " + messageOf(error));
        return showFailure(job, { error, choices: [again] });
      });
    };
    if (memory && outcome && triggers.indexOf(trigger) >= 0) {
      enter(id);
      // Genesys adds all live interactions again: of those that were opened, the last one is shown.
      const isLast = memory.time >= newest.time;
      if (outcome.dismissed || (outcome.opened && !isLast)) return;
      if (isLast) newest = { id, time: memory.time };
      ports.log(trigger + " " + id + ": shown again");
      await run({ action: "recall", present: (job) => recall(job, outcome) });
      return;
    }
    // One without an outcome was cut off by a reload in the middle of its lookup.
    const handled = memory !== null && (here.has(id) || outcome !== null);
    const policies = extensions.policiesFor(interaction);
    const { action, reason, remember } = decidePop({ trigger, interaction, policies, seen: handled });
    if (action === "none") {
      ports.log(trigger + " " + id + ": no pop, " + reason);
      return;
    }
    if (remember) seen.add(id);
    enter(id);
    const added = seen.recall(id);
    newest = { id, time: added ? added.time : newest.time };
    await run({ action, present: pop });
  }

  /** Show what the page before a reload found and nobody opened; whose call it was is not kept. */
  async function restore() {
    for (const { id, time, outcome } of seen.pending()) {
      const interaction = { ...describeInteraction({}), id };
      /** @param {import("./pop-panels.js").Panel} panel */
      const show = (panel) => ports.show({ ...panel, title: text("earlier") }, { id, time });
      /** @param {Outcome} found */
      const keep = (found) => seen.keep(id, found);
      /** @type {Job} */
      const job = { interaction, action: "recall", busy: Promise.resolve(true), isNewest: () => false, keep, settings, again: [], ports: { ...ports, show } };
      await recall(job, outcome).catch((error) => {
        ports.log(id + ": not restored, " + messageOf(error));
        return showFailure(job, { error, choices: [{ label: text("try-again"), run: restore }] });
      });
    }
  }

  return { handle, restore };
}

/** @param {Job} job */
async function pop(job) {
  const { interaction, keep, settings, ports } = job;
  const { address, record } = interaction;
  const { tables } = settings;
  if (record && tables.some(({ table }) => table === record.table)) {
    // One that was dialled has its name; of one that a flow names it is not even known whether it is still there.
    const [named] = "name" in record ? [record] : await ports.read([record]);
    if (named) {
      keep({ records: [{ table: named.table, id: named.id }], opened: false, note: "" });
      await presentOne(job, named, "");
      return;
    }
    ports.log(interaction.id + ": " + record.table + " " + record.id + " is gone");
  } else if (record) ports.log(interaction.id + ": " + record.table + " is not configured");
  if (!address) {
    ports.log(interaction.id + ": no address to search by");
    keep({ records: [], opened: true, note: "" });
    await presentNone(job, "");
    return;
  }
  // The questions leave before the page is drawn.
  const searching = ports.find(address);
  ports.show({ ...callerOf(interaction), detail: text("searching"), busy: true });
  const { matches, note, partial = false } = await searching;
  ports.log(interaction.id + ": " + matches.length + " found by " + address.text);
  const failed = partial && matches.length === 0;
  const isDone = matches.length === 0 && settings.noMatch === "nothing" && !failed;
  keep({ records: matches.map(({ table, id }) => ({ table, id })), opened: isDone, note, failed });
  const [first] = matches;
  if (first && matches.length === 1) await presentOne(job, first, note);
  else if (first) await presentMany(job, matches, note);
  else await presentNone(job, note, { partial });
}

/**
 * Show what a page before the reload came to. Names are read again: they were not kept.
 *
 * @param {Job} job
 * @param {Outcome} outcome
 */
async function recall(job, { records, opened, note }) {
  const { interaction, ports } = job;
  if (records.length === 0) {
    await presentNone(job, note, { isOffered: !opened });
    return;
  }
  const matches = await ports.read(records);
  const [first] = matches;
  if (!first) ports.show({ ...callerOf(interaction), detail: text("gone") });
  else if (opened) showOpened(job, first, note);
  else if (matches.length === 1) await presentOne(job, first, note);
  else await presentMany(job, matches, note);
}
