// Runs inside the embedded engine: one script's text in, what the rules say about it out.
// It knows ESLint and its plugins; which rules run, and under which ids, it is told.
"use strict";

globalThis.console = { log() {}, info() {}, warn() {}, error() {}, debug() {} };

// A rule of Microsoft's asks it one thing, whether a text is an absolute address; without it that
// rule would be silent. It refuses what browsers refuse (WHATWG URL, without international names).
globalThis.URL = class {
  constructor(text) {
    const [, scheme, rest] = /^([a-z][a-z0-9+.-]*):([^]*)$/i.exec(text.trim().replace(/[\t\r\n]/g, "")) || [];
    if (scheme === undefined) throw new TypeError("Invalid URL");
    if (!/^(?:https?|wss?|ftp)$/i.test(scheme)) return;
    const [, host, port] = /^[\\/]*(?:[^\\/?#]*@)?(\[[\da-f:.]+\]|[^\\/?#:]*)(?::([^\\/?#]*))?/i.exec(rest);
    const isHost = host && !/[\s<>^|%]|^[^[].*[[\]]/.test(host);
    if (!isHost || port && !(/^\d+$/.test(port) && Number(port) < 65536)) throw new TypeError("Invalid URL");
  }
};

(function (root) {
  const acorn = root.require("acorn");
  const espree = root.require("espree");
  const { Linter } = root.require("eslint-linter-browserify");

  const PLUGINS = {
    "@microsoft/power-apps/": "@microsoft/eslint-plugin-power-apps/lib/rules/",
    "@microsoft/sdl/": "@microsoft/eslint-plugin-sdl/lib/rules/",
  };
  const GLOBALS = { window: false, self: false, globalThis: false, setTimeout: false, setInterval: false, execScript: false };
  const BLANK = /(?:\s|\/\/.*|\/\*[^]*?\*\/)*/y;
  const EVIDENCE = 160;
  const SECRET = "d365pop/hardcoded-secret";
  const LEAK = "d365pop/leaked-global";

  // acorn looks for "use strict" in a copy of all the text that follows, once per function. In an
  // engine that really copies this is quadratic: minutes for a megabyte. A look ahead copies nothing.
  const { strictDirective } = acorn.Parser.prototype;
  acorn.Parser.prototype.strictDirective = function (start) {
    BLANK.lastIndex = start;
    const next = start + BLANK.exec(this.input)[0].length;
    return /["']/.test(this.input.charAt(next)) && strictDirective.call(this, start);
  };

  function parse(text, ecmaVersion, how) {
    return espree.parse(text.replace(/^#!/, "//"), { // as ESLint does: a first line for Unix is no syntax
      ecmaVersion, ...how, range: true, loc: true, tokens: true, comment: true, eslintScopeManager: true, eslintVisitorKeys: true,
    });
  }

  function attempt(...options) {
    try {
      return { ast: parse(...options) };
    } catch (error) {
      if (/stack space/.test(error.message)) throw new RangeError("Maximum call stack size exceeded");
      if (!error.lineNumber) throw error; // the memory or the time ended: no syntax error
      return { error };
    }
  }

  const MODULE = { sourceType: "module" };
  const READINGS = {
    script: { sourceType: "script" },
    module: MODULE,
    handler: { sourceType: "script", ecmaFeatures: { globalReturn: true } }, // a function's body
  };

  /** Parse at the ceiling, and where that fails say what the text is instead. */
  function read(text, ceiling, reading = "script") {
    const how = READINGS[reading];
    const own = attempt(text, ceiling, how);
    if (own.ast) return { ast: own.ast, how, ecmaVersion: ceiling, kind: "" };
    const newer = attempt(text, "latest", how);
    if (newer.ast) return { ast: newer.ast, how, ecmaVersion: espree.latestEcmaVersion, kind: "newer", error: own.error };
    const module = attempt(text, "latest", MODULE);
    if (module.ast && module.ast.body.some(({ type }) => /^(?:Import|Export)/.test(type))) {
      return { ast: module.ast, how: MODULE, ecmaVersion: espree.latestEcmaVersion, kind: "module", error: own.error };
    }
    return { kind: "syntax", error: newer.error };
  }

  let current;
  const linter = new Linter({ configType: "eslintrc" });
  linter.defineParser("d365pop", { parseForESLint: () => ({ ast: current.ast }) });

  // A rule that breaks on a script must not take the others with it; a full stack is no such case.
  function guarded(name, rule) {
    return Object.assign({}, rule, {
      create(context) {
        const listeners = rule.create(context);
        return Object.fromEntries(Object.entries(listeners).map(([selector, listener]) => [selector, (...given) => {
          try {
            listener(...given);
          } catch (error) {
            if (/call stack|out of memory|interrupted/.test(String(error))) throw error;
            current.failed.add(name);
          }
        }]));
      },
    });
  }

  const defined = new Set();

  function define(name) {
    if (defined.has(name)) return;
    defined.add(name);
    const prefix = Object.keys(PLUGINS).find((start) => name.startsWith(start));
    if (prefix) linter.defineRule(name, guarded(name, root.require(`${PLUGINS[prefix]}${name.slice(prefix.length)}.js`)));
    else if (name.startsWith("d365pop/")) linter.defineRule(name, guarded(name, root.d365pop.rules[name.slice("d365pop/".length)]));
  }

  const isStrict = ({ body: [first] }) => Boolean(first) && first.directive === "use strict";

  /** Which rules run: some only make sense in a script that shares its names with others. */
  function wantedRules(names, { ast, how }) {
    const wanted = Object.fromEntries(names.map((name) => [name, "error"]));
    const isClassic = how === READINGS.script;
    if ("strict" in wanted) wanted.strict = isStrict(ast) || !isClassic ? "off" : ["error", "function"];
    if (LEAK in wanted && !isClassic) wanted[LEAK] = "off";
    return wanted;
  }

  function lint(text, { rules, ceiling, exports, reading }) {
    current = Object.assign(read(text, ceiling, reading), { failed: new Set() });
    const { ast, how, ecmaVersion, kind, error } = current;
    const syntax = kind && { kind, line: error.lineNumber, column: error.column, message: error.message };
    if (!ast) return { syntax, problems: [], directives: [], failed: [], exports: null };
    rules.forEach(define);
    const problems = linter.verify(text, {
      parser: "d365pop",
      parserOptions: { ecmaVersion, ...how },
      globals: GLOBALS,
      rules: wantedRules(rules, current),
    }, { allowInlineConfig: false });
    const { lines } = linter.getSourceCode();
    return {
      syntax: syntax || null,
      problems: withoutSecrets(problems.filter(isMeant).map((problem) => describe(problem, lines))),
      directives: ast.comments.filter(({ value }) => /^\s*d365pop-disable/.test(value)).map(({ value, loc }) =>
        ({ text: value.trim(), line: loc.start.line, column: loc.start.column + 1, last: loc.end.line })),
      failed: [...current.failed],
      exports: exports && how !== MODULE ? definitions() : null,
    };
  }

  // Where even this cannot be followed, nothing is known; the findings stand all the same.
  function definitions() {
    try {
      return root.d365pop.definitions(linter.getSourceCode());
    } catch (error) {
      return null;
    }
  }

  // ESLint's own rule also asks for the other place of a directive; the official one only for one.
  const isMeant = ({ ruleId, messageId }) => ruleId !== "strict" || messageId === "function";

  function describe({ ruleId, line, column, endLine, endColumn, message }, lines) {
    const end = endLine === line ? endColumn - 1 : undefined;
    const evidence = (lines[line - 1] || "").slice(column - 1, end);
    return { rule: ruleId, line, column, message, evidence };
  }

  // Reports travel further than the script: no rule may repeat what another one calls a secret.
  function withoutSecrets(problems) {
    const secrets = problems.filter(({ rule }) => rule === SECRET).map(({ evidence }) => evidence.replace(/^["'`]|["'`]$/g, ""));
    const clean = (text) => secrets.reduce((rest, secret) => secret ? rest.split(secret).join("(secret)") : rest, text);
    return problems.map((problem) => Object.assign({}, problem, {
      message: clean(problem.message),
      evidence: clean(problem.evidence).slice(0, EVIDENCE),
    }));
  }

  root.lintScript = (request) => lint(request.code, request);
  root.exportsOf = ({ code }) => {
    const { ast } = read(code, "latest");
    if (!ast || ast.sourceType === "module") return null;
    current = { ast, failed: new Set() };
    linter.verify(code, { parser: "d365pop", parserOptions: { ecmaVersion: espree.latestEcmaVersion } }, { allowInlineConfig: false });
    return definitions();
  };
})(globalThis);
