// @ts-check
/**
 * The rules by which tabs that share a storage, and no locks, agree on one of them.
 *
 * Who leads renews a lease. One that is not renewed in time is asked for, since a hidden tab's timers
 * are slow and its ears are not; then it is claimed, and kept by whose claim still stands a tick later.
 */

import { parseJson } from "./kept.js";
import { isRecord } from "./messages.js";

/**
 * @typedef {"follows" | "claims" | "leads"} Standing
 * @typedef {{ tab: string, time: number }} Lease time: of the last renewal, in milliseconds
 */

/** Milliseconds between two looks at the lease. */
export const leaseTick = 300;
/** Milliseconds after which a lease that is not renewed is anybody's. */
export const leaseLife = 1200;
/** Milliseconds after which whoever leads is asked whether it still does. */
const leaseDoubt = 600;

/**
 * Return how a tab stands now, and what it has to do about it.
 *
 * @param {Standing} standing
 * @param {{ lease: Lease | null, me: string, now: number }} facts
 * @returns {{ standing: Standing, writes: boolean, asks: boolean }} writes: its own name into the lease
 */
export function standAfter(standing, { lease, me, now }) {
  if (lease && lease.tab === me) return { standing: "leads", writes: true, asks: false };
  const age = lease ? now - lease.time : Infinity;
  // A time that is still to come was written by a clock that has been set since.
  if (age > leaseLife || age < 0) return { standing: "claims", writes: true, asks: false };
  return { standing: "follows", writes: false, asks: standing !== "leads" && age > leaseDoubt };
}

/**
 * @param {string} text
 * @returns {Lease | null} null where nothing of ours stands there
 */
export function readLease(text) {
  const value = parseJson(text);
  if (!isRecord(value)) return null;
  const { tab, time } = value;
  return typeof tab === "string" && typeof time === "number" ? { tab, time } : null;
}
