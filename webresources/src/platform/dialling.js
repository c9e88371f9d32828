// @ts-check
/** The numbers of the record in front, dialled by one click; and what else the form in front tells. */

import { createLookup } from "../core/dataverse-lookup.js";
import { createDialled, dialable } from "../core/dial.js";
import { messageOf } from "../core/failure.js";
import { maskNumber } from "../core/mask.js";
import { text } from "../core/texts.js";
import { linkToForms } from "./form-link.js";

/** Milliseconds that a number waits for the phone to be connected. */
const patience = 60000;
/** Milliseconds between two looks at what is in front. */
const watchDelay = 2000;
/** Milliseconds that a call waits for the record's name. */
const nameDelay = 2000;

/**
 * @typedef {import("../core/form-messages.js").FormMessage} FormMessage
 * @typedef {import("../core/messages.js").Kind} Kind
 * @typedef {import("../core/messages.js").Payload} Payload
 * @typedef {(kind: Kind, payload: Payload) => void} Post
 *
 * @param {{
 *   settings: import("../core/settings.js").Settings,
 *   xrm: import("./xrm.js").Dynamics,
 *   view: Pick<ReturnType<typeof import("./view.js").createView>, "showNumbers">,
 *   log: (line: string) => void,
 *   tell: import("./telling.js").Tell,
 *   now: () => number,
 *   linkForms?: typeof linkToForms | undefined,
 *   scope?: Pick<Window, "setInterval" | "clearInterval" | "setTimeout">,
 * }} options
 */
export function startDialling({ settings, xrm, view, log, tell, now, linkForms = linkToForms, scope = window }) {
  const { countries, tables } = settings.screenPop;
  // Once only: nobody who wants to dial waits until a name can be read.
  const { read } = createLookup({ settings: settings.screenPop, retrieve: xrm.retrieve, log });
  const dialled = createDialled({ now });
  /** @type {Post} */
  let post = () => {};
  /** @type {{ numbers: string[], dial: (number: string) => void }} */
  const nothing = { numbers: [], dial: () => {} };
  let shown = nothing;
  let front = "";
  let isConnected = false;
  /** @type {{ order: Payload, until: number } | null} */
  let waiting = null;
  /** @param {string} problem */
  const show = (problem) => view.showNumbers({ ...shown, problem });

  /** @param {FormMessage} form @param {{ dials: boolean }} how */
  function onForm(form, { dials }) {
    const numbers = form.numbers.map(({ number }) => number).filter((number, at, all) => all.indexOf(number) === at);
    const dial = (/** @type {string} */ number) => place(form, number, "pane");
    shown = { numbers, dial };
    front = keyOf(form);
    const [only] = numbers;
    if (!dials) show("");
    else if (only && numbers.length === 1) place(form, only, "command");
    else {
      show(numbers.length === 0 ? text("no-number-here") : "");
      xrm.reveal();
    }
  }

  /** @param {FormMessage} form @param {string} number @param {"pane" | "command"} source */
  async function place({ table, id }, number, source) {
    const found = dialable(number, countries);
    tell("dial", { source, result: "refusal" in found ? found.refusal : "placed" });
    if ("refusal" in found) {
      show(text(found.refusal, { number }));
      xrm.reveal();
      return;
    }
    show("");
    log("dial " + maskNumber(found.number));
    const record = id ? { table, id, name: await nameOf(table, id) } : null;
    if (record) dialled.add(found.number, record);
    const order = { number: found.number, record };
    if (isConnected) {
      post("dial", order);
      return;
    }
    waiting = { order, until: now() + patience };
    show(text("dial-waits"));
    xrm.reveal();
  }

  /** @param {string} table @param {string} id */
  async function nameOf(table, id) {
    // A name that cannot be read, or not soon, costs the association its name, not the call.
    const late = new Promise((resolve) => scope.setTimeout(resolve, nameDelay, []));
    const [found] = await Promise.race([read([{ table, id }]), late]).catch((/** @type {unknown} */ error) => {
      log("name: " + messageOf(error));
      return [];
    });
    return found ? found.name : table;
  }

  const columns = Object.assign({}, ...tables.map((one) => ({ [one.table]: one.columns })));
  const forms = linkForms({ columns, onForm, now });
  // Dynamics tells no page that another one is in front.
  const watch = scope.setInterval(() => {
    if (shown === nothing || keyOf(xrm.frontRecord()) === front) return;
    shown = nothing;
    show("");
  }, watchDelay);
  return {
    /** @param {Post} send */
    start(send) {
      post = send;
    },
    /** @param {boolean} connected whether the phone can dial; what waits is dialled then, if it is not too late */
    setConnected(connected) {
      isConnected = connected;
      if (!connected || !waiting) return;
      show("");
      if (now() < waiting.until) post("dial", waiting.order);
      waiting = null;
    },
    recordOf: dialled.recordOf,
    /**
     * Place what another tab has asked for.
     *
     * @param {import("./tabs.js").Order} order
     */
    relay(order) {
      if (order.record) dialled.add(order.number, order.record);
      log("dial " + maskNumber(order.number));
      post("dial", order);
    },
    /** Whether the agent has unsaved changes in the form in front. */
    async isDirty() {
      const record = xrm.frontRecord();
      return record !== null && forms.isDirty({ isKnown: keyOf(record) === front });
    },
    /** @param {string} table @param {{ [column: string]: string }} values */
    async openNew(table, values) {
      forms.handOver(table, values);
      try {
        await xrm.openNew(table);
      } catch (error) {
        // The next new form is another one, which the agent opens by hand.
        forms.handOver("", {});
        throw error;
      }
    },
    /** @param {string} reason why the client did not dial */
    refused: (reason) => show(text("failed", { reason })),
    stop() {
      scope.clearInterval(watch);
      forms.close();
    },
  };
}

/** @param {{ table: string, id: string } | null} record */
function keyOf(record) {
  return record ? record.table + " " + record.id : "";
}
