import assert from "node:assert/strict";
import test from "node:test";

import { text, useTexts } from "../../../webresources/src/core/texts.js";
import { joinTabs } from "../../../webresources/src/platform/tabs.js";

/** The locks of a browser: one holder a name, a queue, `steal`, `ifAvailable`, `signal`. */
function fakeLocks() {
  const queue = [];
  let holder = null;
  const grant = (turn) => {
    holder = turn;
    Promise.resolve(turn.run({ name: turn.name })).then(() => {
      if (holder !== turn) return;
      holder = null;
      turn.resolve();
      const next = queue.shift();
      if (next) grant(next);
    });
  };
  return {
    request: (name, { ifAvailable = false, steal = false, signal }, run) =>
      new Promise((resolve, reject) => {
        const turn = { name, run, resolve, reject };
        const abort = () => Object.assign(new Error("gone"), { name: "AbortError" });
        if (steal) {
          if (holder) holder.reject(abort());
          grant(turn);
        } else if (!holder) grant(turn);
        else if (ifAvailable) Promise.resolve(run(null)).then(resolve);
        else {
          queue.push(turn);
          signal.addEventListener("abort", () => {
            const at = queue.indexOf(turn);
            if (at >= 0) queue.splice(at, 1);
            reject(abort());
          });
        }
      }),
  };
}

/** Browser with tabs that share locks, storage and channel; its clock stands until it is told. */
function openBrowser({ locks = fakeLocks() } = {}) {
  const channels = [];
  const storage = new Map();
  const intervals = [];
  let now = 0;
  class Channel {
    constructor() { channels.push(this); }
    postMessage(data) {
      channels.filter((one) => one !== this).forEach((one) => queueMicrotask(() => one.onmessage && one.onmessage({ data: structuredClone(data) })));
    }
    close() { channels.splice(channels.indexOf(this), 1); this.onmessage = null; }
  }
  const localStorage = { getItem: (key) => storage.get(key) ?? null, setItem: (key, value) => storage.set(key, value), removeItem: (key) => storage.delete(key) };
  const settle = async () => { for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate); };

  async function openTab(title) {
    const heard = [];
    const listeners = {};
    const document = { title, hidden: false, addEventListener: (kind, run) => { listeners[kind] = run; }, removeEventListener: (kind) => { delete listeners[kind]; } };
    const mine = [];
    const scope = {
      BroadcastChannel: Channel, document, localStorage, navigator: { locks }, crypto, setTimeout: () => 0, clearTimeout: () => {},
      setInterval: (run) => { const one = { run }; mine.push(one); intervals.push(one); return one; },
      clearInterval: (one) => { intervals.splice(intervals.indexOf(one), 1); },
      addEventListener: (kind, run) => { listeners[kind] = run; }, removeEventListener: (kind) => { delete listeners[kind]; },
    };
    const tab = { heard, scope, listeners, link: null, state: "", hint: "", cards: [], said: [], doers: [], ran: 0 };
    const view = {
      setConnection: (state, { hint }, action) => { Object.assign(tab, { state, hint, action }); },
      showCards: (cards) => { tab.cards = cards; },
    };
    const lead = (link) => {
      tab.link = link;
      tab.ran += 1;
      link.view.setConnection("connected", { text: "Connected", hint: "" }, { label: "", run() {} });
      return () => { tab.link = null; };
    };
    const follow = (to) => {
      tab.to = to;
      const doer = (name) => async (...values) => { if (tab.fails) throw new Error(tab.fails); tab.doers.push([name, ...values]); };
      return {
        doers: { openRecord: doer("openRecord"), openNew: doer("openNew"), openList: doer("openList"), notify: doer("notify"), withdraw: doer("withdraw"), reveal: () => {} },
        dialling: { setConnected: (connected) => tab.said.push("connected " + connected), refused: (reason) => tab.said.push("refused " + reason), stop: () => { tab.to = null; } },
      };
    };
    tab.leave = joinTabs({ view, text, lead, follow, scope, now: () => now });
    /** The tab dies without a word. */
    tab.kill = () => { mine.forEach(scope.clearInterval); };
    await settle();
    return tab;
  }
  return {
    openTab, settle, storage,
    async pass(milliseconds) {
      for (let passed = 0; passed < milliseconds; passed += 300) {
        now += 300;
        intervals.slice().forEach(({ run }) => run());
        await settle();
      }
    },
  };
}

