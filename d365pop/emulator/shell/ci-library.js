// @ts-check
/**
 * Microsoft.CIFramework as a page in the panel finds it, for the local shell; written from the
 * documented functions and from how the platform's library talks to the app around it.
 */
(() => {
  const script = /** @type {HTMLScriptElement} */ (document.querySelector("[data-cifid='CIFMainLibrary']"));
  const host = new URL(script.dataset.crmurl ?? "", location.href);
  const PATIENCE = 10_000;
  const UNHURRIED = ["openform", "notifyEvent", "createSession"];
  /** @type {Map<string, { resolve: (value: unknown) => void, reject: (reason: unknown) => void }>} */
  const waiting = new Map();
  /** @type {Map<string, Set<(payload: string) => Promise<unknown>>>} */
  const handlers = new Map();

  /**
   * @param {string} messageType
   * @param {Record<string, unknown>} data
   * @returns {Promise<any>}
   */
  function send(messageType, data) {
    const messageCorrelationId = crypto.randomUUID();
    return new Promise((resolve, reject) => {
      waiting.set(messageCorrelationId, { resolve, reject });
      if (!UNHURRIED.includes(messageType)) {
        setTimeout(() => {
          waiting.delete(messageCorrelationId);
          reject(JSON.stringify({ message: "Timeout occurred as no response was received", msdyn_name: "Timeout" }));
        }, PATIENCE);
      }
      const message = { messageType, messageData: new Map(Object.entries(data)), messageCorrelationId };
      window.top?.postMessage(message, host.origin);
    });
  }

  window.addEventListener("message", ({ source, origin, data }) => {
    if (source !== window.top || new URL(origin).host !== host.host || !data?.messageType) return;
    if (data.messageType === "CIF_Response") {
      const asked = waiting.get(data.messageCorrelationId);
      waiting.delete(data.messageCorrelationId);
      if (data.messageOutcome === "success") asked?.resolve(data.messageData.get("result"));
      else asked?.reject(data.messageData.get("error"));
      return;
    }
    handlers.get(data.messageType)?.forEach((handler) => void handler(data.messageData.get("payload")));
  });

  Object.assign(window, {
    Microsoft: {
      CIFramework: {
        /** @param {string} event @param {(payload: string) => Promise<unknown>} handler */
        addHandler(event, handler) {
          handlers.set(event, (handlers.get(event) ?? new Set()).add(handler));
          void send("addGenericHandler", { eventType: event }).catch(() => undefined);
        },
        /** @param {string} event @param {(payload: string) => Promise<unknown>} handler */
        removeHandler(event, handler) {
          handlers.get(event)?.delete(handler);
        },
        /** @param {string} options @param {string} [parameters] */
        openForm: (options, parameters = "{}") => send("openform", { entityFormOptions: options, entityFormParameters: parameters }),
        /** @param {string} entityLogicalName @param {string} queryParameters @param {boolean} searchOnly */
        searchAndOpenRecords: (entityLogicalName, queryParameters, searchOnly) =>
          send(searchOnly ? "search" : "searchandopenrecords", { entityLogicalName, queryParameters }),
        /** @param {boolean} value */
        setClickToAct: (value) => send("setclicktoact", { value }),
        getClickToAct: () => send("getclicktoact", {}),
        /** @param {number} value */
        setMode: (value) => send("setmode", { value }),
        getMode: () => send("getmode", {}),
        /** @param {number} value */
        setWidth: (value) => send("setwidth", { value }),
        getEnvironment: () => send("getenvironment", {}),
        /** @param {{ templateName: string, templateParameters?: object, cancellationToken?: string }} input */
        notifyEvent: (input) => send("notifyEvent", input),
        /** @param {string} cancellationToken */
        cancelEvent: (cancellationToken) => send("cancelEvent", { cancellationToken }),
        canCreateSession: () => send("canCreateSession", {}),
        /** @param {{ templateName: string, templateParameters?: object }} input */
        createSession: (input) => send("createSession", { input }),
        getAllSessions: () => send("getAllSessions", {}),
        getFocusedSession: () => send("getFocusedSession", {}),
        /** @param {string} sessionId */
        requestFocusSession: (sessionId) => send("requestFocusSession", { sessionId }),
        // ASSUMED: the names of these two messages; the library that was read knows others.
        getPresence: () => send("getPresence", {}),
        /** @param {string} presence */
        setPresence: (presence) => send("setPresence", { presence }),
      },
    },
  });
  // As the platform does it: no handshake, so whoever listens too late never hears.
  setTimeout(() => window.dispatchEvent(new Event("CIFInitDone")), 0);
})();
