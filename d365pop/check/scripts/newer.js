// The rule about globals that Solution Checker's ES6 does not have.
"use strict";

(function ({ rules, dotted, keyName, withoutWindow }) {
  // ASSUMED: Microsoft gives no list. These came after ES6, and the members after ES2018.
  const GLOBALS = new Set([
    "AggregateError", "Atomics", "BigInt", "BigInt64Array", "BigUint64Array", "FinalizationRegistry",
    "SharedArrayBuffer", "WeakRef", "globalThis",
  ]);
  const MEMBERS = new Set([
    "Array.fromAsync", "Map.groupBy", "Object.fromEntries", "Object.groupBy", "Object.hasOwn",
    "Promise.allSettled", "Promise.any", "Promise.try", "Promise.withResolvers",
  ]);

  rules["newer-globals"] = {
    create({ report, sourceCode }) {
      const seen = new Set();
      function tell(node, name) {
        if (seen.has(name)) return;
        seen.add(name);
        report({ node, message: `${name} came after ES${GLOBALS.has(name) ? "6" : "2018"}` });
      }
      /** Only where nothing in the script is called so, and it is not just asked whether it exists. */
      function lookAt({ identifier }) {
        const { parent } = identifier;
        if (parent.type === "UnaryExpression" && parent.operator === "typeof") return;
        if (GLOBALS.has(identifier.name)) tell(identifier, identifier.name);
        let member = parent;
        for (let depth = 0; depth < 2 && member.type === "MemberExpression"; depth += 1, member = member.parent) {
          const name = withoutWindow(dotted(member));
          const isNew = MEMBERS.has(name) || name === keyName(member) && GLOBALS.has(name);
          if (isNew && dotted(member).startsWith(`${identifier.name}.`)) tell(member, name);
        }
      }
      return {
        "Program:exit"() {
          const { globalScope } = sourceCode.scopeManager;
          const given = globalScope.variables.filter(({ defs }) => !defs.length);
          [...globalScope.through, ...given.flatMap(({ references }) => references)].forEach(lookAt);
        },
      };
    },
  };
})(globalThis.d365pop);
