// Runs inside the embedded engine: ES modules in, one minified script with its source map out.
// It knows Rollup, Terser and acorn; it has no files, no clock and no network.
"use strict";

(function (root) {
  const acorn = root.require("acorn");
  const { minify } = root.require("terser");
  const { rollup } = root.require("@rollup/browser");

  const CEILING = 2018;
  const BLANK = /(?:\s|\/\/.*|\/\*[^]*?\*\/)*/y;

  // acorn looks for "use strict" in a copy of all the text that follows, once per function. In an
  // engine that really copies this is quadratic: minutes for a megabyte. A look ahead copies nothing.
  const { strictDirective } = acorn.Parser.prototype;
  acorn.Parser.prototype.strictDirective = function (start) {
    BLANK.lastIndex = start;
    const next = start + BLANK.exec(this.input)[0].length;
    return /["']/.test(this.input.charAt(next)) && strictDirective.call(this, start);
  };

  class Problem extends Error {
    constructor(facts) {
      super(facts.message);
      this.facts = facts;
    }
  }

  function parse(text, file, sourceType) {
    try {
      return acorn.parse(text, { ecmaVersion: CEILING, sourceType, locations: true });
    } catch (error) {
      if (!error.loc) throw error;
      throw new Problem({
        kind: "syntax",
        file,
        line: error.loc.line,
        column: error.loc.column,
        message: error.message.replace(/ \(\d+:\d+\)$/, ""),
        newer: parses(text, sourceType),
      });
    }
  }

  function parses(text, sourceType) {
    try {
      acorn.parse(text, { ecmaVersion: "latest", sourceType });
      return true;
    } catch (error) {
      return false;
    }
  }

  function resolve(wanted, importer) {
    if (!wanted.startsWith("./") && !wanted.startsWith("../")) return wanted;
    const parts = importer.split("/").slice(0, -1);
    for (const part of wanted.split("/")) {
      if (part === "..") {
        if (!parts.length) return null;
        parts.pop();
      } else if (part !== ".") parts.push(part);
    }
    return parts.join("/");
  }

  // Imports are resolved from the tree and not when Rollup asks: only the tree knows the line.
  function importsOf(file, modules) {
    const imports = [];
    for (const { source } of parse(modules[file], file, "module").body) {
      if (!source) continue;
      const found = resolve(source.value, file);
      if (!(found in modules)) {
        const { line, column } = source.loc.start;
        throw new Problem({
          kind: "unresolved", file, line, column, wanted: source.value,
          message: `cannot find ${source.value}`,
        });
      }
      imports.push(found);
    }
    return imports;
  }

  function memoryPlugin(modules) {
    return {
      name: "d365pop",
      resolveId(wanted, importer) {
        const id = importer === undefined ? wanted : resolve(wanted, importer);
        if (!(id in modules)) throw new Error(`${wanted} has no source`);
        return id;
      },
      load: (id) => modules[id],
    };
  }

  // Behind a door that imports it for its effects only, an entry's exports are shaken off.
  const DOOR = "door";

  async function link(request) {
    const door = { __proto__: null, [DOOR]: `import ${JSON.stringify(`./${request.entry}`)};` };
    const build = await rollup({
      input: request.globalName ? request.entry : DOOR,
      plugins: [memoryPlugin(Object.assign(door, request.modules))],
      onwarn() {}, // circular imports are legal; what breaks a bundle is an error of its own
    });
    const { output } = await build.generate({
      format: "iife",
      name: request.globalName || undefined,
      exports: request.globalName ? "named" : "none",
      inlineDynamicImports: true,
      sourcemap: true,
      sourcemapPathTransform: (path) => path.replace(/^(?:\.\.?\/)+/, ""),
    });
    if (request.globalName && !output[0].exports.length) {
      throw new Problem({
        kind: "no-export", file: request.entry,
        message: `exports nothing that ${request.globalName} could hold`,
      });
    }
    return output[0];
  }

  function shrink(chunk) {
    return minify({ [chunk.fileName]: chunk.code }, {
      ecma: CEILING,
      compress: { comparisons: false }, // they turn === into ==, which Solution Checker reports
      format: { ascii_only: true },
      sourceMap: { content: chunk.map, includeSources: true },
    });
  }

  function problemOf(error) {
    if (error.facts) return error.facts;
    if (!error.code) throw error;
    const at = error.loc || {};
    return {
      kind: error.code === "MISSING_EXPORT" ? "missing-export" : "bundler",
      file: at.file || error.id || "",
      line: at.line || 0,
      column: at.column || 0,
      message: String(error.message).replace(/\.$/, ""),
    };
  }

  // All modules are read, in one order, so that the first mistake is always the same one.
  root.readImports = function (request) {
    const modules = Object.assign(Object.create(null), request.modules);
    try {
      const names = Object.keys(modules);
      return { imports: Object.fromEntries(names.map((name) => [name, importsOf(name, modules)])) };
    } catch (error) {
      return { problem: problemOf(error) };
    }
  };

  root.bundleEntry = async function (request) {
    try {
      const { code, map } = await shrink(await link(request));
      parse(code, `the bundle of ${request.entry}`, "script");
      return { code: `${code}\n`, map: `${map}\n` };
    } catch (error) {
      return { problem: problemOf(error) };
    }
  };
})(globalThis);
