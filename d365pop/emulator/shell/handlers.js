// @ts-check
/** Loads a form's libraries and calls its handlers; one that fails stops nobody else. */

/** @typedef {import("./form-model.js").HandlerModel} HandlerModel */

/**
 * @param {string} argumentList as FormXml keeps it: `"a", 1, {b: 2}`
 * @returns {unknown[]}
 */
export function parseParameters(argumentList) {
  // A JavaScript argument list has no other parser than JavaScript's own, and its author is the
  // one who wrote the library that is called with it.
  return argumentList.trim() === "" ? [] : new Function(`return [${argumentList}];`)();
}

/**
 * @param {string} path `Namespace.part.onLoad`
 * @param {object} globals
 * @returns {Function}
 */
export function resolveFunction(path, globals) {
  /** @type {any} */
  let owner = undefined;
  /** @type {any} */
  let value = globals;
  for (const name of path.split(".")) {
    owner = value;
    value = value?.[name];
  }
  if (typeof value !== "function") {
    throw new ReferenceError(`${path} is not defined`);
  }
  return value.bind(owner);
}

/**
 * @param {HandlerModel[]} handlers
 * @param {object} options
 * @param {unknown} options.executionContext
 * @param {object} options.globals where function names are looked up
 * @param {(handler: HandlerModel, error: unknown) => void} options.onError
 * @returns {Promise<void>} settles when the promises that handlers returned have settled
 */
export async function runHandlers(handlers, { executionContext, globals, onError }) {
  const pending = handlers.map(async (handler) => {
    try {
      const call = resolveFunction(handler.functionName, globals);
      const first = handler.passExecutionContext ? [executionContext] : [];
      await call(...first, ...parseParameters(handler.parameters));
      // In the browser's timeline one sees which handlers have run.
      performance.mark(`${handler.event} ${handler.functionName}`);
    } catch (error) {
      onError(handler, error);
    }
  });
  await Promise.all(pending);
}

/**
 * Libraries are loaded once and one after the other: the second may build upon the first.
 *
 * @param {object} options
 * @param {(name: string) => Promise<void>} options.load
 * @returns {(names: string[], onError: (name: string, error: unknown) => void) => Promise<void>}
 */
export function createLibraryLoader({ load }) {
  /** @type {Set<string>} */
  const loaded = new Set();
  return async (names, onError) => {
    for (const name of names.filter((candidate) => !loaded.has(candidate.toLowerCase()))) {
      try {
        await load(name);
        loaded.add(name.toLowerCase());
      } catch (error) {
        onError(name, error);
      }
    }
  };
}
