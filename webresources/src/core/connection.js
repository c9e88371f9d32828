// @ts-check
/**
 * How far the page is with framework.js: greeted, answered, signed in, or what stands in between.
 *
 * It knows no frame: what it says, and what its timers are made of, come in.
 */

import { helloDelay, silenceDelay } from "./handshake.js";
import { createTimer } from "./timer.js";

/**
 * @typedef {import("./handshake.js").ConnectionState} ConnectionState
 * @typedef {import("./handshake.js").Obstacle} Obstacle
 * @typedef {import("./messages.js").Payload} Payload
 */

/**
 * @param {{
 *   version: string,
 *   onState: (state: ConnectionState, frameworkVersion: string) => void,
 *   sayHello: () => void,
 *   diagnose: () => Promise<Obstacle | "">,
 *   timers: import("./timer.js").Timers,
 * }} options version is that of this page; diagnose finds out what hinders a client that stays silent
 */
export function createConnection({ version, onState, sayHello, diagnose, timers }) {
  const hello = createTimer(timers);
  const silence = createTimer(timers);
  /** @type {ConnectionState} */
  let state = "loading";
  let theirs = "";
  /** @type {(next: ConnectionState, frameworkVersion?: string) => void} */
  const enter = (next, frameworkVersion = "") => {
    state = next;
    onState(next, frameworkVersion);
  };
  const stop = () => {
    hello.stop();
    silence.stop();
  };
  /** @type {(next: ConnectionState, frameworkVersion: string) => void} */
  const settle = (next, frameworkVersion) => {
    stop();
    if (state !== next) enter(next, frameworkVersion);
  };
  const welcomed = () => settle(theirs === version ? "connected" : "differs", theirs);
  /** @param {number} attempt */
  const greet = (attempt) => {
    sayHello();
    hello.start(helloDelay(attempt), () => greet(attempt + 1));
  };
  const onSilence = async () => {
    enter("silent");
    const obstacle = await diagnose();
    if (obstacle && state === "silent") enter(obstacle);
  };
  return {
    stop,
    /** The frame is on its way. */
    begin() {
      enter("loading");
      silence.start(silenceDelay, onSilence);
    },
    /** A login or a reload inside the frame brings a new framework.js that has never heard of us. */
    loaded() {
      // The browser's error page loads, too.
      if (state === "blocked") return;
      enter("waiting");
      silence.start(silenceDelay, onSilence);
      greet(1);
    },
    blocked: () => settle("blocked", ""),
    /** @param {number} foreign version of the messages, which this page would misunderstand */
    refuse: (foreign) => settle("refused", String(foreign)),
    /** @param {Payload} payload */
    welcome({ version: given, ready, storage }) {
      hello.stop();
      theirs = typeof given === "string" ? given : "";
      if (ready !== false) welcomed();
      else if (storage === false) settle("no-storage", "");
      // ASSUMED: the client calls initialSetup once somebody has signed in.
      else silence.start(silenceDelay, () => enter("signed-out"));
    },
    /** @param {unknown} event category of a UserAction event, or what framework.js says of itself */
    user(event) {
      if (event === "logout") settle("signed-out", "");
      else if (event === "login" || event === "started") welcomed();
    },
    /** Whether the frame has loaded, and so has something to say. */
    isOpen: () => state !== "loading",
  };
}
