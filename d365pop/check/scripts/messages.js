// Rules about messages between windows.
"use strict";

(function ({ rules, keyName, dotted, functionOf, isWindow, staticText, variableOf }) {
  // What Microsoft's own rule sees already: a literal "*" as the second argument.
  const isOfficial = ({ arguments: [, target], arguments: { length } }) => length <= 3 && target.type === "Literal";

  function isAnyTarget(node, sourceCode) {
    if (node.type === "ObjectExpression") {
      return node.properties.some((property) =>
        property.type === "Property" && keyName(property) === "targetOrigin" && isAnyTarget(property.value, sourceCode));
    }
    if (node.type === "LogicalExpression") return isAnyTarget(node.left, sourceCode) || isAnyTarget(node.right, sourceCode);
    if (node.type === "ConditionalExpression") {
      return isAnyTarget(node.consequent, sourceCode) || isAnyTarget(node.alternate, sourceCode);
    }
    return staticText(node, sourceCode) === "*";
  }

  rules["postmessage-any-target"] = {
    create: ({ report, sourceCode }) => ({
      CallExpression(node) {
        if (node.callee.type !== "MemberExpression" || keyName(node.callee) !== "postMessage") return;
        const target = node.arguments[1];
        if (!target || isOfficial(node) || !isAnyTarget(target, sourceCode)) return;
        report({ node, message: "This message goes to whichever page is there: its target origin can be '*'" });
      },
    }),
  };

  // What a listener does with its event: nothing, reads it, checks it, or nobody can tell.
  const UNUSED = 0, READ = 1, CHECKED = 2;

  function checks(fn, index, sourceCode, depth) {
    const param = fn.params[index];
    if (!param) return UNUSED;
    return patternChecks(param.type === "AssignmentPattern" ? param.left : param, sourceCode, depth);
  }

  function patternChecks(pattern, sourceCode, depth) {
    if (pattern.type === "ObjectPattern") return objectChecks(pattern, sourceCode);
    if (pattern.type !== "Identifier") return CHECKED;
    const variable = variableOf(pattern, sourceCode) || sourceCode.getDeclaredVariables(pattern.parent)
      .find(({ name }) => name === pattern.name);
    const uses = variable ? variable.references.filter((reference) => reference.isRead()) : [];
    return Math.max(UNUSED, ...uses.map(({ identifier }) => useChecks(identifier, sourceCode, depth)));
  }

  function objectChecks(pattern) {
    const keys = pattern.properties.map((property) => property.type === "Property" ? keyName(property) : "...");
    return keys.some((key) => /^(?:origin|source|\.\.\.)$/.test(key)) ? CHECKED : READ;
  }

  function useChecks(identifier, sourceCode, depth) {
    const { parent } = identifier;
    if (parent.type === "MemberExpression" && parent.object === identifier) return memberChecks(parent);
    if (parent.type === "VariableDeclarator" && parent.init === identifier) return patternChecks(parent.id, sourceCode, depth);
    if (parent.type !== "CallExpression" || parent.callee === identifier) return CHECKED;
    if (/^console\./.test(dotted(parent.callee))) return READ;
    const fn = depth < 4 && functionOf(parent.callee, sourceCode);
    return fn ? checks(fn, parent.arguments.indexOf(identifier), sourceCode, depth + 1) : CHECKED;
  }

  function memberChecks(member) {
    const name = keyName(member);
    if (name === undefined) return CHECKED;
    if (name !== "origin" && name !== "source") return READ;
    // Where it is logged, or only says where the answer goes, nothing is checked.
    let node = member;
    while (node.parent.type === "MemberExpression" && node.parent.object === node) node = node.parent;
    const call = node.parent;
    if (call.type !== "CallExpression") return CHECKED;
    const callee = dotted(call.callee);
    return /(?:^console\.|postMessage$)/.test(callee) ? READ : CHECKED;
  }

  rules["message-listener-unchecked"] = {
    create({ report, sourceCode }) {
      function look(node, listener) {
        const fn = listener && functionOf(listener, sourceCode);
        if (!fn || checks(fn, 0, sourceCode, 0) !== READ) return;
        report({ node, message: "This listener acts on messages of any window: it checks neither origin nor source" });
      }
      return {
        CallExpression(node) {
          const { callee, arguments: [type, listener] } = node;
          const isMember = callee.type === "MemberExpression";
          if ((isMember ? keyName(callee) : callee.name) !== "addEventListener") return;
          if (isMember && !isWindow(callee.object, sourceCode)) return;
          if (type && staticText(type, sourceCode) === "message") look(node, listener);
        },
        AssignmentExpression(node) {
          const { left, right } = node;
          const isOwn = left.type === "Identifier" && left.name === "onmessage" && !variableOf(left, sourceCode);
          const isOn = left.type === "MemberExpression" && keyName(left) === "onmessage" && isWindow(left.object, sourceCode);
          if (isOwn || isOn) look(node, right);
        },
      };
    },
  };
})(globalThis.d365pop);
