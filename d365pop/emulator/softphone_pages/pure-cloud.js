// @ts-check
/**
 * `window.PureCloud`, what a framework.js may call. A name that Genesys does not have is reported,
 * so that nobody builds upon it here and is let down there.
 */

/** @typedef {{ type: string, categories?: string[], callback: (category: string, data: unknown) => void }} Subscription */
/**
 * @typedef {object} PureCloudOptions
 * @property {import("./phone.js").Phone} phone
 * @property {(line: string) => void} log
 * @property {(problem: string) => void} report
 * @property {(view: string) => void} showView
 * @property {(message: string, type: string) => void} notify
 * @property {(number: string, autoPlace: boolean) => void} dial
 * @property {() => Record<string, unknown>} settings of the framework
 * @property {boolean} authToken whether the page's address asks for `getAuthToken`
 */

export const TYPES = ["Interaction", "UserAction", "Notification"];
export const STATUSES = ["AVAILABLE", "ON_QUEUE", "BUSY", "AWAY", "BREAK", "MEAL", "MEETING", "TRAINING", "OFFLINE"];
const VIEWS = ["interactionList", "calllog", "newInteraction", "callback", "settings"];
const SECURE_PAUSE = "securePause";

/** Passes events on to those who subscribed to their type and category. */
export class Subscribers {
  /** @type {Subscription[]} */
  #subscriptions = [];

  /** @param {Subscription[]} subscriptions */
  add(subscriptions) {
    if (!Array.isArray(subscriptions)) throw new TypeError("PureCloud.subscribe wants an array");
    for (const subscription of subscriptions) {
      if (!TYPES.includes(subscription.type)) {
        throw new Error(`There are no events of the type "${subscription.type}"`);
      }
      if (typeof subscription.callback !== "function") {
        throw new TypeError(`The subscription to ${subscription.type} has no callback`);
      }
    }
    this.#subscriptions.push(...subscriptions);
  }

  /**
   * @param {string} type
   * @param {string} category
   * @param {unknown} data
   */
  emit(type, category, data) {
    for (const { callback, categories, type: wanted } of this.#subscriptions) {
      if (wanted === type && (!categories || categories.includes(category))) {
        // A copy: what a subscriber does to its interaction must not reach the phone's.
        callback(category, structuredClone(data));
      }
    }
  }
}

/**
 * @param {Subscribers} subscribers
 * @param {PureCloudOptions} options
 */
export function createPureCloud(subscribers, options) {
  const { phone, log, report, settings } = options;
  const api = {
    /** @param {Subscription[]} subscriptions */
    subscribe: (subscriptions) => subscribers.add(subscriptions),
    /** @param {{ number: string, autoPlace?: boolean }} call */
    clickToDial: ({ number, autoPlace = false }) => options.dial(number, autoPlace),
    /** @param {{ type: string, id: string, text: string, select?: boolean }} association */
    addAssociation: ({ type, id, text }) => log(`Association: ${type} ${id} ${text}`),
    /** @param {{ interactionId: string, attributes: Record<string, string> }} change */
    addCustomAttributes: ({ interactionId, attributes }) => phone.addAttributes(interactionId, attributes),
    /** @param {{ name: string, attributes: Record<string, string> }} context */
    addTransferContext: ({ name, attributes }) => {
      if (settings().enableTransferContext !== true) {
        throw new Error("addTransferContext needs the setting enableTransferContext");
      }
      log(`Transfer context: ${name} ${JSON.stringify(attributes)}`);
    },
    User: createUser(options),
    Interaction: createInteractionApi(options),
  };
  return strict(api, "PureCloud", report);
}

/** @param {PureCloudOptions} options */
function createUser({ phone, log, notify, report, showView, authToken }) {
  const user = {
    /** @param {{ id: string }} status */
    updateStatus: ({ id }) => phone.setStatus(known(STATUSES, id, "status")),
    /** @param {{ type: string, view: { name: string } }} change */
    setView: ({ view }) => showView(known(VIEWS, view.name, "view")),
    Notification: strict(
      {
        /** @param {{ message: string, type?: string }} notification */
        notifyUser: ({ message, type = "info" }) => notify(message, type),
        /** @param {Record<string, boolean>} sounds */
        setAudioConfiguration: (sounds) => log(`Sounds: ${JSON.stringify(sounds)}`),
      },
      "PureCloud.User.Notification",
      report,
    ),
  };
  /** @param {(token: string) => void} callback */
  const getAuthToken = (callback) => callback("local-simulator-token");
  return strict(authToken ? { ...user, getAuthToken } : user, "PureCloud.User", report);
}

/** @param {PureCloudOptions} options */
function createInteractionApi({ phone, log, report }) {
  return strict(
    {
      /** @param {{ action: string, id: string }} change */
      updateState: ({ action, id }) => {
        switch (action) {
          case "pickup":
            return phone.answer(id);
          case "disconnect":
            return phone.end(id);
          case "hold":
            return phone.toggleHold(id);
          case "mute":
            return phone.toggleMute(id);
          case "blindTransfer":
          case "consultTransfer":
            return phone.transfer(id, action);
          case SECURE_PAUSE:
            return log(`Secure pause: ${id}`);
          default:
            throw new Error(`Interactions have no action "${action}"`);
        }
      },
    },
    "PureCloud.Interaction",
    report,
  );
}

/**
 * @param {string[]} values
 * @param {string} value
 * @param {string} what
 */
function known(values, value, what) {
  if (!values.includes(value)) throw new Error(`Genesys has no ${what} "${value}"`);
  return value;
}

/**
 * @template {object} T
 * @param {T} api
 * @param {string} name
 * @param {(problem: string) => void} report
 * @returns {T} the same, but reading a name that it lacks is reported
 */
function strict(api, name, report) {
  return new Proxy(api, {
    get(target, key, receiver) {
      if (typeof key === "string" && !(key in target)) {
        report(`${name}.${key} is not part of the Embeddable Framework`);
      }
      return Reflect.get(target, key, receiver);
    },
  });
}
