// @ts-check
/**
 * Whether the phone may hear the agent. Each frame on the way to the phone must hand the microphone
 * on, and the user must have allowed it for the app; both can be asked without a prompt.
 */

import { sentence } from "../core/failure.js";

/**
 * @typedef {{ allowsFeature(name: string): boolean }} FeaturePolicy
 * @typedef {{ document: object, navigator: Pick<Navigator, "permissions" | "mediaDevices"> }} Scope
 */

/**
 * Return why the microphone cannot be used: the page around this one keeps it, or the user said no.
 *
 * @param {Scope} [scope]
 * @returns {Promise<"" | "kept" | "denied">} "" also where the browser does not say
 */
export async function probeMicrophone({ document, navigator } = window) {
  const { featurePolicy } = /** @type {{ featurePolicy?: FeaturePolicy }} */ (document);
  if (featurePolicy && !featurePolicy.allowsFeature("microphone")) return "kept";
  try {
    const { state } = await navigator.permissions.query({ name: /** @type {PermissionName} */ ("microphone") });
    return state === "denied" ? "denied" : "";
  } catch (_error) {
    // A browser that does not know the name asks the user when the phone needs it.
    return "";
  }
}

/**
 * Use the microphone for a moment; the browser asks the user where it has not asked before.
 *
 * @param {Scope} [scope]
 * @returns {Promise<string>} the browser's own words for what hindered it, or ""
 */
export async function tryMicrophone({ navigator } = window) {
  try {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    stream.getTracks().forEach((track) => track.stop());
    return "";
  } catch (error) {
    const { name, message } = /** @type {DOMException} */ (error);
    return name + ": " + message;
  }
}

const id = "microphone";

/**
 * Show a card where the microphone cannot be used: why, the phone in a window of its own as the way
 * out, and another attempt, which tells what the browser itself says. One that was dismissed stays so.
 *
 * @param {{
 *   cards: ReturnType<typeof import("../core/cards.js").createCards>,
 *   seen: import("../core/dedupe.js").Seen,
 *   now: () => number,
 *   openSettings: () => void,
 *   text: typeof import("../core/texts.js").text,
 *   scope?: Scope,
 * }} options openSettings: of the phone, where its window is chosen; text: in the page's language
 */
export async function checkMicrophone({ cards, seen, now, openSettings, text, scope = window }) {
  const known = seen.recall(id);
  const cause = await probeMicrophone(scope);
  if (!cause || (known && known.outcome && known.outcome.dismissed)) return;
  seen.add(id);
  const hint = text("microphone-" + cause + "-hint");
  const again = async () => {
    const reason = await tryMicrophone(scope);
    if (reason) show(text("failed", { reason: sentence(reason) }) + " " + hint);
    else cards.dismiss(id);
  };
  /** @param {string} detail */
  const show = (detail) => {
    const choices = [
      { label: text("phone-window"), run: openSettings },
      { label: text("try-again"), run: again },
    ];
    cards.show({ title: text("microphone"), detail, problem: true, choices }, { id, time: now() });
  };
  show(hint);
}
