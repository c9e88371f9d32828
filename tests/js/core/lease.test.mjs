import assert from "node:assert/strict";
import test from "node:test";

import { leaseLife, leaseTick, readLease, standAfter } from "../../../webresources/src/core/lease.js";
import { seeded } from "./seeded.mjs";

const other = (time) => ({ tab: "b", time });

for (const [title, standing, lease, expected] of [
  ["no lease is claimed", "follows", null, { standing: "claims", writes: true, asks: false }],
  ["a claim that stands a tick later leads", "claims", { tab: "a", time: 700 }, { standing: "leads", writes: true, asks: false }],
  ["a claim that was overwritten follows", "claims", other(900), { standing: "follows", writes: false, asks: false }],
  ["a lease that is renewed is left alone", "follows", other(500), { standing: "follows", writes: false, asks: false }],
  ["one that is late is asked for", "follows", other(399), { standing: "follows", writes: false, asks: true }],
  ["one that is at its end is not yet anybody's", "follows", other(-200), { standing: "follows", writes: false, asks: true }],
  ["one beyond its end is claimed", "follows", other(-201), { standing: "claims", writes: true, asks: false }],
  ["one of the future is claimed", "follows", other(1001), { standing: "claims", writes: true, asks: false }],
  ["one that was taken is given up", "leads", other(1000), { standing: "follows", writes: false, asks: false }],
]) {
  test(title, () => assert.deepEqual(standAfter(standing, { lease, me: "a", now: 1000 }), expected));
}

for (const text of ["", "null", "{", "[]", '{"tab":1,"time":1}', '{"tab":"a"}', '{"tab":"a","time":"1"}']) {
  test(`${JSON.stringify(text)} is no lease`, () => assert.equal(readLease(text), null));
}

test("a lease is read as it was written", () => assert.deepEqual(readLease(JSON.stringify(other(5))), other(5)));

/** Let tabs tick at times of their own, die, come and take over; call back after each step. */
function live(random, check) {
  let lease = null;
  let names = 0;
  const born = (now) => ({ me: "t" + (names += 1), standing: "follows", due: now + Math.floor(random() * leaseTick) });
  const tabs = [born(0), born(0), born(0)];
  for (let now = 0; now < 20000; now += 10) {
    const dies = random() < 0.002 && tabs.length > 1;
    if (dies) tabs.splice(Math.floor(random() * tabs.length), 1);
    if (random() < 0.002) tabs.push(born(now));
    const taker = random() < 0.001 && tabs[Math.floor(random() * tabs.length)];
    if (taker && taker.standing !== "leads") {
      taker.standing = "claims";
      lease = { tab: taker.me, time: now };
    }
    for (const tab of tabs.filter(({ due }) => due <= now)) {
      const next = standAfter(tab.standing, { lease, me: tab.me, now });
      if (next.writes) lease = { tab: tab.me, time: now };
      tab.standing = next.standing;
      tab.due = now + leaseTick;
    }
    check(now, tabs, dies || taker);
  }
}

test("however tabs come, die and take over, two lead for a tick at most, and none leads for two seconds at most", () => {
  for (let seed = 1; seed <= 50; seed += 1) {
    let [single, led] = [0, 0];
    live(seeded(seed), (now, tabs, isUpset) => {
      const leaders = tabs.filter(({ standing }) => standing === "leads").length;
      if (leaders <= 1) single = now;
      if (leaders >= 1 || isUpset) led = now;
      assert.ok(now - single <= leaseTick, `seed ${seed}: ${leaders} lead at ${now}`);
      assert.ok(now - led <= leaseLife + 2 * leaseTick + 10, `seed ${seed}: nobody leads at ${now}`);
    });
  }
});
