// @ts-check
/** The shell's modal dialogs. */

import { h } from "./dom.js";
import { platformPromise } from "./promise.js";

/**
 * @template T
 * @typedef {{ label: string, value: T, primary?: boolean }} Choice
 */

/**
 * @template T
 * @param {object} options
 * @param {string} options.title
 * @param {string} options.text
 * @param {Choice<T>[]} options.choices
 * @param {T} options.dismissed the answer when Escape closes the dialog
 * @returns {Promise<T>}
 */
export function ask({ title, text, choices, dismissed }) {
  return new Promise((resolve) => {
    let answer = dismissed;
    const dialog = h("dialog", { class: "dialog", "aria-label": title });
    /** @param {Choice<T>} choice */
    const button = ({ label, value, primary }) =>
      h("button", {
        type: "button",
        class: primary ? "primary" : "",
        autofocus: primary === true,
        onclick: () => {
          answer = value;
          dialog.close();
        },
      }, label);
    dialog.append(
      h("h2", {}, title),
      h("p", {}, text),
      h("div", { class: "dialog-buttons" }, ...choices.map(button)),
    );
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(answer);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

/** @returns {Promise<"save" | "discard" | "stay">} */
export function askUnsaved() {
  return ask({
    title: "Unsaved changes",
    text: "Do you want to save your changes before leaving this page?",
    choices: [
      { label: "Save and continue", value: "save", primary: true },
      { label: "Discard changes", value: "discard" },
      { label: "Cancel", value: "stay" },
    ],
    dismissed: "stay",
  });
}

/** @type {Pick<Xrm.Navigation, "openAlertDialog" | "openConfirmDialog">} */
export const dialogs = {
  openAlertDialog: ({ confirmButtonLabel = "OK", text, title = "Alert" }) =>
    platformPromise(
      ask({
        title,
        text,
        choices: [{ label: confirmButtonLabel, value: undefined, primary: true }],
        dismissed: undefined,
      }),
    ),
  openConfirmDialog: (strings) => {
    const { cancelButtonLabel = "Cancel", confirmButtonLabel = "OK", text, title = "Confirm" } = strings;
    return platformPromise(
      ask({
        title,
        text,
        choices: [
          { label: confirmButtonLabel, value: { confirmed: true }, primary: true },
          { label: cancelButtonLabel, value: { confirmed: false } },
        ],
        dismissed: { confirmed: false },
      }),
    );
  },
};
