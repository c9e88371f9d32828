// @ts-check
/** The formContext and the execution contexts that handlers are given. */

/** @typedef {import("./form-state.js").FormState} FormState */
/** @typedef {import("./form-state.js").FormAttribute} FormAttribute */
/** @typedef {import("./form-state.js").FormControl} FormControl */
/** @typedef {{ save: () => Promise<void>, globalContext: () => unknown }} FormActions */

const FORM_TYPE = { create: 1, update: 2 };

/**
 * @param {FormState} state
 * @param {FormActions} actions
 */
export function createFormContext(state, actions) {
  /** @param {string} [name] */
  const getAttribute = (name) => {
    const found = [...state.attributes.values()].map((one) => attributeApi(state, one));
    return name === undefined ? found : (found.find((one) => one.getName() === name) ?? null);
  };
  /** @param {string} [name] */
  const getControl = (name) => {
    const found = [...state.controls.values()].map((one) => controlApi(state, one));
    return name === undefined ? found : (found.find((one) => one.getName() === name) ?? null);
  };
  return {
    data: { entity: entityApi(state, actions), getIsDirty: () => state.isDirty, save: actions.save },
    ui: uiApi(state),
    getAttribute,
    getControl,
  };
}

/**
 * @param {FormState} state
 * @param {FormActions} actions
 * @returns {Pick<Xrm.Entity, "getEntityName" | "getEntityReference" | "getId" | "getIsDirty" |
 *   "getPrimaryAttributeValue"> & { save(): Promise<void> }}
 */
function entityApi(state, actions) {
  const { entityName } = state.data;
  const getId = () => (state.data.entityId ? `{${state.data.entityId.toUpperCase()}}` : "");
  const getPrimaryAttributeValue = () => {
    const attribute = state.attributes.get(state.data.primaryName);
    return String((attribute ? attribute.value : state.data.row[state.data.primaryName]) ?? "");
  };
  return {
    getId,
    getEntityName: () => entityName,
    getEntityReference: () => ({ id: getId(), entityType: entityName, name: getPrimaryAttributeValue() }),
    getIsDirty: () => state.isDirty,
    getPrimaryAttributeValue,
    save: actions.save,
  };
}

/** @param {FormState} state */
function uiApi(state) {
  const { form } = state.data;
  const item = { getId: () => form.id, getLabel: () => form.label };
  /** @type {Pick<Xrm.Ui, "clearFormNotification" | "getFormType" | "setFormNotification">} */
  const ui = {
    getFormType: () => (state.data.entityId ? FORM_TYPE.update : FORM_TYPE.create),
    setFormNotification: (message, level, id) => {
      state.notify({ message, level, id });
      return true;
    },
    clearFormNotification: (id) => state.clear(id),
  };
  return { ...ui, formSelector: { getCurrentItem: () => item, items: { get: () => [item] } } };
}

/**
 * @param {FormState} state
 * @param {FormAttribute} attribute
 */
function attributeApi(state, attribute) {
  return {
    getName: () => attribute.name,
    getValue: () => attribute.value,
    /** @param {unknown} value */
    setValue: (value) => attribute.set(value),
    getIsDirty: () => attribute.isDirty,
    controls: {
      get: () => [...state.controls.values()]
        .filter((control) => control.attribute === attribute)
        .map((control) => controlApi(state, control)),
    },
  };
}

/**
 * @param {FormState} state
 * @param {FormControl} control
 * @returns {Record<string, (...parameters: any[]) => any>}
 */
function controlApi(state, control) {
  return {
    getName: () => control.name,
    getAttribute: () => (control.attribute ? attributeApi(state, control.attribute) : null),
    getLabel: () => control.label,
    setLabel: (label) => control.update({ label }),
    getVisible: () => control.visible,
    setVisible: (visible) => control.update({ visible }),
    getDisabled: () => control.disabled,
    setDisabled: (disabled) => control.update({ disabled }),
  };
}

/**
 * @param {ReturnType<typeof createFormContext>} formContext
 * @param {FormActions} actions
 * @param {{ eventSource?: unknown, eventArgs?: unknown, shared?: Map<string, unknown> }} [event]
 */
export function createExecutionContext(formContext, actions, event = {}) {
  const { eventSource = formContext.data.entity, eventArgs = null, shared = new Map() } = event;
  return {
    getFormContext: () => formContext,
    getContext: actions.globalContext,
    getDepth: () => 1,
    getEventSource: () => eventSource,
    getEventArgs: () => eventArgs,
    /** @param {string} key */
    getSharedVariable: (key) => shared.get(key),
    /**
     * @param {string} key
     * @param {unknown} value
     */
    setSharedVariable: (key, value) => void shared.set(key, value),
  };
}

/** The event arguments of OnSave, by which a handler can stop the save. */
export function createSaveArguments() {
  let prevented = false;
  return {
    preventDefault: () => {
      prevented = true;
    },
    isDefaultPrevented: () => prevented,
    getSaveMode: () => 1,
  };
}
