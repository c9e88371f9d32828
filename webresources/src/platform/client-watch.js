// @ts-check
/**
 * Notices another Genesys client of this browser: each that has started holds one lock together
 * with the others, which goes with its page, and anybody may count the holders.
 *
 * Of a desktop app, another browser or a client without our framework.js no interface tells.
 * ASSUMED: windows that a client opens for itself, such as that of its phone, start no framework.js.
 */

const name = "d365pop.client";
/** Milliseconds until the holders are counted, anew each time: a client that has just been moved is gone by then. */
const pause = 5000;

/**
 * @param {{
 *   locks: Pick<LockManager, "request" | "query"> | undefined,
 *   timers: Pick<import("../core/timer.js").Timers, "setTimeout">,
 *   onChange: (others: boolean) => void,
 * }} options
 */
export function watchClients({ locks, timers, onChange }) {
  if (!locks) return;
  let told = false;
  const look = async () => {
    const { held = [] } = await locks.query();
    const others = held.filter((lock) => lock.name === name).length > 1;
    if (others !== told) onChange(others);
    told = others;
    plan();
  };
  // Without storage the browser refuses; that is told elsewhere.
  const plan = () => timers.setTimeout(() => look().catch(() => undefined), pause);
  locks.request(name, { mode: "shared" }, () => new Promise(() => undefined)).catch(() => undefined);
  plan();
}
