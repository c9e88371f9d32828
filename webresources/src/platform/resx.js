// @ts-check
/** Reads the texts of a language from the RESX web resource beside the page. */

/**
 * Return the texts of a language by key.
 *
 * @param {number} lcid
 * @param {{ get?: typeof fetch, parser?: DOMParser }} [options]
 * @returns {Promise<{ [key: string]: string }>}
 */
export async function fetchResx(lcid, { get = fetch, parser = new DOMParser() } = {}) {
  const answer = await get("strings." + lcid + ".resx");
  if (!answer.ok) throw new Error("strings." + lcid + ".resx: " + answer.status);
  const page = parser.parseFromString(await answer.text(), "application/xml");
  /** @type {{ [key: string]: string }} */
  const texts = {};
  page.querySelectorAll("data > value").forEach((value) => {
    const name = value.parentElement && value.parentElement.getAttribute("name");
    if (name) texts[name] = value.textContent || "";
  });
  return texts;
}