useTexts({ elsewhere: "Elsewhere", "elsewhere-first-hint": "first", "elsewhere-hint": "in {title}: {state}", "elsewhere-talks-hint": "in {title}, talking", "take-over": "Here", unknown: "unknown" });
const leads = (...tabs) => tabs.map(({ link }) => link !== null);

for (const [way, options, start] of [["locks", {}, 0], ["a lease", { locks: null }, 600]]) {
  const open = async () => {
    const browser = openBrowser(options);
    const one = await browser.openTab("Ann - Contact");
    await browser.pass(start);
    const two = await browser.openTab("Accounts");
    await browser.pass(start);
    return { ...browser, one, two };
  };

  test(`with ${way} one tab hosts the phone, and the other says which`, async () => {
    const { one, two } = await open();
    assert.deepEqual(leads(one, two), [true, false]);
    assert.deepEqual([one.state, two.state, two.hint, two.action.label], ["connected", "elsewhere", "in Ann - Contact: Connected", "Here"]);
  });

  test(`with ${way} another tab takes over, and the first one stands by`, async () => {
    const { one, two, pass } = await open();
    two.action.run();
    await pass(start);
    assert.deepEqual(leads(one, two), [false, true]);
    assert.equal(one.hint, "in Accounts: Connected");
    one.action.run();
    await pass(start);
    assert.deepEqual([leads(one, two), one.ran, two.ran], [[true, false], 2, 1]);
  });

  test(`with ${way} another tab hosts the phone once the first one is closed`, async () => {
    const { one, two, pass, settle } = await open();
    one.leave();
    await settle();
    await pass(start);
    assert.deepEqual(leads(one, two), [false, true]);
  });

  test(`with ${way} a tab that has left never comes back, even if what it waited for comes`, async () => {
    const { one, two, pass, settle } = await open();
    two.leave();
    one.leave();
    await settle();
    await pass(start + 1500);
    assert.deepEqual([leads(one, two), two.ran], [[false, false], 0]);
  });
}

test("a tab that dies without a word loses its lease within two seconds", async () => {
  const browser = openBrowser({ locks: null });
  const one = await browser.openTab("one");
  await browser.pass(600);
  const two = await browser.openTab("two");
  one.kill();
  one.scope.BroadcastChannel.prototype.postMessage = () => {};
  await browser.pass(1800);
  assert.notEqual(two.link, null);
});

test("a hidden tab whose timers are slow keeps its lease, since it is asked", async () => {
  const browser = openBrowser({ locks: null });
  const one = await browser.openTab("one");
  await browser.pass(600);
  one.kill();
  const two = await browser.openTab("two");
  await browser.pass(6000);
  assert.deepEqual(leads(one, two), [true, false]);
});

test("a browser that gives no locks here falls back on the lease", async () => {
  const browser = openBrowser({ locks: { request: async () => { throw new Error("no locks in this context"); } } });
  const one = await browser.openTab("one");
  await browser.pass(600);
  assert.deepEqual([leads(one), browser.storage.size], [[true], 1]);
});

/** Two tabs by locks; the first one shows a card. */
async function withCard() {
  const browser = openBrowser();
  const one = await browser.openTab("one");
  const two = await browser.openTab("two");
  const ran = [];
  const { link } = one;
  const openRecord = link.at("openRecord", async (record) => { ran.push(["here", record]); });
  const outcome = [];
  const run = () => openRecord({ table: "contact", id: "a" }).then(() => outcome.push("opened"), ({ message }) => outcome.push(message));
  const card = { id: "i1", time: 1, title: "Call", detail: "One fits.", choices: [{ label: "Ann", detail: "Contact", run }], dismiss: () => ran.push(["dismissed"]) };
  link.view.showCards([card]);
  await browser.settle();
  return { ...browser, one, two, link, ran, outcome, run };
}

test("what arrives is shown in every tab, once", async () => {
  const { two, openTab, settle } = await withCard();
  const three = await openTab("three");
  await settle();
  for (const tab of [two, three]) assert.deepEqual(tab.cards.map(({ id, title, detail }) => [id, title, detail]), [["i1", "Call", "One fits."]]);
});

