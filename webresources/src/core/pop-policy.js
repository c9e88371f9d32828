// @ts-check
/** Decides whether an event pops the customer's record; looks nothing up. */

/**
 * @typedef {import("./interaction.js").Interaction} Interaction
 * @typedef {import("./settings.js").ScreenPopSettings} ScreenPopSettings
 * @typedef {{ action: "auto" | "soft" | "none", reason: string, remember: boolean }} Decision
 *     remember: the interaction counts as handled from now on.
 */

/** The events that can pop an interaction, or show again what a pop came to. */
export const triggers = ["screen-pop", "add", "connect"];

/**
 * Inbound interactions pop when Genesys says so (`screen-pop`), or when they are connected without
 * that: a transferred call arrives so, and after a reload Genesys adds the live ones again, of
 * which `seen` knows those that popped. Outbound ones pop as soon as they exist.
 *
 * @param {{
 *   trigger: string,
 *   interaction: Interaction,
 *   policies: ScreenPopSettings["policies"],
 *   seen: boolean,
 * }} options trigger is `screen-pop` or the category of an Interaction event
 * @returns {Decision}
 */
export function decidePop({ trigger, interaction, policies, seen }) {
  if (!interaction.id) return skip("it has no id");
  if (triggers.indexOf(trigger) < 0) return skip("the event is no trigger");
  if (interaction.internal) return skip("it is internal");
  if (seen) return skip("it was handled before");
  if (interaction.ended) return skip("it has ended");
  // One that arrives connected (a transfer, automatic answer, a reload) gets no screen pop of its own.
  if (trigger === "add" && interaction.direction !== "outbound" && !interaction.connected) {
    return skip("its screen pop is still to come");
  }
  const action = policyFor(interaction, policies);
  return action === "off" ? skip("its medium is switched off") : { action, reason: "", remember: true };
}

/**
 * @param {Interaction} interaction
 * @param {ScreenPopSettings["policies"]} policies
 */
function policyFor({ dialer, medium }, policies) {
  return policies[dialer ? "dialer" : medium];
}

/**
 * @param {string} reason
 * @returns {Decision}
 */
function skip(reason) {
  return { action: "none", reason, remember: false };
}
