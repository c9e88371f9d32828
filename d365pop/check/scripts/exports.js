// Which functions a classic script leaves in the window, as far as its text can prove.
//
// Every value is a node; whatever may be the same value becomes the same node, without regard to
// the order of statements. So the answer names at least every function that is there: one that is
// not named, under no node that is open, does not exist.
"use strict";

(function (root) {
  const { keyName, dotted, variableOf, withoutWindow } = root.d365pop;

  const DEEPEST = 6, MOST = 20000;
  const WINDOW = /^(?:window|self|globalThis|frames)$/;
  // They give data, or what no form calls by name; and they add nothing to what they are given.
  const HARMLESS = /^(?:console|JSON|Math|Xrm|document|navigator|location|history|Array|Number|String|Boolean|Date|RegExp|Symbol|BigInt|Promise|Map|Set|WeakMap|WeakSet|Error|TypeError|RangeError|URL|URLSearchParams|XMLHttpRequest|AbortController|DOMParser|FormData|Headers|Uint8Array|Event|CustomEvent|MutationObserver|parseInt|parseFloat|isNaN|encodeURIComponent|decodeURIComponent|encodeURI|decodeURI|fetch|setTimeout|setInterval|clearTimeout|clearInterval|addEventListener|removeEventListener|postMessage|alert|confirm|prompt|define|require|requestAnimationFrame|Object\.(?:keys|values|entries|getPrototypeOf|getOwnPropertyNames|is|isFrozen)|ActiveXObject)(?:\.|$)/;
  // What only other module systems have: a script that asks for it gets nothing in a browser.
  const ABSENT = /^(?:exports|module|define|require|process)$/;
  const SAME = /^(?:Object\.(?:freeze|seal|preventExtensions|create|setPrototypeOf)|Promise\.resolve)$/;
  const MERGES = /^(?:Object\.assign|(?:jQuery|\$|_|angular)\.(?:extend|assign|merge))$/;
  const JQUERY = /^(?:\$|jQuery)$/;

  function makeNode(facts) {
    return Object.assign({ up: null, props: new Map(), written: new Set(), params: [], ret: null, self: null,
      fn: false, sloppy: false, open: false }, facts);
  }

  function find(node) {
    while (node.up) node = node.up;
    return node;
  }

  // Without recursion: libraries merge thousands of nodes.
  function unify(first, second) {
    const work = [[first, second]];
    while (work.length) {
      const [left, right] = work.pop().map((node) => node && find(node));
      if (!left || !right || left === right) continue;
      right.up = left;
      for (const flag of ["fn", "sloppy", "open"]) left[flag] = left[flag] || right[flag];
      right.written.forEach((name) => left.written.add(name));
      for (const [name, node] of right.props) {
        if (left.props.has(name)) work.push([left.props.get(name), node]);
        else left.props.set(name, node);
      }
      for (const slot of ["ret", "self"]) {
        if (left[slot] && right[slot]) work.push([left[slot], right[slot]]);
        left[slot] = left[slot] || right[slot];
      }
      right.params.forEach((node, index) => {
        if (left.params[index]) work.push([left.params[index], node]);
        else left.params[index] = node;
      });
    }
  }

  function prop(node, name) {
    const { props } = find(node);
    if (!props.has(name)) props.set(name, makeNode());
    return props.get(name);
  }

  function slot(node, name) {
    const owner = find(node);
    owner[name] = owner[name] || makeNode();
    return owner[name];
  }

  function param(node, index) {
    const owner = find(node);
    owner.params[index] = owner.params[index] || makeNode();
    return owner.params[index];
  }

  function write(owner, name, value) {
    if (name === undefined) {
      find(owner).open = true;
      return;
    }
    const node = prop(owner, name);
    find(owner).written.add(name);
    if (value) unify(node, value);
  }

  function analyse(sourceCode) {
    const world = makeNode(); // the window
    const variables = new Map();
    const calls = [];
    const globals = new Set();
    let frame = { self: world, ret: makeNode() };
    const unknown = () => makeNode({ open: true });

    function nodeOf(identifier) {
      const variable = variableOf(identifier, sourceCode);
      if (variable && variable.scope.type !== "global") return local(variable);
      if (!variable && WINDOW.test(identifier.name)) return world;
      globals.add(identifier.name);
      return prop(world, identifier.name);
    }

    function local(variable) {
      if (!variables.has(variable)) variables.set(variable, makeNode());
      return variables.get(variable);
    }

    /** What a function or a class is called, outside and inside of itself. */
    function name(node, made) {
      for (const variable of sourceCode.getDeclaredVariables(node)) {
        if (!node.id || variable.name !== node.id.name) continue;
        if (variable.scope.type === "global") write(world, variable.name, made);
        else unify(local(variable), made);
      }
    }

    function isGlobal(identifier) {
      const variable = variableOf(identifier, sourceCode);
      return !variable || variable.scope.type === "global";
    }

    function assign(target, value) {
      switch (target.type) {
        case "Identifier":
          if (isGlobal(target)) find(world).written.add(target.name);
          unify(nodeOf(target), value);
          break;
        case "MemberExpression":
          assignMember(target, value);
          break;
        case "AssignmentPattern":
          assign(target.left, value);
          assign(target.left, evaluate(target.right));
          break;
        case "ObjectPattern":
          for (const property of target.properties) {
            const name = property.type === "Property" ? keyName(property) : undefined;
            assign(property.value || property.argument, value && name !== undefined ? prop(value, name) : unknown());
          }
          break;
        case "ArrayPattern":
          target.elements.forEach((element) => element && assign(element, unknown()));
          break;
        default:
          assign(target.argument, unknown());
      }
    }

    function assignMember(target, value) {
      const owner = evaluate(target.object);
      if (target.computed) evaluate(target.property);
      // An index into something that is not the window holds data; a computed name may be anything.
      if (owner) write(owner, keyName(target), value);
    }

    function makeFunction(node, self) {
      const made = makeNode({ fn: true });
      const isArrow = node.type === "ArrowFunctionExpression";
      const scope = sourceCode.scopeManager.acquire(node);
      made.sloppy = !isArrow && !self && !(scope && scope.isStrict);
      made.ret = node.async || node.generator ? unknown() : makeNode();
      made.self = isArrow ? frame.self : self || makeNode();
      name(node, made);
      node.params.forEach((pattern, index) => assign(pattern, pattern.type === "RestElement" ? unknown() : param(made, index)));
      const outer = frame;
      frame = { self: made.self, ret: makeNode() };
      if (node.body.type === "BlockStatement") visit(node.body);
      else unify(frame.ret, evaluate(node.body));
      if (!node.async && !node.generator) unify(made.ret, frame.ret);
      frame = outer;
      return made;
    }

    function makeObject(node) {
      const made = makeNode();
      for (const property of node.properties) {
        if (property.type === "SpreadElement") unify(made, evaluate(property.argument));
        else if (property.kind === "get") write(made, keyName(property), makeFunction(property.value, made).ret);
        else if (property.kind === "set") makeFunction(property.value, made);
        else if (property.method) write(made, keyName(property), makeFunction(property.value, made));
        else write(made, keyName(property), evaluate(property.value));
      }
      return made;
    }

    function makeClass(node) {
      const made = makeNode({ fn: true });
      const instance = slot(made, "self");
      name(node, made);
      if (node.superClass) unify(made, evaluate(node.superClass));
      for (const member of node.body.body) {
        const self = member.static || member.type === "StaticBlock" ? made : instance;
        const outer = frame;
        frame = { self, ret: makeNode() };
        if (member.type === "StaticBlock") member.body.forEach(visit);
        else {
          const value = member.type === "MethodDefinition" ? makeFunction(member.value, self) : member.value && evaluate(member.value);
          const held = member.kind === "get" ? value.ret : value;
          if (member.kind !== "set" && member.kind !== "constructor" && member.key.type !== "PrivateIdentifier") {
            write(self, keyName(member), held);
          }
        }
        frame = outer;
      }
      return made;
    }

    const values = (nodes) => nodes.map((node) => node.type === "SpreadElement" ? (evaluate(node.argument), unknown()) : evaluate(node));

    function call(node) {
      const { callee } = node;
      if (callee.type === "Super" || callee.type === "Import") return unknown();
      const name = withoutWindow(dotted(callee));
      if (name === "eval" || name === "Function") find(world).open = true;
      const isMember = callee.type === "MemberExpression";
      const owner = isMember ? evaluate(callee.object) : null;
      const method = isMember ? keyName(callee) : undefined;
      if (isMember && owner && /^(?:call|apply|bind)$/.test(method)) return borrow(owner, method, values(node.arguments));
      const given = values(node.arguments);
      const [first] = given;
      if (SAME.test(name)) return first || makeNode();
      if (MERGES.test(name)) return given.reduce((all, one) => (unify(all, one), all), first || makeNode());
      if (name === "Object.defineProperty") return defineProperty(node, given);
      if (isMember && callee.computed && method === undefined) evaluate(callee.property);
      const target = isMember ? (owner && method !== undefined ? prop(owner, method) : unknown()) : evaluate(callee);
      if (!target) return unknown();
      return link(target, given, { name, self: owner });
    }

    function link(target, given, { name, self, isNew = false }) {
      given.forEach((value, index) => value && unify(param(target, index), value));
      if (self) unify(slot(target, "self"), self);
      const result = isNew ? slot(target, "self") : slot(target, "ret");
      if (isNew) unify(result, prop(target, "prototype"));
      calls.push({ target, given, name, result, isPlain: !self && !isNew });
      return HARMLESS.test(name) ? null : result;
    }

    function borrow(target, method, [self, ...given]) {
      if (self) unify(slot(target, "self"), self);
      if (method === "bind") return target;
      if (method === "apply") given = [];
      return link(target, given, { name: "", self: self || makeNode() });
    }

    function defineProperty(node, [owner, , descriptor]) {
      const key = node.arguments[1];
      const name = key && key.type === "Literal" ? String(key.value) : undefined;
      if (!owner) return unknown();
      write(owner, name, descriptor && name !== undefined ? prop(descriptor, "value") : null);
      if (descriptor && name !== undefined) unify(prop(owner, name), slot(prop(descriptor, "get"), "ret"));
      return owner;
    }

    function either(...nodes) {
      const made = nodes.map(evaluate).filter(Boolean);
      made.slice(1).forEach((node) => unify(made[0], node));
      return made[0] || null;
    }

    function evaluate(node) {
      switch (node.type) {
        case "Identifier": return node.name === "undefined" ? null : nodeOf(node);
        case "ThisExpression": return frame.self;
        case "FunctionExpression": case "ArrowFunctionExpression": return makeFunction(node);
        case "ClassExpression": return makeClass(node);
        case "ObjectExpression": return makeObject(node);
        case "CallExpression": return call(node);
        case "NewExpression": return construct(node);
        case "MemberExpression": return member(node);
        case "ChainExpression": return evaluate(node.expression);
        case "AssignmentExpression": return assignment(node);
        case "ConditionalExpression": evaluate(node.test); return either(node.consequent, node.alternate);
        case "LogicalExpression": return either(node.left, node.right);
        case "SequenceExpression": return node.expressions.map(evaluate).pop();
        case "Literal": case "TemplateLiteral": case "BinaryExpression": case "UnaryExpression": case "UpdateExpression":
          children(node); return null;
        case "ArrayExpression": values(node.elements.filter(Boolean)); return makeNode();
        default: children(node); return unknown();
      }
    }

    function member(node) {
      const owner = evaluate(node.object);
      if (node.computed) evaluate(node.property);
      const name = keyName(node);
      return owner && name !== undefined ? prop(owner, name) : unknown();
    }

    function construct(node) {
      const name = withoutWindow(dotted(node.callee));
      if (name === "Function") find(world).open = true;
      const target = evaluate(node.callee);
      const given = values(node.arguments);
      return target ? link(target, given, { name, self: null, isNew: true }) : unknown();
    }

    function assignment({ operator, left, right }) {
      const value = evaluate(right);
      if (operator !== "=" && !/^(?:\|\||&&|\?\?)=$/.test(operator)) {
        children(left);
        return null;
      }
      assign(left, value);
      return value;
    }

    function children(node) {
      for (const key of sourceCode.visitorKeys[node.type] || []) {
        for (const child of [].concat(node[key])) if (child) visit(child);
      }
    }

    function visit(node) {
      switch (node.type) {
        case "FunctionDeclaration": makeFunction(node); break;
        case "ClassDeclaration": makeClass(node); break;
        case "VariableDeclarator": declare(node); break;
        case "ReturnStatement": if (node.argument) unify(frame.ret, evaluate(node.argument)); break;
        case "WithStatement": find(world).open = true; children(node); break;
        case "ForInStatement": case "ForOfStatement": loop(node); break;
        case "Program": case "CatchClause": children(node); break;
        default:
          if (/(?:Statement|Declaration|Case|Element|Property)$/.test(node.type)) children(node);
          else if (!/Pattern$/.test(node.type)) evaluate(node);
      }
    }

    function declare({ id, init, parent: { parent } }) {
      // The variable of a loop over something holds whatever is in it.
      if (/^For(?:In|Of)/.test(parent.type)) assign(id, unknown());
      else if (init) assign(id, evaluate(init));
      else assign(id, null);
    }

    function loop(node) {
      if (node.left.type === "VariableDeclaration") visit(node.left);
      else assign(node.left, unknown());
      evaluate(node.right);
      visit(node.body);
    }

    visit(sourceCode.ast);
    settle({ world, calls, globals });
    return world;
  }

  /** What is only known when everything was seen: who is called, and what came from elsewhere. */
  function settle({ world, calls, globals }) {
    for (let changed = true; changed;) {
      changed = false;
      for (const { target, isPlain } of calls) {
        const { sloppy, self } = find(target);
        if (!isPlain || !sloppy || !self || find(self) === find(world)) continue;
        unify(world, self);
        changed = true;
      }
    }
    for (const name of globals) {
      if (!find(world).written.has(name) && !ABSENT.test(name)) openAll(prop(world, name), world);
    }
    for (const { target, given, name, result } of calls) {
      const { fn, open } = find(target);
      if (fn && !open || HARMLESS.test(name)) continue;
      find(result).open = true;
      for (const value of given) {
        if (value && !(JQUERY.test(name) && find(value) === find(world))) find(value).open = true;
      }
    }
  }

  function openAll(start, world) {
    const seen = new Set([find(world)]);
    const work = [find(start)];
    while (work.length) {
      const node = find(work.pop());
      if (seen.has(node)) continue;
      seen.add(node);
      node.open = true;
      for (const [name, child] of node.props) if (!node.written.has(name)) work.push(child);
    }
  }

  root.d365pop.definitions = function (sourceCode) {
    const world = find(analyse(sourceCode));
    const functions = [], open = world.open ? [""] : [];
    const path = new Set();
    (function list(node, prefix, depth) {
      if (path.has(node) || depth > DEEPEST) return;
      path.add(node);
      for (const [name, child] of node.props) {
        const value = find(child);
        const full = prefix + name;
        if (name === "prototype" || depth === 0 && ABSENT.test(name) || functions.length + open.length > MOST) continue;
        if (node.written.has(name) && value.fn) functions.push(full);
        if (node.written.has(name) && value.open) open.push(full);
        list(value, `${full}.`, depth + 1);
      }
      path.delete(node);
    })(world, "", 0);
    return functions.length + open.length > MOST ? null : { functions, open };
  };
})(globalThis);
