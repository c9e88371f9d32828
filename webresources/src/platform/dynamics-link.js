// @ts-check
/** framework.js' side of the conversation with the softphone page that embeds the Genesys client. */

import { foreignVersion, makeEnvelope, parseEnvelope } from "../core/messages.js";
import { createOutbox } from "../core/outbox.js";

/**
 * @typedef {import("../core/messages.js").Envelope} Envelope
 * @typedef {import("../core/messages.js").Kind} Kind
 * @typedef {import("../core/messages.js").Payload} Payload
 * @typedef {{
 *   parent: { postMessage(message: Envelope, origin: string): void },
 *   addEventListener(type: "message", listener: (event: MessageEvent) => void): void,
 *   removeEventListener(type: "message", listener: (event: MessageEvent) => void): void,
 * }} Scope
 */

/** Enough for the calls of a page that loads slowly. */
const mostWaiting = 50;

/**
 * Listen to the parent window, and speak to it once it has said hello from a known origin.
 *
 * @param {{
 *   origins: readonly string[], version: string, name: string,
 *   onEnvelope?: (envelope: Envelope) => void, health?: () => Payload, scope?: Scope,
 * }} options onEnvelope hears what the page says to the client, hello included; health is told with each welcome
 * @returns {{ post: (kind: Kind, payload: Payload) => void, close: () => void }}
 */
export function linkToDynamics({ origins, version, name, onEnvelope = () => {}, health = () => ({}), scope = window }) {
  const { parent } = scope;
  /** @type {ReturnType<typeof createOutbox<Envelope>>} */
  const outbox = createOutbox({ limit: mostWaiting });
  /** @param {MessageEvent} event */
  const onMessage = ({ source, origin, data }) => {
    if (source !== parent) return;
    if (origins.indexOf(origin) < 0) return;
    const envelope = parseEnvelope(data);
    // An answer in our version tells a page of another one that both do not fit together.
    if (foreignVersion(data)) parent.postMessage(makeEnvelope("welcome", { version, name }), origin);
    if (!envelope) return;
    onEnvelope(envelope);
    if (envelope.kind !== "hello") return;
    const dropped = outbox.dropped();
    parent.postMessage(makeEnvelope("welcome", { version, name, dropped, ...health() }), origin);
    outbox.open((item) => parent.postMessage(item, origin));
  };
  // Without an embedding page the parent is the window itself, and there is nobody to talk to.
  const embedded = /** @type {unknown} */ (parent) !== scope;
  if (embedded) scope.addEventListener("message", onMessage);
  return {
    post: (kind, payload) => outbox.put(makeEnvelope(kind, payload)),
    close: () => scope.removeEventListener("message", onMessage),
  };
}
