import assert from "node:assert/strict";
import test from "node:test";

import { frameOrigin, parseSettings, SettingsError } from "../../../webresources/src/core/settings.js";

function valid() {
  return {
    version: 1,
    genesys: { frameUrl: "https://apps.mypurecloud.com/crm/embeddableFramework.html", region: "mypurecloud.com" },
    screenPop: {
      countries: ["US"],
      tables: [
        { table: "contact", columns: ["telephone1", "mobilephone"], emailColumns: ["emailaddress1"], nameColumn: "fullname" },
      ],
      policies: { voice: "auto", chat: "soft", message: "soft", email: "soft", callback: "auto", voicemail: "off", dialer: "soft" },
      noMatch: "search",
      newRecordTable: "contact",
    },
    telemetry: { url: "https://in.example/v2/track", key: "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0", ask: 30 },
  };
}

/** Return the valid settings with the value at the path replaced. */
function withValue(path, value) {
  const settings = valid();
  const keys = path.replace(/\[(\d+)\]/g, ".$1").split(".");
  const last = keys.pop();
  let target = settings;
  keys.forEach((key) => { target = target[key]; });
  if (value === undefined) delete target[last];
  else target[last] = value;
  return settings;
}

test("valid settings come back as they are", () => {
  assert.deepEqual(parseSettings(JSON.stringify(valid())), valid());
});

test("a key that this version does not know is left out", () => {
  assert.deepEqual(parseSettings(JSON.stringify({ ...valid(), later: true })), valid());
});

test("the origin of the frame is exact", () => {
  assert.equal(frameOrigin(valid()), "https://apps.mypurecloud.com");
});

for (const url of ["http://localhost:8443/crm.html", "http://127.0.0.1:4000/", "http://[::1]:4000/"]) {
  test(`${url} is allowed, being on the agent's own machine`, () => {
    assert.equal(parseSettings(JSON.stringify(withValue("genesys.frameUrl", url))).genesys.frameUrl, url);
  });
}

for (const [path, value] of [
  ["version", 2],
  ["version", undefined],
  ["genesys", undefined],
  ["genesys", []],
  ["genesys.frameUrl", "http://apps.mypurecloud.com/crm/"],
  ["genesys.frameUrl", "http://localhost.evil.example/"],
  ["genesys.frameUrl", "javascript:alert(1)"],
  ["genesys.frameUrl", "https://ann:secret@apps.mypurecloud.com/"],
  ["genesys.frameUrl", "https://ann@apps.mypurecloud.com/"],
  ["genesys.frameUrl", "https://"],
  ["genesys.frameUrl", 5],
  ["genesys.region", "MYPURECLOUD"],
  ["screenPop", null],
  ["screenPop.countries", "US"],
  ["screenPop.countries[0]", "usa"],
  ["screenPop.tables", []],
  ["screenPop.tables[0]", "contact"],
  ["screenPop.tables[0].table", "contact'"],
  ["screenPop.tables[0].columns", "telephone1"],
  ["screenPop.tables[0].columns[1]", "a b"],
  ["screenPop.tables[0].emailColumns", undefined],
  ["screenPop.tables[0].nameColumn", ""],
  ["screenPop.policies", undefined],
  ["screenPop.policies.callback", undefined],
  ["screenPop.policies.voice", "always"],
  ["screenPop.policies.dialer", "never"],
  ["telemetry", null],
  ["telemetry.url", "http://in.example/v2/track"],
  ["telemetry.key", "key"],
  ["screenPop.noMatch", "create"],
  ["screenPop.newRecordTable", 7],
]) {
  test(`${path} = ${JSON.stringify(value)} is refused under its own name`, () => {
    const read = () => parseSettings(JSON.stringify(withValue(path, value)));
    assert.throws(read, (error) => error instanceof SettingsError && error.path === path && error.message.startsWith(path));
  });
}

test("text that isn't JSON is refused with the reason of the parser", () => {
  assert.throws(() => parseSettings("{"), /^SettingsError: settings must be JSON: .*JSON/);
});

test("a table without any column to search is refused", () => {
  const settings = valid();
  settings.screenPop.tables[0].columns = [];
  settings.screenPop.tables[0].emailColumns = [];
  assert.throws(() => parseSettings(JSON.stringify(settings)), { path: "screenPop.tables[0].columns" });
});

for (const text of ["", "{", "null", "[]", '"x"', "7"]) {
  test(`the text ${JSON.stringify(text)} is refused as a whole`, () => {
    assert.throws(() => parseSettings(text), { name: "SettingsError", path: "settings" });
  });
}

test("a value of a release that knew neither voicemail nor dialer gives them the policies of callbacks and calls", () => {
  const older = valid();
  older.screenPop.policies = { voice: "soft", chat: "off", message: "off", email: "off", callback: "auto" };
  const { policies } = parseSettings(JSON.stringify(older)).screenPop;
  assert.deepEqual([policies.voicemail, policies.dialer], ["auto", "soft"]);
});

test("telemetry is off where nothing says where it goes", () => {
  const { telemetry, ...others } = valid();
  assert.equal(parseSettings(JSON.stringify(others)).telemetry, null);
});
