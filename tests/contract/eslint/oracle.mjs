// ESLint itself, under Node, with Microsoft's plugins as they are published: scripts in, problems out.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const { home, cases, rules, globals } = JSON.parse(readFileSync(0, "utf8"));
const require = createRequire(home);
const { Linter } = require("eslint");
const plugins = {
  "@microsoft/power-apps": require("@microsoft/eslint-plugin-power-apps"),
  "@microsoft/sdl": require("@microsoft/eslint-plugin-sdl"),
};

// The official rule about strict mode lets either place do; ESLint's takes one at a time.
const isStrict = (code) => /^(?:\s|\/\/.*|\/\*[^]*?\*\/)*["']use strict["']/.test(code);

function verify(code, ecmaVersion) {
  const wanted = Object.fromEntries(rules.map((name) => [name, "error"]));
  if ("strict" in wanted) wanted.strict = isStrict(code) ? "off" : ["error", "function"];
  return new Linter({ configType: "flat" }).verify(code, {
    plugins,
    rules: wanted,
    languageOptions: { ecmaVersion, sourceType: "script", globals },
    linterOptions: { noInlineConfig: true, reportUnusedDisableDirectives: "off" },
  }).filter(({ fatal, ruleId, messageId }) => (fatal || ruleId) && (ruleId !== "strict" || messageId === "function"));
}

function look(code) {
  const found = verify(code, 2018);
  if (!found[0]?.fatal) return found;
  const newer = verify(code, "latest");
  return newer[0]?.fatal ? newer : [...found, ...newer];
}

const answer = Object.fromEntries(Object.entries(cases).map(([name, code]) =>
  [name, look(code).map(({ ruleId, line, column }) => [ruleId, line, column])]));
process.stdout.write(JSON.stringify({
  answer,
  published: Object.entries(plugins).flatMap(([prefix, plugin]) => Object.keys(plugin.rules).map((name) => `${prefix}/${name}`)),
  hosted: Object.keys(plugins["@microsoft/power-apps"].configs.paCheckerHosted.rules),
}));
