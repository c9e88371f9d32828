// @ts-check
/** Leaves with an interaction whose it is, so that whoever it is transferred to gets the same record. */

import { isNamedRecord } from "../core/dial.js";
import { recordAttributes } from "../core/interaction.js";

/**
 * @typedef {{ [name: string]: string }} Attributes
 * @typedef {{
 *   addCustomAttributes(change: { interactionId: string, attributes: Attributes }): void,
 *   addTransferContext(context: { name: string, attributes: Attributes }): void,
 * }} Client
 */

/**
 * The context goes to the interaction in front, hence it is given where that is the one that is
 * meant; the attributes name theirs.
 *
 * ASSUMED: the client hands both on to whoever an interaction is transferred to.
 *
 * @param {Client} client
 * @param {import("../core/messages.js").Payload} payload of a "record"
 */
export function shareRecord(client, { id: interactionId, record, inFront }) {
  if (typeof interactionId !== "string" || !interactionId || !isNamedRecord(record)) return;
  const [table = "", id = ""] = recordAttributes;
  const attributes = { [table]: record.table, [id]: record.id };
  client.addCustomAttributes({ interactionId, attributes });
  if (inFront === true) client.addTransferContext({ name: record.name, attributes });
}
