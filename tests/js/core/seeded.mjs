/** Repeatable random input for property tests: the same seed, the same values, on every machine. */

/** Return a generator of numbers in [0, 1) (mulberry32). */
export function seeded(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const hostilePieces = [
  "'", "''", '"', "%", "%27", "&", "?", "#", " or ", " eq ", ")", "(", "$filter", "\\", "\u0000", "\n", "<img onerror=x>",
  "*", "\ud800", "\udc00", "１", "é", "😀", "5", "+", "tel:", "__proto__",
];

/** Return a text made of the pieces that break careless queries and pages. */
export function hostileText(random) {
  const length = 1 + Math.floor(random() * 12);
  return Array.from({ length }, () => hostilePieces[Math.floor(random() * hostilePieces.length)]).join("");
}

export function randomDigits(random, length) {
  return Array.from({ length }, () => String(Math.floor(random() * 10))).join("");
}
