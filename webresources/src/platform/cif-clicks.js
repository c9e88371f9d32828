// @ts-check
/** A number that the agent clicks in the app, dialled like the only number of a form. */

import { linkToForms } from "./form-link.js";
import { isRecord } from "../core/messages.js";

/**
 * @param {{ framework: Pick<import("./cif.js").Framework, "addHandler">, link?: typeof linkToForms }} options
 */
export function linkClicks({ framework, link = linkToForms }) {
  /** @type {(number: string) => void} */
  let dial = () => {};
  /** @type {() => { table: string, id: string } | null} */
  let front = () => null;
  // The handler must return a promise, and some hosts hand over an object in place of the text.
  framework.addHandler("onclicktoact", async (payload) => {
    const clicked = typeof payload === "string" ? JSON.parse(payload) : payload;
    if (isRecord(clicked) && typeof clicked.value === "string") dial(clicked.value);
  });
  return {
    /** @param {() => { table: string, id: string } | null} known what is in front of the agent */
    follow(known) {
      front = known;
    },
    /** @type {typeof linkToForms} */
    linkForms(options) {
      dial = (number) => {
        const { table, id } = front() || { table: "", id: "" };
        options.onForm(
          { kind: "form", event: "answer", table, id, isNew: false, isDirty: false, dials: true, numbers: [{ column: "", number }] },
          { dials: true },
        );
      };
      return link(options);
    },
  };
}
