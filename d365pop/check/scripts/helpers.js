// Runs inside the embedded engine: what our own rules ask of a syntax tree. It reports nothing.
"use strict";

(function (root) {
  const FUNCTIONS = new Set(["FunctionExpression", "FunctionDeclaration", "ArrowFunctionExpression"]);
  const WINDOWS = /^(?:(?:window|self|globalThis|top|parent|opener|this)(?:\.|$))+$/;

  /** The name behind `a.name` and `a["name"]`, or of a property of an object. */
  function keyName(node) {
    const key = node.type === "MemberExpression" ? node.property : node.key;
    if (!node.computed && key.type === "Identifier") return key.name;
    return key.type === "Literal" ? String(key.value) : undefined;
  }

  /** `a.b.c` as text; empty where a part of it is computed. */
  function dotted(node) {
    if (node.type === "ChainExpression") return dotted(node.expression);
    if (node.type === "Identifier") return node.name;
    if (node.type === "ThisExpression") return "this";
    if (node.type !== "MemberExpression") return "";
    const object = dotted(node.object);
    const name = keyName(node);
    return object && name ? `${object}.${name}` : "";
  }

  function withoutWindow(name) {
    return name.replace(/^(?:(?:window|self|globalThis|top|parent)\.)+/, "");
  }

  function variableOf(identifier, sourceCode) {
    let scope = sourceCode.getScope(identifier);
    while (scope) {
      const variable = scope.set.get(identifier.name);
      if (variable) return variable;
      scope = scope.upper;
    }
    return undefined;
  }

  /** What a variable holds for ever: it is written once, where it is declared. */
  function constantOf(identifier, sourceCode) {
    const variable = variableOf(identifier, sourceCode);
    if (!variable || variable.defs.length !== 1) return undefined;
    const [{ type, node }] = variable.defs;
    const writes = variable.references.filter((reference) => reference.isWrite()).length;
    if (type === "FunctionName") return writes ? undefined : node;
    if (type === "Variable" && node.id === variable.identifiers[0] && writes === 1) return node.init || undefined;
    return undefined;
  }

  /** The function that a value is, where that is certain. */
  function functionOf(node, sourceCode) {
    if (FUNCTIONS.has(node.type)) return node;
    if (node.type !== "Identifier") return undefined;
    const value = constantOf(node, sourceCode);
    return value && FUNCTIONS.has(value.type) ? value : undefined;
  }

  /** The pieces of a joined text in order: `{ text }` where it is known, else `{ node }`. */
  function pieces(node, sourceCode, depth = 0) {
    if (node.type === "Literal") return [{ text: String(node.value), node }];
    if (node.type === "BinaryExpression" && node.operator === "+") return sum(node, sourceCode, depth);
    const joined = joinedBy(node);
    if (joined) return joined.flatMap((part) => pieces(part, sourceCode, depth));
    if (node.type === "TemplateLiteral") {
      return node.quasis.flatMap((quasi, index) => [
        { text: quasi.value.cooked || "", node: quasi },
        ...(index < node.expressions.length ? pieces(node.expressions[index], sourceCode, depth) : []),
      ]);
    }
    if (node.type === "Identifier" && depth < 5) {
      const value = constantOf(node, sourceCode);
      if (value && /^(?:Literal|TemplateLiteral|BinaryExpression)$/.test(value.type)) {
        return pieces(value, sourceCode, depth + 1);
      }
    }
    return [{ node }];
  }

  /** What `"a".concat(b)` and `["a", b].join("")` put together. */
  function joinedBy(node) {
    if (node.type !== "CallExpression" || node.callee.type !== "MemberExpression") return undefined;
    const { callee: { object }, arguments: given } = node;
    const name = keyName(node.callee);
    if (given.some(({ type }) => type === "SpreadElement")) return undefined;
    if (name === "concat" && object.type !== "ArrayExpression") return [object, ...given];
    const [glue] = given;
    const isJoin = name === "join" && object.type === "ArrayExpression" && glue && glue.type === "Literal" && glue.value === "";
    return isJoin ? object.elements.filter(Boolean) : undefined;
  }

  // A chain of pluses leans to the left; it is walked, because a long one would end the stack.
  function sum(node, sourceCode, depth) {
    const terms = [];
    while (node.type === "BinaryExpression" && node.operator === "+") {
      terms.push(node.right);
      node = node.left;
    }
    return [node, ...terms.reverse()].flatMap((term) => pieces(term, sourceCode, depth));
  }

  /** The whole text of a value, or undefined where a part of it is only known at run time. */
  function staticText(node, sourceCode) {
    const found = pieces(node, sourceCode);
    return found.every((piece) => piece.text !== undefined) ? found.map((piece) => piece.text).join("") : undefined;
  }

  /** Whether a node is the middle of a sum that is looked at as a whole. */
  function isInsideSum(node) {
    const { parent } = node;
    if (parent.type === "BinaryExpression" && parent.operator === "+" || parent.type === "TemplateLiteral") return true;
    const call = parent.type === "MemberExpression" || parent.type === "ArrayExpression" ? parent.parent : parent;
    const joined = joinedBy(call.type === "MemberExpression" ? call.parent : call);
    return Boolean(joined) && joined.includes(node);
  }

  function walk(node, sourceCode, visit) {
    if (visit(node) === false) return;
    for (const key of sourceCode.visitorKeys[node.type] || []) {
      for (const child of [].concat(node[key])) if (child) walk(child, sourceCode, visit);
    }
  }

  /** Whether a value is a window; a variable that starts as one counts. */
  function isWindow(node, sourceCode) {
    const name = dotted(node);
    if (WINDOWS.test(name) || /\.(?:contentWindow|defaultView)$/.test(name)) return true;
    if (node.type !== "Identifier") return false;
    const variable = variableOf(node, sourceCode);
    if (!variable || !variable.defs.length) return false;
    return variable.references.some(({ writeExpr }) => writeExpr && WINDOWS.test(dotted(writeExpr))) ||
      variable.defs.some((definition) => WINDOWS.test(dotted(givenFor(definition) || node)));
  }

  /** What the parameter of a function that is called on the spot is given. */
  function givenFor({ type, node, name }) {
    const { parent } = node;
    if (type !== "Parameter" || !parent || parent.type !== "CallExpression" || parent.callee !== node) return undefined;
    return parent.arguments[node.params.indexOf(name)];
  }

  root.d365pop = {
    rules: {},
    keyName, dotted, withoutWindow, variableOf, constantOf, functionOf, pieces, joinedBy, staticText, isInsideSum, walk, isWindow,
  };
})(globalThis);
