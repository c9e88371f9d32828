// @ts-check
/** One open form: reads it, runs its scripts, saves it. */

import { createExecutionContext, createFormContext, createSaveArguments } from "./execution-context.js";
import { readFormModel } from "./form-model.js";
import { FormState } from "./form-state.js";
import { renderForm } from "./form-view.js";
import { runHandlers } from "./handlers.js";
import { describeTable } from "./tables.js";

/** @typedef {import("./address.js").RecordPage} RecordPage */
/** @typedef {import("./handlers.js").HandlerModel} HandlerModel */
/**
 * @typedef {object} FormServices
 * @property {import("./web-api.js").WebApi} webApi
 * @property {import("./web-api.js").Send} send
 * @property {number} languageId
 * @property {(names: string[], onError: (name: string, error: unknown) => void) => Promise<void>} loadLibraries
 * @property {() => unknown} globalContext
 * @property {(page: RecordPage) => void} onSaved a new row has an address now
 */
/** @typedef {{ formid: string, name: string, formxml: string, isdefault?: boolean, formactivationstate?: number }} SystemForm */

const MAIN_FORM = 2;
const ACTIVE = 1;

/**
 * Active main forms in the order in which one is chosen: the default one first.
 *
 * @param {SystemForm[]} forms
 * @param {string} [formId] the one that was asked for
 * @returns {SystemForm | undefined}
 */
export function chooseForm(forms, formId) {
  const active = forms.filter((form) => (form.formactivationstate ?? ACTIVE) === ACTIVE);
  const wanted = active.find((form) => form.formid.toLowerCase() === formId);
  return wanted ?? active.find((form) => form.isdefault) ?? active[0];
}

/**
 * @param {RecordPage} page
 * @param {FormServices} services
 * @returns {Promise<FormPage>}
 */
export async function openFormPage(page, services) {
  const table = describeTable(page.entityName);
  const [form, row] = await Promise.all([
    retrieveForm(page, services),
    page.entityId ? services.webApi.retrieveRecord(page.entityName, page.entityId) : {},
  ]);
  const xml = new DOMParser().parseFromString(form.formxml, "application/xml");
  if (xml.querySelector("parsererror")) {
    throw new Error(`The FormXml of "${form.name}" is not well-formed`);
  }
  const model = readFormModel(xml.documentElement, { languageCode: services.languageId });
  const state = new FormState({
    entityName: page.entityName,
    entityId: page.entityId ?? "",
    primaryName: table.primaryName,
    form: { id: form.formid, label: form.name },
    model,
    row,
    defaults: page.formParameters,
  });
  return new FormPage(state, services);
}

/**
 * @param {RecordPage} page
 * @param {FormServices} services
 * @returns {Promise<SystemForm>}
 */
async function retrieveForm({ entityName, formId }, { send }) {
  const query = new URLSearchParams({
    $select: "formid,name,formxml,isdefault,formactivationstate",
    $filter: `objecttypecode eq '${entityName}' and type eq ${MAIN_FORM}`,
  });
  const answer = await (await send("GET", `systemforms?${query}`)).json();
  const form = chooseForm(answer.value, formId);
  if (!form) {
    throw new Error(`The table "${entityName}" has no active, published main form`);
  }
  return form;
}

/** A form on screen. */
export class FormPage {
  /**
   * @param {FormState} state
   * @param {FormServices} services
   */
  constructor(state, services) {
    this.state = state;
    this.services = services;
    this.actions = { save: () => this.save(), globalContext: services.globalContext };
    this.formContext = createFormContext(state, this.actions);
    this.element = renderForm(state, {
      tableLabel: describeTable(state.data.entityName).label,
      onEdit: (attribute) => {
        const eventSource = this.formContext.getAttribute(attribute.name);
        void this.#run("onchange", { eventSource }, attribute.name);
      },
    });
  }

  get title() {
    return this.state.title;
  }

  get isDirty() {
    return this.state.isDirty;
  }

  /** Load the libraries and raise OnLoad; the form is on screen already. */
  async start() {
    await this.services.loadLibraries(this.state.data.model.libraries, (name, error) =>
      this.#report(`library ${name}`, error),
    );
    await this.#run("onload", {});
  }

  /** @returns {Promise<void>} */
  async save() {
    const eventArgs = createSaveArguments();
    await this.#run("onsave", { eventArgs });
    if (eventArgs.isDefaultPrevented()) {
      return;
    }
    this.state.clear("save-error");
    try {
      await this.#write();
    } catch (error) {
      const message = /** @type {Error} */ (error).message;
      this.state.notify({ id: "save-error", level: "ERROR", message: `Not saved: ${message}` });
      throw error;
    }
  }

  async #write() {
    const { webApi, onSaved } = this.services;
    const { data } = this.state;
    const changes = this.state.changes();
    if (data.entityId && Object.keys(changes).length === 0) return;
    if (data.entityId) {
      await webApi.updateRecord(data.entityName, data.entityId, changes);
    } else {
      data.entityId = (await webApi.createRecord(data.entityName, changes)).id;
    }
    this.state.saved(await webApi.retrieveRecord(data.entityName, data.entityId));
    onSaved({ pageType: "entityrecord", entityName: data.entityName, entityId: data.entityId });
  }

  /**
   * @param {string} event
   * @param {{ eventSource?: unknown, eventArgs?: unknown }} details
   * @param {string} [attribute]
   */
  async #run(event, details, attribute = "") {
    const handlers = this.state.data.model.handlers.filter(
      (handler) => handler.event === event && (!attribute || handler.attribute === attribute),
    );
    await runHandlers(handlers, {
      executionContext: createExecutionContext(this.formContext, this.actions, details),
      globals: window,
      onError: ({ functionName, libraryName }, error) =>
        this.#report(`${functionName} (${libraryName}, ${event})`, error),
    });
  }

  /**
   * @param {string} what
   * @param {unknown} error
   */
  #report(what, error) {
    console.error(`Script error in ${what}:`, error);
    const detail = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    const message = `Script Error: One of the scripts for this record has caused an error. ${what}: ${detail}`;
    this.state.notify({ id: `script-error ${what}`, level: "ERROR", message });
  }
}
