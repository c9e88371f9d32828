/** Stands in for the modules that the bundler writes in; `node --import` it before the suites. */

import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";

const table = new URL("../../d365pop/bundle/toolchain/phone-table.json", import.meta.url);

/** A bundle knows the patterns of the configured countries only; the suites', of all but this one. */
const notConfigured = "SG";

const english = new URL("../../webresources/texts/1033.json", import.meta.url);

/** Sources by specifier. */
const sources = {
  "d365pop:texts": () => "export const languages = [1033, 1031];\n",
  "d365pop:phone-table": () => {
    const { countries, patterns } = JSON.parse(readFileSync(table, "utf8"));
    delete patterns[notConfigured];
    return `export const countries = ${JSON.stringify(countries)};\nexport const patterns = ${JSON.stringify(patterns)};\n`;
  },
};

registerHooks({
  resolve: (specifier, context, next) =>
    specifier in sources ? { url: specifier, format: "module", shortCircuit: true } : next(specifier, context),
  load: (url, context, next) =>
    url in sources ? { format: "module", source: sources[url](), shortCircuit: true } : next(url, context),
});

// The page brings its English along; suites without a page get it here.
const { startTexts } = await import("../../webresources/src/core/texts.js");
startTexts(JSON.parse(readFileSync(english, "utf8")));
