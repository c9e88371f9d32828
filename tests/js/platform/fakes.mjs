/** Small stand-ins for what a browser and Dynamics offer; they record what is done to them. */

import { readFileSync } from "node:fs";

const english = new URL("../../../webresources/texts/1033.json", import.meta.url);

/** A window that can be sent messages and whose timers run when told. */
export function fakeScope() {
  const listeners = new Set();
  const timers = new Map();
  let next = 1;
  return {
    document: fakeDocument(),
    addEventListener: (type, listener) => listeners.add(listener),
    removeEventListener: (type, listener) => listeners.delete(listener),
    setTimeout(run, delay) {
      timers.set(next, { run, delay });
      next += 1;
      return next - 1;
    },
    clearTimeout: (id) => timers.delete(id),
    listeners,
    timers,
    send: (event) => [...listeners].forEach((listener) => listener(event)),
    /** Run the timers that were set with this delay. */
    pass(delay) {
      const due = [...timers].filter(([, timer]) => timer.delay === delay);
      due.forEach(([id, timer]) => {
        timers.delete(id);
        timer.run();
      });
    },
  };
}

class FakeElement {
  constructor(tag) {
    this.tagName = tag;
    this.attributes = {};
    this.children = [];
    this.listeners = {};
    this.hidden = false;
    this.text = "";
  }
  get textContent() {
    return this.text + this.children.map((child) => child.textContent).join("");
  }
  set textContent(text) {
    this.text = text;
    this.children = [];
  }
  set innerHTML(markup) {
    throw new Error("markup was written: " + markup);
  }
  get childElementCount() {
    return this.children.length;
  }
  get firstElementChild() {
    return this.children[0] || null;
  }
  setAttribute(name, value) {
    this.attributes[name] = value;
  }
  appendChild(child) {
    child.parent = this;
    this.children.push(child);
    return child;
  }
  remove() {
    this.parent.children = this.parent.children.filter((child) => child !== this);
  }
  addEventListener(type, listener) {
    this.listeners[type] = listener;
  }
  removeEventListener(type, listener) {
    if (this.listeners[type] === listener) delete this.listeners[type];
  }
  dispatch(type) {
    if (this.listeners[type]) this.listeners[type]();
  }
}

export function fakeDocument(ids = []) {
  const parts = new Map(ids.map((id) => [id, new FakeElement("div")]));
  const listeners = {};
  return {
    body: new FakeElement("body"),
    addEventListener: (type, listener) => { listeners[type] = listener; },
    removeEventListener: (type, listener) => { if (listeners[type] === listener) delete listeners[type]; },
    report: (violation) => listeners.securitypolicyviolation && listeners.securitypolicyviolation(violation),
    createElement(tag) {
      const element = new FakeElement(tag);
      if (tag === "iframe") {
        element.posted = [];
        element.contentWindow = { postMessage: (message, origin) => element.posted.push([message, origin]) };
      }
      return element;
    },
    getElementById: (id) => parts.get(id) || null,
    querySelector: () => ({ getAttribute: () => readFileSync(english, "utf8") }),
  };
}

/** A promise that is settled by hand. */
export function deferred() {
  const handle = {};
  handle.promise = new Promise((resolve, reject) => Object.assign(handle, { resolve, reject }));
  return handle;
}

/** An Xrm whose side panes live in `panes`; what was called is in `calls`. */
export function fakeXrm({ createPane, navigate } = {}) {
  const calls = [];
  const panes = new Map();
  const record = (name, ...values) => calls.push([name, ...values]);
  return {
    calls,
    panes,
    App: {
      sidePanes: {
        getPane: (id) => panes.get(id),
        async createPane(options) {
          record("createPane", options);
          if (createPane) await createPane();
          const pane = {
            navigate: async (page) => {
              record("navigate", page);
              if (navigate) await navigate();
            },
            select: () => record("select", options.paneId),
            close: () => {
              record("close", options.paneId);
              panes.delete(options.paneId);
            },
          };
          panes.set(options.paneId, pane);
          return pane;
        },
      },
      async addGlobalNotification(notification) {
        record("addGlobalNotification", notification);
        return "notice-1";
      },
      async clearGlobalNotification(id) {
        record("clearGlobalNotification", id);
      },
    },
    Navigation: {
      openForm: async (...given) => record("openForm", ...given),
      navigateTo: async (...given) => record("navigateTo", ...given),
    },
    Utility: {},
  };
}
