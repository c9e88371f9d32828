// @ts-check
/** The page of the simulator: draws the phone, loads framework.js and calls it as Genesys does. */

import { drawInteraction, element, fill } from "./drawing.js";
import { createFrameworkCalls } from "./framework-calls.js";
import { Phone } from "./phone.js";
import { createPureCloud, STATUSES, Subscribers } from "./pure-cloud.js";

/** @typedef {import("./interaction-factory.js").Medium} Medium */

const place = {
  attributes: byId("attributes", HTMLDivElement),
  contacts: byId("contacts", HTMLUListElement),
  contactQuery: byId("contact-query", HTMLInputElement),
  contactSearch: byId("contact-search", HTMLElement),
  empty: byId("empty", HTMLElement),
  events: byId("events", HTMLOListElement),
  form: byId("simulate", HTMLFormElement),
  interactions: byId("interactions", HTMLUListElement),
  log: byId("log", HTMLDetailsElement),
  name: byId("name", HTMLElement),
  notice: byId("notice", HTMLElement),
  number: byId("number", HTMLInputElement),
  problem: byId("problem", HTMLElement),
  signIn: byId("sign-in", HTMLButtonElement),
  status: byId("status", HTMLSelectElement),
  statusMark: byId("status-mark", HTMLElement),
};

const SIGNED_OUT = "d365pop-softphone-signed-out";

/**
 * @template {HTMLElement} T
 * @param {string} id
 * @param {new () => T} type
 * @returns {T}
 */
function byId(id, type) {
  const found = document.getElementById(id);
  if (!(found instanceof type)) throw new Error(`The page has no ${id}`);
  return found;
}

/** @param {string} line */
function log(line) {
  place.events.prepend(element("li", {}, line));
}

/** @param {string} problem */
function report(problem) {
  console.error(problem);
  log(problem);
  fill(place.problem, problem);
}

const framework = createFrameworkCalls({ scope: window, report });
const subscribers = new Subscribers();
const phone = new Phone({
  store: sessionStorage,
  now: () => new Date().toISOString(),
  newId: () => crypto.randomUUID(),
  events: {
    emit: (type, category, data) => {
      log(`${type} ${category}`);
      subscribers.emit(type, category, data);
    },
    screenPop: (interaction) => {
      log("screenPop");
      framework.screenPop(interaction);
    },
    callLog: (eventName, interaction) => framework.callLog(eventName, interaction),
    changed: () => draw(),
  },
});

function draw() {
  place.empty.hidden = phone.interactions.size > 0;
  place.interactions.replaceChildren(
    ...[...phone.interactions.values()].map((interaction) =>
      drawInteraction(interaction, {
        phone,
        muted: phone.muted.has(interaction.id),
        openCallLog: framework.logsCalls() ? () => framework.openCallLog(interaction) : undefined,
      }),
    ),
  );
  place.status.value = phone.status;
  place.statusMark.dataset.status = phone.status;
}

/** @returns {Record<string, string>} what was typed for the attributes that the framework asks for */
function typedAttributes() {
  const typed = [...place.attributes.querySelectorAll("input")].map(({ name, value }) => [name, value.trim()]);
  return Object.fromEntries(typed.filter(([, value]) => value !== ""));
}

/**
 * @param {string} number
 * @param {boolean} autoPlace
 */
function dial(number, autoPlace) {
  place.number.value = number;
  if (autoPlace) {
    phone.ring({ address: number, name: "", direction: "Outbound", medium: "call" });
  }
}

function connectControls() {
  place.status.append(...STATUSES.map((status) => element("option", { value: status }, words(status))));
  place.status.addEventListener("change", () => phone.setStatus(place.status.value));
  place.form.addEventListener("submit", (event) => {
    event.preventDefault();
    const data = new FormData(place.form);
    phone.ring({
      address: String(data.get("number")).trim(),
      name: String(data.get("caller")).trim(),
      direction: data.get("direction") === "Outbound" ? "Outbound" : "Inbound",
      medium: /** @type {Medium} */ (data.get("medium")),
      attributes: typedAttributes(),
    });
  });
  place.signIn.addEventListener("click", () => setSignedIn(!isSignedIn()));
  place.log.addEventListener("toggle", () => {
    if (place.log.open) place.log.scrollIntoView({ block: "nearest" });
  });
  place.contactQuery.addEventListener("change", async () => {
    const contacts = await framework.searchContacts(place.contactQuery.value);
    place.contacts.replaceChildren(
      ...contacts.map(({ name, phone: numbers = [] }) =>
        element("li", {}, `${name} ${numbers.map(({ number }) => number).join(", ")}`),
      ),
    );
  });
}

const isSignedIn = () => sessionStorage.getItem(SIGNED_OUT) === null;
let isStarted = false;

/** @param {boolean} signedIn */
function setSignedIn(signedIn) {
  if (signedIn) sessionStorage.removeItem(SIGNED_OUT);
  else sessionStorage.setItem(SIGNED_OUT, "true");
  begin();
  log(`UserAction ${signedIn ? "login" : "logout"}`);
  subscribers.emit("UserAction", signedIn ? "login" : "logout", undefined);
}

/** ASSUMED: the client calls initialSetup once somebody has signed in. */
function begin() {
  const signedIn = isSignedIn();
  place.signIn.textContent = signedIn ? "Sign out" : "Sign in";
  if (!signedIn || isStarted) return;
  isStarted = true;
  framework.initialSetup();
  phone.restore();
}

/** @param {string} status */
function words(status) {
  const text = status.toLowerCase().replace("_", " ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/**
 * @param {string} attribute
 * @returns {string} what a person calls it; Genesys itself shows the names as they are
 */
function attributeLabel(attribute) {
  return { d365_record_table: "Record table", d365_record_id: "Record id" }[attribute] ?? attribute;
}

/** Framework.config decides what the client shows. */
function applyConfig() {
  const { customInteractionAttributes, name } = framework.config();
  place.name.textContent = name;
  place.contactSearch.hidden = !framework.searchesContacts();
  for (const attribute of customInteractionAttributes) {
    const id = `attribute-${attribute}`;
    place.attributes.append(
      element("label", { for: id }, attributeLabel(attribute)),
      element("input", { id, name: attribute }),
    );
  }
}

async function start() {
  window.addEventListener("error", ({ message }) => report(message));
  window.addEventListener("unhandledrejection", ({ reason }) => report(String(reason)));
  connectControls();
  const pureCloud = createPureCloud(subscribers, {
    phone,
    log,
    report,
    dial,
    settings: () => framework.config().settings,
    notify: (message) => fill(place.notice, message),
    showView: (view) => log(`View: ${view}`),
    authToken: new URLSearchParams(location.search).get("enableFrameworkClientId") === "true",
  });
  Object.assign(window, { PureCloud: pureCloud });
  await framework.load(document, "/framework.js");
  applyConfig();
  begin();
}

start().catch((error) => report(error instanceof Error ? error.message : String(error)));
