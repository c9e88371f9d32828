// @ts-check
/** The Genesys client in a frame, and the only place that talks with framework.js inside it. */

import { helloDelay, silenceDelay } from "../core/handshake.js";
import { foreignVersion, makeEnvelope, parseEnvelope } from "../core/messages.js";
import { text } from "../core/texts.js";

/**
 * @typedef {import("../core/messages.js").Envelope} Envelope
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
 *   onEnvelope: (envelope: Envelope) => void,
 *   onState: (state: ConnectionState, frameworkVersion: string) => void,
 *   scope?: Scope,
 * }} options version is that of this page
 * @returns {{ post: (kind: import("../core/messages.js").Kind, payload: import("../core/messages.js").Payload) => void, stop: () => void }}
 *     post speaks to framework.js; stop takes the frame away and stops listening
 */
export function mountGenesysFrame({ container, url, version, onEnvelope, onState, scope = window }) {
  const { origin } = new URL(url);
  const frame = createFrame(scope.document, { url, origin });
  const hello = createTimer(scope);
  const silence = createTimer(scope);
  /** @type {ConnectionState} */
  let state = "loading";
  /** @type {(next: ConnectionState, frameworkVersion?: string) => void} */
  const enter = (next, frameworkVersion = "") => {
    state = next;
    onState(next, frameworkVersion);
  };
  /** @param {number} attempt */
  const sayHello = (attempt) => {
    if (frame.contentWindow) frame.contentWindow.postMessage(makeEnvelope("hello", { version }), origin);
    hello.start(helloDelay(attempt), () => sayHello(attempt + 1));
  };
  // A login or a reload inside the frame brings a new framework.js that has never heard of us.
  const onLoad = () => {
    enter("waiting");
    watchSilence();
    sayHello(1);
  };
  const watchSilence = () => silence.start(silenceDelay, () => enter("silent"));
  /** @param {MessageEvent} event */
  const onMessage = (event) => {
    if (event.source !== frame.contentWindow) return;
    if (event.origin !== origin) return;
    const envelope = parseEnvelope(event.data);
    const foreign = foreignVersion(event.data);
    if (foreign) refuse(foreign);
    if (!envelope) return;
    if (envelope.kind === "welcome") welcome(envelope);
    else if (state !== "loading") onEnvelope(envelope);
  };
  /** @param {number} theirs version of the messages */
  const refuse = (theirs) => {
    hello.stop();
    silence.stop();
    if (state !== "refused") enter("refused", String(theirs));
  };
  /** @param {Envelope} envelope */
  const welcome = ({ payload }) => {
    hello.stop();
    silence.stop();
    const theirs = typeof payload.version === "string" ? payload.version : "";
    enter(theirs === version ? "connected" : "differs", theirs);
  };

  scope.addEventListener("message", onMessage);
  frame.addEventListener("load", onLoad);
  enter("loading");
  watchSilence();
  container.appendChild(frame);
  return {
    post(kind, payload) {
      if (frame.contentWindow) frame.contentWindow.postMessage(makeEnvelope(kind, payload), origin);
    },
    stop() {
      hello.stop();
      silence.stop();
      frame.removeEventListener("load", onLoad);
      scope.removeEventListener("message", onMessage);
      frame.remove();
    },
  };
}

/**
 * @param {Document} document
 * @param {{ url: string, origin: string }} options
 */
function createFrame(document, { url, origin }) {
  const frame = document.createElement("iframe");
  frame.id = "genesys-frame";
  frame.title = text("frame-title");
  frame.allow = features.map((feature) => feature + " " + origin).join("; ");
  frame.src = url;
  return frame;
}

/**
 * A timer that runs once; starting it again forgets what was planned.
 *
 * @param {Pick<Scope, "setTimeout" | "clearTimeout">} scope
 */
function createTimer(scope) {
  /** @type {number | undefined} */
  let planned;
  const stop = () => scope.clearTimeout(planned);
  return {
    stop,
    /**
     * @param {number} delay
     * @param {() => void} run
     */
    start(delay, run) {
      stop();
      planned = scope.setTimeout(run, delay);
    },
  };
}
