// @ts-check
/**
 * Finds out what keeps the Genesys client out of its frame. A page learns nothing of a frame of
 * another origin, not even whether it shows an error; two things tell all the same.
 */

/**
 * Return what hinders a client that has not answered, or "" where nothing does that can be seen.
 *
 * @param {{ url: string, document: Document, get?: typeof fetch }} options
 * @returns {Promise<"" | "unreachable" | "unembeddable">}
 */
export async function diagnoseFrame({ url, document, get = fetch }) {
  try {
    // The answer cannot be read; that there is one is all we ask.
    await get(url, { mode: "no-cors", cache: "no-store" });
  } catch (_error) {
    return "unreachable";
  }
  return (await refusesFrames(url, document)) ? "unembeddable" : "";
}

/**
 * Whether the page refuses to be embedded here (X-Frame-Options, frame-ancestors): an `object` says
 * with an error event what a frame keeps to itself. No script runs in it, so that no second client
 * of Genesys starts.
 *
 * @param {string} url
 * @param {Document} document
 * @returns {Promise<boolean>}
 */
function refusesFrames(url, document) {
  const frame = document.createElement("iframe");
  frame.setAttribute("sandbox", "allow-same-origin");
  // What is not drawn at all is not loaded either.
  frame.className = "visually-hidden";
  frame.setAttribute("aria-hidden", "true");
  frame.tabIndex = -1;
  frame.srcdoc = "<p>";
  return new Promise((/** @type {(refuses: boolean) => void} */ resolve) => {
    /** @param {boolean} refuses */
    const settle = (refuses) => {
      frame.remove();
      resolve(refuses);
    };
    frame.onload = () => {
      const inner = frame.contentDocument;
      if (!inner) {
        settle(false);
        return;
      }
      const object = inner.createElement("object");
      object.type = "text/html";
      object.onload = () => settle(false);
      // The report that it was this page's own policy comes after the error.
      inner.addEventListener("securitypolicyviolation", () => settle(false));
      object.onerror = () => setTimeout(settle, 100, true);
      object.data = url;
      inner.body.appendChild(object);
    };
    document.body.appendChild(frame);
  });
}
