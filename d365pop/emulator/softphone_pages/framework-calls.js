// @ts-check
/** Everything that the Genesys client calls on `window.Framework`. */

/** @typedef {import("./interaction-factory.js").Interaction} Interaction */
/** @typedef {{ name: string, phone?: { number: string, label: string }[] }} FoundContact */
/**
 * @typedef {object} FrameworkConfig
 * @property {string} name
 * @property {Record<string, string>} clientIds
 * @property {string[]} customInteractionAttributes
 * @property {Record<string, unknown>} settings
 */
/**
 * @typedef {object} Framework
 * @property {FrameworkConfig} config
 * @property {() => void} initialSetup
 * @property {(searchString: string, interaction: Interaction) => void} [screenPop]
 * @property {(callLog: object, interaction: Interaction, eventName: string, onSuccess: (saved: { id: string }) => void, onFailure: (reason: unknown) => void) => void} [processCallLog]
 * @property {(callLog: object, interaction: Interaction) => void} [openCallLog]
 * @property {(searchString: string, onSuccess: (found: FoundContact[]) => void, onFailure: (reason: unknown) => void) => void} [contactSearch]
 */

/**
 * @param {object} options
 * @param {object} options.scope the window that framework.js runs in
 * @param {(problem: string) => void} options.report
 */
export function createFrameworkCalls({ scope, report }) {
  /** @type {Map<string, string>} id of the saved call log by interaction */
  const callLogs = new Map();

  /** @returns {Framework} */
  const framework = () => {
    const found = /** @type {{ Framework?: Partial<Framework> }} */ (scope).Framework;
    if (!found?.config || typeof found.initialSetup !== "function") {
      throw new Error("framework.js sets no window.Framework with config and initialSetup");
    }
    return /** @type {Framework} */ (found);
  };
  const settings = () => framework().config.settings ?? {};
  const logsCalls = () => settings().enableCallLogs === true;
  /** @param {Interaction} interaction */
  const callLogOf = ({ id, remoteName, attributes }) => ({
    id: callLogs.get(id),
    notes: "",
    attributes,
    selectedContact: { text: remoteName },
  });

  return {
    logsCalls,
    initialSetup: () => framework().initialSetup(),

    /** @returns {FrameworkConfig} */
    config: () => {
      const { clientIds, customInteractionAttributes = [], name } = framework().config;
      return { name, clientIds, customInteractionAttributes, settings: settings() };
    },

    // ASSUMED: the search string is the address that the client displays.
    /** @param {Interaction} interaction */
    screenPop: (interaction) =>
      framework().screenPop?.(interaction.displayAddress, structuredClone(interaction)),

    /**
     * @param {string} eventName
     * @param {Interaction} interaction
     */
    callLog: (eventName, interaction) => {
      if (!logsCalls()) return;
      framework().processCallLog?.(
        callLogOf(interaction),
        structuredClone(interaction),
        eventName,
        ({ id }) => callLogs.set(interaction.id, id),
        (reason) => report(`processCallLog failed: ${reason}`),
      );
    },

    /** @param {Interaction} interaction */
    openCallLog: (interaction) =>
      framework().openCallLog?.(callLogOf(interaction), structuredClone(interaction)),

    searchesContacts: () => {
      const targets = settings().searchTargets;
      // The case of the word varies in the published samples.
      return Array.isArray(targets) && targets.some((target) => String(target).toLowerCase() === "frameworkcontacts");
    },

    /**
     * @param {string} searchString
     * @returns {Promise<FoundContact[]>}
     */
    searchContacts: (searchString) =>
      new Promise((resolve, reject) => {
        const { contactSearch } = framework();
        if (contactSearch) contactSearch(searchString, resolve, reject);
        else resolve([]);
      }),

    /**
     * @param {Document} document
     * @param {string} src
     * @returns {Promise<void>}
     */
    load: (document, src) =>
      new Promise((resolve, reject) => {
        const script = document.createElement("script");
        script.addEventListener("load", () => resolve());
        script.addEventListener("error", () => reject(new Error(`${src} could not be loaded`)));
        script.src = src;
        document.head.append(script);
      }),
  };
}
