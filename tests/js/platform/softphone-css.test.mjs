import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

const css = readFileSync(new URL("../../../webresources/css/softphone.css", import.meta.url), "utf8");

/** Return the colours of a `:root` block by name; the first one is light, the second one dark. */
const [light, dark] = [...css.matchAll(/:root \{([^}]*)\}/g)].map(([, block]) =>
  Object.fromEntries([...block.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name, colour]) => [name, colour])),
);

/** WCAG 2.2, relative luminance. */
function luminance(colour) {
  const [red, green, blue] = [1, 3, 5].map((start) => {
    const share = parseInt(colour.slice(start, start + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one, other) {
  const [low, high] = [luminance(one), luminance(other)].sort((left, right) => left - right);
  return (high + 0.05) / (low + 0.05);
}

for (const [scheme, colours] of Object.entries({ light, dark })) {
  for (const [front, back] of [
    ["text", "back"], ["text", "raised"], ["quiet", "back"], ["quiet", "raised"], ["accent", "back"],
    ["on-accent", "accent"], ["good", "back"], ["warn", "back"], ["bad", "back"], ["bad", "raised"],
  ]) {
    test(`${front} on ${back} can be read in ${scheme}`, () => assert.ok(contrast(colours[front], colours[back]) >= 4.5));
  }

  for (const back of ["back", "raised"]) {
    test(`a line on ${back} can be seen in ${scheme}`, () => assert.ok(contrast(colours.line, colours[back]) >= 3));
  }
}
