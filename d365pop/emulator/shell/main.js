// @ts-check
/** Starts the shell: session, frame, history; hands pages to those who draw them. */

import { formatAddress, webResourceAddress } from "./address.js";
import { CifHost, findProvider } from "./cif-host.js";
import { createFrame } from "./frame.js";
import { createLibraryLoader } from "./handlers.js";
import { h } from "./dom.js";
import { createGlobalNotifications } from "./notifications.js";
import {
  createPublicationCount, createPublicationWatch, createReloadOffer, INTERVAL,
} from "./publications.js";
import { Router } from "./router.js";
import { createSidePanes } from "./side-panes.js";
import { createTransport, createWebApi } from "./web-api.js";
import { createXrm } from "./xrm.js";

const API = `${location.origin}/api/data/v9.2/`;
/** A user's settings say the language; here the browser's own stands for them. */
const LANGUAGES = new Map([["de", 1031], ["en", 1033], ["es", 3082], ["fr", 1036], ["it", 1040], ["nl", 1043]]);
const ENGLISH = 1033;
const VERSION = "9.2.0.0";

/**
 * @param {import("./web-api.js").Send} send
 * @param {import("./web-api.js").WebApi} webApi
 * @returns {Promise<import("./xrm.js").Session>}
 */
async function readSession(send, webApi) {
  const who = await (await send("GET", "WhoAmI")).json();
  const user = await webApi.retrieveRecord("systemuser", who.UserId, "?$select=fullname");
  return {
    userId: who.UserId,
    userName: user.fullname,
    languageId: LANGUAGES.get(navigator.language.slice(0, 2)) ?? ENGLISH,
    organizationId: who.OrganizationId,
    uniqueName: "local",
  };
}

/**
 * @param {string} name
 * @returns {Promise<void>}
 */
function loadClassicScript(name) {
  return new Promise((resolve, reject) => {
    const script = h("script", {
      src: webResourceAddress(name),
      onload: () => resolve(),
      onerror: () => reject(new Error(`the web resource ${name} could not be loaded`)),
    });
    document.head.append(script);
  });
}

/** @param {() => Promise<void>} look whether something was published; asked while somebody looks */
function watchPublications(look) {
  const lookWhenSeen = () => void (document.hidden || look());
  setInterval(lookWhenSeen, INTERVAL);
  document.addEventListener("visibilitychange", lookWhenSeen);
}

async function start() {
  const look = createPublicationWatch({
    count: createPublicationCount((path) => fetch(path)),
    changed: () => void offerReload(),
  });
  // Before anything published is read: what comes later is newer.
  await look();
  const send = createTransport({ baseUrl: API, fetch: window.fetch.bind(window) });
  const webApi = createWebApi(send);
  const session = await readSession(send, webApi);
  const frame = createFrame(/** @type {HTMLElement} */ (document.getElementById("app")), session.userName);
  const sidePanes = createSidePanes({ rail: frame.rail, host: frame.panes });
  const notifications = createGlobalNotifications(frame.notifications);
  const router = new Router({
    frame,
    services: {
      webApi,
      send,
      languageId: session.languageId,
      loadLibraries: createLibraryLoader({ load: loadClassicScript }),
      globalContext: () => xrm.Utility.getGlobalContext(),
      onSaved: (page) => router.saved(page),
    },
  });
  const xrm = createXrm(
    {
      origin: location.origin,
      version: VERSION,
      session,
      page: () => router.page,
      go: (page) => router.go(page),
      openWindow: (page) => void window.open(formatAddress(page), "_blank", "noopener"),
    },
    { App: { ...notifications, sidePanes }, WebApi: webApi },
  );
  const offerReload = createReloadOffer(notifications, () => void router.reload());
  Object.assign(window, { Xrm: xrm });
  watchPublications(look);
  // Who may not read providers has no panel, as on the platform.
  const provider = await findProvider(webApi).catch(() => undefined);
  if (provider) {
    const app = /** @type {HTMLElement} */ (document.getElementById("app"));
    const host = new CifHost(provider, { webApi, xrm, session, app, go: (page) => router.go(page) });
    const { show } = frame;
    frame.show = (page, shown) => {
      show(page, shown);
      host.navigated(page);
    };
  }
  await router.start();
}

start().catch((error) => {
  console.error("The shell could not start:", error);
  const message = h("p", { role: "alert" }, `The shell could not start: ${error.message}. Load the page again.`);
  document.getElementById("app")?.replaceChildren(message);
});
