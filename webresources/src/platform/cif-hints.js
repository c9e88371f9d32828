// @ts-check
/** Lines below the page's head that say what the panel does not do; the view puts the words in. */

/**
 * @param {Document} page
 * @param {string} key of the text
 * @returns {(shown: boolean) => void}
 */
export function createHint(page, key) {
  const hint = page.createElement("p");
  hint.className = "host-hint";
  hint.hidden = true;
  hint.setAttribute("role", "status");
  hint.setAttribute("data-text", key);
  const head = page.querySelector("header");
  if (head) head.appendChild(hint);
  return (shown) => {
    hint.hidden = !shown;
  };
}
