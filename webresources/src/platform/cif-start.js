// @ts-check
/** Loads the framework's library from the organisation, and waits until it says that it is there. */

import { recordOf } from "./cif-answer.js";
import { createCif, docked } from "./cif.js";
import { linkClicks } from "./cif-clicks.js";
import { createHint } from "./cif-hints.js";
import { followStatus } from "./cif-presence.js";
import { createWorkspace, singleSession } from "./cif-workspace.js";
import { createWebApi } from "./web-api.js";

/**
 * @typedef {import("./cif.js").Framework} Framework
 * @typedef {Pick<Window, "addEventListener" | "removeEventListener" | "setTimeout" | "clearTimeout" | "open"> &
 *   { document: Document, location: Pick<Location, "origin" | "search">, Microsoft?: { CIFramework?: Framework } }} Scope
 * @typedef {{ sessions: boolean, notification: string, sessionTemplate: string, presence: { [status: string]: string } }} Panel
 *   what the build knows of it; see d365pop:cif
 */

/** Milliseconds that the library has to load and to say so. */
const patience = 20000;
const libraryPath = "/webresources/Widget/msdyn_ciLibrary.js";

/**
 * Return what the softphone page needs of its host. It never rejects: a page that stands outside
 * the panel shows why it cannot start, with a way to try again.
 *
 * @param {{ scope?: Scope, get?: typeof fetch, panel: Panel }} options
 */
export async function startCif({ scope = /** @type {Scope} */ (/** @type {unknown} */ (window)), get = fetch.bind(window), panel }) {
  const rows = createWebApi(get);
  try {
    const framework = await loadLibrary(scope);
    const environment = await framework.getEnvironment().then(recordOf);
    const clicks = linkClicks({ framework });
    const hint = (/** @type {string} */ key) => createHint(scope.document, key);
    const refused = hint("clicks-refused-hint");
    // Refused, it costs the clicks, not the phone.
    framework.setClickToAct(true).catch(() => refused(true));
    const workspace = panel.sessions ? startWorkspace({ framework, scope, panel, hint }) : singleSession;
    return { xrm: createCif({ framework, environment, rows, clicks, scope, workspace }), linkForms: clicks.linkForms };
  } catch (error) {
    return { xrm: brokenHost(error, rows) };
  }
}

/** @param {{ framework: Framework, scope: Scope, panel: Panel, hint: (key: string) => (shown: boolean) => void }} parts */
function startWorkspace({ framework, scope, panel, hint }) {
  // Apps with several sessions load the panel minimized, as others saw.
  framework.setMode(docked).catch(() => undefined);
  if (Object.keys(panel.presence).length > 0) {
    followStatus({ framework, presence: panel.presence, scope, showProblem: hint("presence-refused-hint") });
  }
  return createWorkspace({ framework, ...panel });
}

/** @param {Scope} scope @returns {Promise<Framework>} */
function loadLibrary(scope) {
  return new Promise((resolve, reject) => {
    const fail = (/** @type {string} */ why) => reject(new Error("The panel's library " + why));
    const silence = scope.setTimeout(() => fail("does not answer: is this page in the panel of a Dynamics 365 app?"), patience);
    // The event comes right after the script has run, with no second chance: listen first.
    scope.addEventListener("CIFInitDone", () => {
      scope.clearTimeout(silence);
      const found = scope.Microsoft && scope.Microsoft.CIFramework;
      if (found) resolve(found);
      else fail("offers no Microsoft.CIFramework");
    });
    const script = scope.document.createElement("script");
    script.onerror = () => fail("cannot be loaded: is the Channel Integration Framework installed?");
    script.setAttribute("data-crmurl", scope.location.origin);
    script.setAttribute("data-cifid", "CIFMainLibrary");
    // The organisation hands its own address in; a page of the organisation takes no other's script.
    script.src = scope.location.origin + libraryPath;
    scope.document.head.appendChild(script);
  });
}

/**
 * A host of which every question ends with the same reason.
 *
 * @param {unknown} error @param {ReturnType<typeof createWebApi>} rows
 */
function brokenHost(error, rows) {
  const refuse = () => Promise.reject(error);
  return /** @type {import("./xrm.js").Dynamics} */ ({
    ...rows, languageCode: () => 1033, readVariable: refuse, userId: () => "", openRecord: refuse, openNew: refuse, openList: refuse, notify: refuse, withdraw: () => undefined,
    frontRecord: () => null, isSignedOut: async () => false, signIn: () => undefined, reveal: () => undefined,
  });
}
