// @ts-check
/** A timer that runs once; starting it again forgets what was planned. */

/** @typedef {Pick<Window, "setTimeout" | "clearTimeout">} Timers */

/** @param {Timers} timers */
export function createTimer(timers) {
  /** @type {number | undefined} */
  let planned;
  const stop = () => timers.clearTimeout(planned);
  return {
    stop,
    /**
     * @param {number} delay
     * @param {() => void} run
     */
    start(delay, run) {
      stop();
      planned = timers.setTimeout(run, delay);
    },
  };
}