test("what is chosen opens in the tab where it was chosen", async () => {
  const { two, run, ran, outcome, settle } = await withCard();
  two.cards[0].choices[0].run();
  await settle();
  assert.deepEqual([two.doers, ran, outcome], [[["openRecord", { table: "contact", id: "a" }]], [], ["opened"]]);
  await run();
  assert.deepEqual(ran, [["here", { table: "contact", id: "a" }]]);
});

test("what cannot be opened there is told here", async () => {
  const { two, outcome, settle } = await withCard();
  two.fails = "no privilege";
  two.cards[0].choices[0].run();
  await settle();
  assert.deepEqual(outcome, ["no privilege"]);
});

test("a card can be dismissed in any tab, and one that is gone does nothing", async () => {
  const { two, link, ran, settle } = await withCard();
  const [card] = two.cards;
  card.dismiss();
  await settle();
  assert.deepEqual(ran, [["dismissed"]]);
  link.view.showCards([]);
  card.choices[0].run();
  await settle();
  assert.deepEqual([ran.length, two.doers, two.cards], [1, [], []]);
});

test("the agent is elsewhere while another tab is looked at and this one is not", async () => {
  const { one, two, link } = await withCard();
  assert.equal(link.isAgentElsewhere(), false);
  one.scope.document.hidden = true;
  assert.equal(link.isAgentElsewhere(), true);
  two.scope.document.hidden = true;
  two.listeners.visibilitychange();
  await new Promise(setImmediate);
  assert.equal(link.isAgentElsewhere(), false);
});

test("a notice reaches the tab that the agent looks at", async () => {
  const { two, openTab, link, settle } = await withCard();
  const three = await openTab("three");
  two.scope.document.hidden = true;
  three.listeners.visibilitychange();
  link.notify({ id: "i1", message: "Call: Ann", actionLabel: "Open" });
  await settle();
  assert.deepEqual([two.doers, three.doers.map(([name, { id, message }]) => [name, id, message])], [[], [["notify", "i1", "Call: Ann"]]]);
  link.withdraw("i1");
  await settle();
  assert.deepEqual(three.doers.at(-1), ["withdraw", "i1"]);
});

test("a number is dialled through the tab that hosts the phone, and a refusal comes back", async () => {
  const { two, openTab, link, settle } = await withCard();
  const three = await openTab("three");
  const dialled = [];
  link.serve({ dial: (order) => dialled.push(order), tell: (...told) => dialled.push(told), talks: () => true });
  two.to.order({ number: "+15550100001", record: null });
  two.to.tell("dial", { source: "pane" });
  await settle();
  link.refused("busy");
  link.changed();
  await settle();
  assert.deepEqual(dialled, [{ number: "+15550100001", record: null }, ["dial", { source: "pane" }]]);
  assert.deepEqual([two.said.filter((one) => /refused/.test(one)), three.said.filter((one) => /refused/.test(one))], [["refused busy"], []]);
  assert.equal(two.hint, "in one, talking");
});

test("what comes late to a tab that no longer hosts the phone is not shown there", async () => {
  const { one, two, link, settle } = await withCard();
  two.action.run();
  await settle();
  link.view.showCards([{ id: "late", time: 2, title: "late", detail: "", dismiss() {} }]);
  link.view.setConnection("silent", { text: "Not connected", hint: "" }, { label: "", run() {} });
  await settle();
  assert.deepEqual([one.state, one.cards], ["elsewhere", []]);
});

for (const data of [null, "who", { kind: "who", from: "x", to: "" }, { d365pop: 2, kind: "choose", from: "x", to: "" }, { d365pop: 1, kind: "steal", from: "x", to: "" }, { d365pop: 1, kind: "choose", from: 5, to: "" }, { d365pop: 1, kind: "choose", card: "i1", choice: "Ann 0", from: "x", to: "somebody else" }]) {
  test(`${JSON.stringify(data)} on the channel changes nothing`, async () => {
    const { one, ran, settle } = await withCard();
    new one.scope.BroadcastChannel().postMessage(data);
    await settle();
    assert.deepEqual(ran, []);
  });
}
