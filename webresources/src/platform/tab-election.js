// @ts-check
/** Elects one tab among those of the browser: by Web Locks, or by a lease where there are none. */

import { leaseTick, readLease, standAfter } from "../core/lease.js";

/**
 * @typedef {{ takeOver: () => void, leave: () => void, wake: () => void }} Election
 *     takeOver: lead from now on, whoever else does; wake: look at once how things stand
 * @typedef {(leads: boolean) => void} OnChange
 * @typedef {Pick<LockManager, "request">} Locks
 * @typedef {Pick<Window, "setInterval" | "clearInterval" | "addEventListener" | "removeEventListener">
 *   & { localStorage: Pick<Storage, "getItem" | "setItem" | "removeItem"> }} Scope
 */

const name = "d365pop.phone";

/**
 * The browser hands the lock on by itself when a tab is closed, and when its process dies.
 *
 * @param {{ locks: Locks, onChange: OnChange, onRefused: () => void }} options
 *     onRefused: the browser knows locks and gives none here
 * @returns {Election}
 */
export function electByLock({ locks, onChange, onRefused }) {
  let release = () => {};
  let waiting = new AbortController();
  /** @type {{ holds: boolean }} */
  let turn = { holds: false };
  /** @param {LockOptions} how */
  const request = (how) => {
    const mine = { holds: false };
    turn = mine;
    /** @param {Lock | null} lock @returns {Promise<unknown> | undefined} */
    const hold = (lock) => {
      if (turn !== mine) return undefined;
      if (!lock) {
        onChange(false);
        queue();
        return undefined;
      }
      mine.holds = true;
      onChange(true);
      return new Promise((resolve) => {
        release = () => resolve(undefined);
      });
    };
    locks.request(name, how, hold).catch(() => {
      // Given up by ourselves, or stolen by another tab.
      if (turn !== mine) return;
      if (!mine.holds) {
        onRefused();
        return;
      }
      onChange(false);
      queue();
    });
  };
  const queue = () => {
    waiting = new AbortController();
    request({ signal: waiting.signal });
  };
  const giveUp = () => {
    turn = { holds: false };
    waiting.abort();
  };
  request({ ifAvailable: true });
  return {
    takeOver() {
      if (turn.holds) return;
      giveUp();
      request({ steal: true });
    },
    leave() {
      giveUp();
      release();
    },
    wake: () => {},
  };
}

/**
 * @param {{ me: string, onChange: OnChange, ask: () => void, now: () => number, scope: Scope }} options
 *     me: what no other tab is called; ask: let whoever leads look at the lease at once
 * @returns {Election}
 */
export function electByLease({ me, onChange, ask, now, scope }) {
  /** @type {import("../core/lease.js").Standing} */
  let standing = "follows";
  /** @type {boolean | null} */
  let told = null;
  const write = () => scope.localStorage.setItem(name, JSON.stringify({ tab: me, time: now() }));
  const look = () => {
    const lease = readLease(scope.localStorage.getItem(name) || "");
    const next = standAfter(standing, { lease, me, now: now() });
    if (next.writes) write();
    if (next.asks) ask();
    standing = next.standing;
    const leads = standing === "leads";
    // At its start a tab that claims is not yet anything.
    if (leads === told || (standing === "claims" && told === null)) return;
    told = leads;
    onChange(leads);
  };
  /** @param {StorageEvent} event */
  const onStorage = ({ key }) => {
    // Whoever leads learns at once that it does no longer; a claim has to stand for a whole tick.
    if (key === name && standing === "leads") look();
  };
  const stop = () => {
    scope.clearInterval(ticking);
    scope.removeEventListener("storage", onStorage);
    scope.removeEventListener("pagehide", leave);
  };
  const leave = () => {
    stop();
    if (standing === "leads") scope.localStorage.removeItem(name);
    standing = "follows";
  };
  const ticking = scope.setInterval(look, leaseTick);
  scope.addEventListener("storage", onStorage);
  scope.addEventListener("pagehide", leave);
  look();
  return {
    takeOver() {
      if (standing === "leads") return;
      standing = "claims";
      write();
    },
    leave,
    wake() {
      if (standing === "leads") look();
    },
  };
}
