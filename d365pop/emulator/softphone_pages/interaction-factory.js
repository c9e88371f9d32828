// @ts-check
/**
 * Interactions as the Embeddable Framework hands them over ("Condensed Conversation Info"): the
 * fields that exist and no others. Pure; every change gives a new object.
 */

/** @typedef {"call" | "chat" | "message" | "email" | "callback" | "voicemail" | "dialer" | "internal"} Medium */
/**
 * @typedef {object} Interaction
 * @property {string} id
 * @property {string} [phone]
 * @property {string} name
 * @property {string} remoteName
 * @property {string} displayAddress
 * @property {string} [ani]
 * @property {string} [calledNumber]
 * @property {string} [queueName]
 * @property {"Inbound" | "Outbound"} direction
 * @property {"ALERTING" | "DIALING" | "CONNECTED" | "HELD" | "DISCONNECTED"} state
 * @property {"none" | "active" | "paused"} [recordingState]
 * @property {string} [disposition]
 * @property {string} startTime
 * @property {string} [connectedTime]
 * @property {string} [endTime]
 * @property {string} [messageType]
 * @property {boolean} isConnected
 * @property {boolean} isDisconnected
 * @property {boolean} isDone
 * @property {boolean} isCallback
 * @property {boolean} isDialer
 * @property {boolean} isChat
 * @property {boolean} isEmail
 * @property {boolean} isMessage
 * @property {boolean} isVoicemail
 * @property {boolean} isInternal
 * @property {boolean} [securePause]
 * @property {string[]} [callbackNumbers]
 * @property {number} [interactionDurationSeconds]
 * @property {Record<string, string>} attributes
 */
/**
 * @typedef {object} Ring
 * @property {string} id
 * @property {string} address a number, or an e-mail address
 * @property {string} name empty when the caller is unknown
 * @property {"Inbound" | "Outbound"} direction
 * @property {Medium} medium
 * @property {string} now ISO time
 * @property {Record<string, string>} [attributes]
 */

export const STATION_NAME = "Local Agent WebRTC";
const QUEUE_NAME = "Support";
// From the range that is set aside for fiction.
const OWN_NUMBER = "+12025550100";

/**
 * @param {Ring} ring
 * @returns {Interaction}
 */
export function createInteraction(ring) {
  const { attributes = {}, direction, id, medium, name, now } = ring;
  // Whoever types a URI means the number in it: the client displays numbers.
  const address = ring.address.replace(/^(tel|sip):/i, "");
  const inbound = direction === "Inbound";
  return {
    id,
    name: name || address,
    remoteName: name || address,
    displayAddress: address,
    direction,
    state: inbound ? "ALERTING" : "DIALING",
    startTime: now,
    isConnected: false,
    isDisconnected: false,
    isDone: false,
    isCallback: medium === "callback",
    isDialer: medium === "dialer",
    isChat: medium === "chat",
    isEmail: medium === "email",
    isMessage: medium === "message",
    isVoicemail: medium === "voicemail",
    isInternal: medium === "internal",
    ...(inbound ? { queueName: QUEUE_NAME } : {}),
    ...addresses(address, medium, inbound),
    attributes: { ...attributes },
  };
}

/**
 * On an outbound interaction `ani` is the agent's own station: the customer is `calledNumber`.
 *
 * @param {string} address
 * @param {Medium} medium
 * @param {boolean} inbound
 * @returns {Partial<Interaction>}
 */
function addresses(address, medium, inbound) {
  switch (medium) {
    case "chat":
    case "email":
      return {};
    case "message":
      return { phone: address, messageType: "sms" };
    case "callback":
    case "voicemail":
      return { phone: phoneUri(address), callbackNumbers: [address] };
    case "internal":
      return { phone: phoneUri(address), ani: address, calledNumber: "Internal" };
    case "call":
    case "dialer":
      return {
        phone: phoneUri(address),
        recordingState: "none",
        securePause: false,
        ...(inbound
          ? { ani: address, calledNumber: OWN_NUMBER }
          : { ani: STATION_NAME, calledNumber: address }),
      };
  }
}

/**
 * @param {string} number
 * @returns {string} E.164 numbers come as URIs, national ones as they are
 */
function phoneUri(number) {
  const compact = number.replace(/[\s()/.-]/g, "");
  return compact.startsWith("+") ? `tel:${compact}` : number;
}

/**
 * @param {Interaction} interaction
 * @param {string} now
 * @returns {Interaction}
 */
export function connect(interaction, now) {
  return { ...interaction, state: "CONNECTED", isConnected: true, connectedTime: now };
}

/**
 * @param {Interaction} interaction
 * @param {boolean} held
 * @returns {Interaction}
 */
export function hold(interaction, held) {
  return { ...interaction, state: held ? "HELD" : "CONNECTED" };
}

/**
 * @param {Interaction} interaction
 * @param {string} now
 * @returns {Interaction}
 */
export function disconnect(interaction, now) {
  const started = Date.parse(interaction.connectedTime ?? now);
  return {
    ...interaction,
    state: "DISCONNECTED",
    isConnected: false,
    isDisconnected: true,
    endTime: now,
    interactionDurationSeconds: Math.round((Date.parse(now) - started) / 1000),
  };
}

/**
 * @param {Interaction} interaction
 * @param {string} disposition the wrap-up code
 * @returns {Interaction}
 */
export function complete(interaction, disposition) {
  return { ...interaction, isDone: true, disposition };
}
