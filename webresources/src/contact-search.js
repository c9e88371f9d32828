// @ts-check
/** The agent's search in the Genesys client; loaded by the softphone page with the first one. */

export { searchContacts } from "./core/contact-search.js";
