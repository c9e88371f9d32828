// @ts-check
/** The phone itself: its interactions and the events they raise; knows no page. */

import { complete, connect, createInteraction, disconnect, hold } from "./interaction-factory.js";

/** @typedef {import("./interaction-factory.js").Interaction} Interaction */
/** @typedef {Omit<import("./interaction-factory.js").Ring, "id" | "now">} Call */
/**
 * @typedef {object} PhoneEvents what the Genesys client does with an event
 * @property {(type: string, category: string, data: unknown) => void} emit to PureCloud's subscribers
 * @property {(interaction: Interaction) => void} screenPop inbound and alerting alone
 * @property {(eventName: string, interaction: Interaction) => void} callLog
 * @property {() => void} changed something to draw
 */
/** @typedef {Pick<Storage, "getItem" | "setItem">} Store */

const KEY = "d365pop-softphone";

/** A phone whose interactions outlive a reload of its page. */
export class Phone {
  /** @param {{ events: PhoneEvents, store: Store, now: () => string, newId: () => string }} options */
  constructor({ events, store, now, newId }) {
    this.events = events;
    this.store = store;
    this.now = now;
    this.newId = newId;
    /** @type {Map<string, Interaction>} */
    this.interactions = new Map();
    /** @type {Set<string>} interactions whose microphone is off: the interaction has no field for it */
    this.muted = new Set();
    this.status = "ON_QUEUE";
  }

  /** Take up what the page knew before its reload; live interactions are added anew, as they are. */
  restore() {
    /** @type {Interaction[]} */
    const kept = JSON.parse(this.store.getItem(KEY) ?? "[]");
    for (const interaction of kept) {
      this.interactions.set(interaction.id, interaction);
      this.#announce(interaction);
    }
    this.events.changed();
  }

  /**
   * @param {Call} call
   * @returns {Interaction}
   */
  ring(call) {
    const interaction = createInteraction({ ...call, id: this.newId(), now: this.now() });
    this.#keep(interaction);
    this.#announce(interaction);
    return interaction;
  }

  /** @param {string} id */
  answer(id) {
    const before = this.#get(id);
    if (before.isConnected || before.isDisconnected) return;
    const after = this.#change(before, connect(before, this.now()));
    this.events.emit("Interaction", "connect", after);
  }

  /** @param {string} id */
  toggleHold(id) {
    const before = this.#get(id);
    if (before.isConnected) this.#change(before, hold(before, before.state !== "HELD"));
  }

  /** @param {string} id */
  toggleMute(id) {
    if (!this.muted.delete(id)) this.muted.add(this.#get(id).id);
    this.events.changed();
  }

  /** @param {string} id */
  end(id) {
    const before = this.#get(id);
    if (before.isDisconnected) return;
    const after = disconnect(before, this.now());
    this.#keep(after);
    this.events.emit("Interaction", "disconnect", after);
    this.events.callLog("interactionDisconnected", after);
    // Who was never spoken with leaves no after-call work.
    if (!before.isConnected) this.#forget(id);
  }

  /**
   * @param {string} id
   * @param {string} disposition
   */
  wrapUp(id, disposition) {
    const after = complete(this.#get(id), disposition);
    this.events.emit("Interaction", "acw", after);
    this.events.callLog("interactionACWCompleted", after);
    this.#forget(id);
  }

  /**
   * @param {string} id
   * @param {"blindTransfer" | "consultTransfer"} category
   */
  transfer(id, category) {
    this.#get(id);
    this.events.emit("Interaction", category, id);
    if (category === "blindTransfer") this.end(id);
  }

  /**
   * @param {string} id
   * @param {Record<string, string>} attributes
   */
  addAttributes(id, attributes) {
    const before = this.#get(id);
    this.#change(before, { ...before, attributes: { ...before.attributes, ...attributes } });
  }

  /** @param {string} id */
  select(id) {
    this.events.emit("Notification", "interactionSelection", { interactionId: this.#get(id).id });
  }

  /** @param {string} status */
  setStatus(status) {
    const wasOnQueue = this.status === "ON_QUEUE";
    this.status = status;
    this.events.emit("UserAction", "status", { status, sub_status: status });
    if (wasOnQueue !== (status === "ON_QUEUE")) {
      this.events.emit("UserAction", "routingStatus", status === "ON_QUEUE" ? "IDLE" : "OFF_QUEUE");
    }
    this.events.changed();
  }

  /** @param {Interaction} interaction */
  #announce(interaction) {
    this.events.emit("Interaction", "add", interaction);
    if (interaction.direction === "Inbound" && interaction.state === "ALERTING") {
      this.events.screenPop(interaction);
    }
  }

  /**
   * @param {Interaction} before
   * @param {Interaction} after
   */
  #change(before, after) {
    this.#keep(after);
    this.events.emit("Interaction", "change", { old: before, new: after });
    this.events.callLog("interactionChanged", after);
    return after;
  }

  /** @param {string} id */
  #get(id) {
    const interaction = this.interactions.get(id);
    if (!interaction) throw new Error(`This phone has no interaction "${id}"`);
    return interaction;
  }

  /** @param {Interaction} interaction */
  #keep(interaction) {
    this.interactions.set(interaction.id, interaction);
    this.#store();
  }

  /** @param {string} id */
  #forget(id) {
    this.interactions.delete(id);
    this.muted.delete(id);
    this.#store();
  }

  #store() {
    this.store.setItem(KEY, JSON.stringify([...this.interactions.values()]));
    this.events.changed();
  }
}
