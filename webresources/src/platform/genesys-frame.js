// @ts-check
/** The Genesys client in a frame, and the only place that talks with framework.js inside it. */

import { createConnection } from "../core/connection.js";
import { foreignVersion, makeEnvelope, parseEnvelope } from "../core/messages.js";
import { text } from "../core/texts.js";
import { watchFramePolicy } from "./frame-policy.js";

/**
 * @typedef {import("../core/messages.js").Envelope} Envelope
 * @typedef {import("../core/messages.js").Kind} Kind
 * @typedef {import("../core/messages.js").Payload} Payload
 * @typedef {import("../core/handshake.js").ConnectionState} ConnectionState
 * @typedef {Pick<Window, "addEventListener" | "removeEventListener" | "setTimeout" | "clearTimeout" | "document">} Scope
 */

/** What a softphone needs of the device. */
const features = ["camera", "microphone", "autoplay", "hid"];

/**
 * Put the frame into the container and say hello until framework.js answers.
 *
 * @param {{
 *   container: HTMLElement,
 *   url: string,
 *   version: string,
 *   language: number | string,
 *   onEnvelope: (envelope: Envelope) => void,
 *   onState: (state: ConnectionState, frameworkVersion: string) => void,
 *   diagnose: typeof import("./frame-diagnosis.js").diagnoseFrame,
 *   scope?: Scope,
 * }} options version is that of this page, language the agent's, as LCID or tag
 * @returns {{ post: (kind: Kind, payload: Payload) => void, reload: () => void, stop: () => void }}
 *     post speaks to framework.js; stop takes the frame away and stops listening
 */
export function mountGenesysFrame({ container, url, version, language, onEnvelope, onState, diagnose, scope = window }) {
  const { origin } = new URL(url);
  const { document } = scope;
  const frame = createFrame(document, origin);
  /** @type {(kind: Kind, payload: Payload) => void} */
  const post = (kind, payload) => {
    if (frame.contentWindow) frame.contentWindow.postMessage(makeEnvelope(kind, payload), origin);
  };
  const connection = createConnection({
    version,
    onState,
    sayHello: () => post("hello", { version, language }),
    diagnose: () => diagnose({ url, document }),
    timers: scope,
  });
  /** @param {MessageEvent} event */
  const onMessage = (event) => {
    if (event.source !== frame.contentWindow) return;
    if (event.origin !== origin) return;
    const envelope = parseEnvelope(event.data);
    const foreign = foreignVersion(event.data);
    if (foreign) connection.refuse(foreign);
    if (envelope) receive(envelope);
  };
  /** @param {Envelope} envelope */
  const receive = (envelope) => {
    const { kind, payload } = envelope;
    if (kind === "welcome") connection.welcome(payload);
    else if (connection.isOpen()) {
      if (kind === "user") connection.user(payload.event);
      onEnvelope(envelope);
    }
  };
  const load = () => {
    connection.begin();
    frame.src = url;
  };

  const unwatch = watchFramePolicy({ origin, document, onBlocked: connection.blocked });
  scope.addEventListener("message", onMessage);
  frame.addEventListener("load", connection.loaded);
  load();
  container.appendChild(frame);
  return {
    post,
    reload: load,
    stop() {
      unwatch();
      connection.stop();
      frame.removeEventListener("load", connection.loaded);
      scope.removeEventListener("message", onMessage);
      frame.remove();
    },
  };
}

/**
 * @param {Document} document
 * @param {string} origin
 */
function createFrame(document, origin) {
  const frame = document.createElement("iframe");
  frame.id = "genesys-frame";
  frame.title = text("frame-title");
  frame.allow = features.map((feature) => feature + " " + origin).join("; ");
  return frame;
}
