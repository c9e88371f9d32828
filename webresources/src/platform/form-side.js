// @ts-check
/**
 * The form's side of the channel: says what is in front of the agent, and fills a new row once.
 *
 * It listens to the page in the pane of the same tab, and to nothing else.
 */

import { channelName } from "../core/form-messages.js";
import { topOf } from "./xrm.js";

/**
 * @typedef {Pick<Xrm.FormContext, "data" | "ui" | "getAttribute">} Form
 * @typedef {{ BroadcastChannel: typeof BroadcastChannel, crypto: Pick<Crypto, "getRandomValues"> }} Scope
 */

const createType = 1;
/** Milliseconds that a command waits for a pane that has still to open. */
const dialTime = 30000;

/** Return what a form script tells of its form: `loaded` when it opens, `dial` for a command. */
export function createFormSide(/** @type {Scope} */ scope = window) {
  /** @type {Form | null} */
  let form = null;
  /** @type {BroadcastChannel | null} */
  let channel = null;
  let isFresh = false;
  /** When a command wanted to dial, until the page has heard of it. */
  let wanted = -Infinity;

  function open() {
    if (channel) return channel;
    channel = new scope.BroadcastChannel(channelName(tabOf(scope)));
    channel.onmessage = ({ data }) => {
      if (!form || !data) return;
      if (data.kind === "ask") say("answer", data.columns || {});
      else if (data.kind === "fill") fill(data);
    };
    return channel;
  }

  /** @param {import("../core/form-messages.js").FormMessage["event"]} event @param {{ [table: string]: string[] }} columns */
  function say(event, columns) {
    if (!form) return;
    const { entity } = form.data;
    const table = entity.getEntityName();
    const numbers = (columns[table] || []).map((column) => ({ column, number: textOf(form, column) }));
    open().postMessage({
      kind: "form",
      event,
      table,
      id: entity.getId().replace(/[{}]/g, "").toLowerCase(),
      isNew: isFresh,
      isDirty: entity.getIsDirty(),
      dials: event === "answer" && Date.now() - wanted < dialTime,
      numbers: numbers.filter(({ number }) => number),
    });
    if (event === "answer") wanted = -Infinity;
  }

  /** @param {{ table: string, values: { [column: string]: string } }} order */
  function fill({ table, values }) {
    if (!form || !isFresh || form.data.entity.getEntityName() !== table) return;
    isFresh = false;
    Object.keys(values).forEach((column) => {
      const attribute = form && form.getAttribute(column);
      if (attribute && !attribute.getValue()) attribute.setValue(values[column] || null);
    });
  }

  return {
    /** @param {Form} opened */
    loaded(opened) {
      form = opened;
      isFresh = opened.ui.getFormType() === createType;
      say("loaded", {});
    },
    /** @param {Form} opened */
    dial(opened) {
      form = opened;
      wanted = Date.now();
      say("dial", {});
    },
  };
}

/**
 * Return the name of this tab, made by whoever asks first. It stands on the tab's own window: a
 * storage would be copied into a tab that is opened out of this one.
 *
 * @param {Pick<Scope, "crypto">} scope
 */
export function tabOf(scope) {
  const top = /** @type {{ d365popTab?: string }} */ (topOf(/** @type {{ parent?: unknown }} */ (scope)));
  const known = top.d365popTab;
  if (known) return known;
  const tab = `${scope.crypto.getRandomValues(new Uint32Array(4))}`;
  top.d365popTab = tab;
  return tab;
}

/** @param {Form | null} form @param {string} column */
function textOf(form, column) {
  const attribute = form && form.getAttribute(column);
  const value = attribute && attribute.getValue();
  return typeof value === "string" ? value : "";
}
