// @ts-check
/** Draws one interaction with its buttons. */

/** @typedef {import("./interaction-factory.js").Interaction} Interaction */

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, string>} attributes
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function element(tag, attributes, ...children) {
  const made = document.createElement(tag);
  Object.entries(attributes).forEach(([name, value]) => made.setAttribute(name, value));
  made.append(...children);
  return made;
}

/**
 * @param {HTMLElement} place
 * @param {string} text
 */
export function fill(place, text) {
  place.textContent = text;
  place.hidden = false;
}

/**
 * @param {Interaction} interaction
 * @param {{ phone: import("./phone.js").Phone, muted: boolean, openCallLog?: () => void }} options
 * @returns {HTMLLIElement}
 */
export function drawInteraction(interaction, { phone, muted, openCallLog }) {
  const { direction, displayAddress, id, remoteName, state } = interaction;
  const who = button(remoteName, "who", () => phone.select(id));
  const address = remoteName === displayAddress ? "" : ` · ${displayAddress}`;
  const what = `${direction} ${mediumOf(interaction)}${address} · ${state.toLowerCase()}`;
  const buttons = element("div", { class: "buttons" }, ...actions(interaction, phone, muted));
  if (openCallLog) buttons.append(button("Call log", "log", openCallLog));
  who.title = remoteName;
  return element("li", { "data-state": state, "aria-label": remoteName }, who, element("p", { class: "what" }, what), buttons);
}

/**
 * @param {Interaction} interaction
 * @param {import("./phone.js").Phone} phone
 * @param {boolean} muted
 * @returns {HTMLButtonElement[]}
 */
function actions({ id, isConnected, isDisconnected, state }, phone, muted) {
  if (isDisconnected) {
    return [button("Done", "done", () => phone.wrapUp(id, "Default Wrap-up Code"))];
  }
  const end = button("End", "end", () => phone.end(id));
  if (!isConnected) {
    return [button("Answer", "answer", () => phone.answer(id)), end];
  }
  const held = button("Hold", "hold", () => phone.toggleHold(id));
  held.setAttribute("aria-pressed", String(state === "HELD"));
  const mute = button("Mute", "mute", () => phone.toggleMute(id));
  mute.setAttribute("aria-pressed", String(muted));
  return [held, mute, end];
}

/** @param {Interaction} interaction */
function mediumOf({ isCallback, isChat, isEmail, isMessage }) {
  if (isCallback) return "callback";
  if (isChat) return "chat";
  if (isEmail) return "email";
  return isMessage ? "message" : "call";
}

/**
 * @param {string} label
 * @param {string} css
 * @param {() => void} onClick
 */
function button(label, css, onClick) {
  const made = element("button", { type: "button", class: css }, label);
  made.addEventListener("click", onClick);
  return made;
}
