// @ts-check
/** When an agent is asked how content they are: after a call, and at most once in some days; shows nothing. */

const day = 24 * 60 * 60 * 1000;
const over = ["disconnect", "deallocate"];

/**
 * @param {{ days: number, store: import("./dedupe.js").Store }} options store keeps when it was asked last
 * @returns {(event: string, id: unknown, time: number) => "ask" | "hide" | ""} what an Interaction event means
 */
export function createSurvey({ days, store }) {
  /** @type {Set<unknown>} calls that an agent talks in */
  const talking = new Set();
  return (event, id, time) => {
    if (event === "connect") {
      talking.add(id);
      return "hide";
    }
    if (over.indexOf(event) < 0 || !talking.delete(id) || talking.size > 0) return "";
    const last = Number(store.read());
    // A clock that was set back must not put the question off for years.
    if (last <= time && time - last < days * day) return "";
    store.write(String(time));
    return "ask";
  };
}
