// @ts-check
/** Notices that something was published since the page was loaded: what runs in it is old then. */

/** How often an open page asks; who looks at the page after a push finds the message there. */
export const INTERVAL = 2000;

/**
 * @param {(path: string) => Promise<Response>} get
 * @returns {() => Promise<number>}
 */
export function createPublicationCount(get) {
  return async () => (await (await get("/_emulator/publications")).json()).publications;
}

/**
 * @param {{ count: () => Promise<number>, changed: () => void }} options
 * @returns {() => Promise<void>} looks; the first look is what the page was loaded with
 */
export function createPublicationWatch({ count, changed }) {
  /** @type {number | undefined} */
  let known;
  return async () => {
    let now;
    try {
      now = await count();
    } catch {
      return; // the server is down or starts: the next look tells
    }
    if (known !== undefined && now !== known) changed();
    known = now;
  };
}

/**
 * @param {Pick<Xrm.App, "addGlobalNotification" | "clearGlobalNotification">} notifications
 * @param {() => void} reload
 * @returns {() => Promise<void>} offers to reload; one message stands, however often it is called
 */
export function createReloadOffer(notifications, reload) {
  /** @type {Promise<string> | undefined} */
  let shown;
  return async () => {
    const earlier = shown;
    shown = Promise.resolve(notifications.addGlobalNotification({
      type: 2,
      level: 4,
      message: "Something was published since this page was loaded. Reload it to run what is new.",
      action: { actionLabel: "Reload", eventHandler: reload },
      showCloseButton: true,
    }));
    if (earlier) await notifications.clearGlobalNotification(await earlier);
  };
}
