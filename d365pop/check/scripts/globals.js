// The rule about names that a script leaves behind in the window that all scripts share.
"use strict";

(function ({ rules }) {
  const NAMESPACES = new Set([
    "ObjectExpression", "FunctionExpression", "ArrowFunctionExpression", "ClassExpression", "CallExpression",
    "NewExpression", "ChainExpression", "LogicalExpression", "AssignmentExpression", "MemberExpression",
  ]);

  function isNamespace({ init }) {
    return Boolean(init) && NAMESPACES.has(init.type);
  }

  /** TypeScript and older bundlers declare a namespace first and fill it by a call. */
  function isFilledLater(variable) {
    return variable.references.some(({ identifier: { parent } }) =>
      parent.type === "LogicalExpression" || parent.type === "AssignmentExpression" && isNamespace({ init: parent.right }));
  }

  rules["leaked-global"] = {
    create({ report, sourceCode }) {
      const { globalScope } = sourceCode.scopeManager;
      function lookAtDeclared() {
        for (const variable of globalScope.variables) {
          const definition = variable.defs.find(({ type }) => type === "Variable");
          if (!definition || isNamespace(definition.node) || isFilledLater(variable)) continue;
          report({
            node: definition.name,
            message: `${variable.name} is global: every script of the page can see and overwrite it`,
          });
        }
      }
      function lookAtImplicit() {
        const seen = new Set();
        for (const reference of globalScope.through) {
          const { name } = reference.identifier;
          if (!reference.isWrite() || seen.has(name)) continue;
          if (reference.resolved && !reference.resolved.defs.length) continue;
          if (/^on[a-z]+$|^(?:location|name|status|opener)$/.test(name)) continue;
          seen.add(name);
          report({ node: reference.identifier, message: `${name} is never declared: assigning it makes a global` });
        }
      }
      return {
        "Program:exit"({ sourceType }) {
          if (sourceType !== "module") lookAtDeclared();
          lookAtImplicit();
        },
      };
    },
  };
})(globalThis.d365pop);
