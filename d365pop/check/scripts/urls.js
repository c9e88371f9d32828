// Rules about what is put into addresses.
"use strict";

(function (helpers) {
  const { rules, keyName, dotted, withoutWindow, constantOf, variableOf, functionOf } = helpers;
  const { isInsideSum, joinedBy, pieces, staticText, walk } = helpers;
  // Right after "$filter=" stands a whole condition: it is looked at where it is put together.
  const FILTER = /\$filter=[^&]*(?:[\s(,]'?|'[^']*)$/i;
  const COMPARISON = /(?:^|[\s(=])[\w/]+\s+(?:eq|ne|gt|ge|lt|le)\s+'?$|\b(?:contains|startswith|endswith)\([\w/]+\s*,\s*'?$/i;
  // A key that stands without quotes is a GUID: with anything else the request fails.
  const KEY = /id(?:_value)?\s+(?:eq|ne)\s+$/i;
  const QUOTE_DOUBLING = /(['"`])(?:''|\\'\\'|%27%27)\1/;
  const NUMERIC = /^(?:Number|parseInt|parseFloat|BigInt|Math\.\w+)$/;

  function isEncoded(node, quoted, sourceCode) {
    if (node.type === "UnaryExpression") return true;
    if (node.type === "Identifier") {
      const value = constantOf(node, sourceCode);
      return value ? value.type !== "Identifier" && isEncoded(value, quoted, sourceCode) : false;
    }
    if (node.type !== "CallExpression") return false;
    const callee = dotted(node.callee);
    if (NUMERIC.test(callee)) return true;
    if (!quoted && /^encodeURI/.test(callee)) return true;
    // encodeURIComponent leaves the single quote alone, which is what ends an OData text.
    if (QUOTE_DOUBLING.test(sourceCode.getText(node))) return true;
    const fn = functionOf(node.callee, sourceCode);
    if (fn) return QUOTE_DOUBLING.test(sourceCode.getText(fn));
    return /(?:odata|quote|escape|literal|sanitiz)/i.test(callee);
  }

  rules["odata-concatenated"] = {
    create({ report, sourceCode }) {
      function look(node) {
        if (!isInsideSum(node)) lookAt(pieces(node, sourceCode), "");
      }
      function lookAt(found, start) {
        let before = start;
        for (const piece of found) {
          if (piece.text !== undefined) {
            before += piece.text;
            continue;
          }
          const inFilter = (FILTER.test(before) || COMPARISON.test(before)) && !KEY.test(before);
          if (inFilter && !isEncoded(piece.node, /'[^']*$/.test(before), sourceCode)) {
            report({ node: piece.node, message: "This value is put into an OData filter as it is: a quote in it changes the question" });
          }
          before += "0";
        }
      }
      return {
        TemplateLiteral: look,
        BinaryExpression(node) {
          if (node.operator === "+") look(node);
        },
        CallExpression(node) {
          if (joinedBy(node)) look(node);
        },
        AssignmentExpression({ operator, left, right }) {
          if (operator === "+=" && left.type === "Identifier") lookAt(pieces(right, sourceCode), textBefore(left, sourceCode));
        },
      };
    },
  };

  /** What a text holds before `+=` adds to it, a 0 for each value that only the run knows. */
  function textBefore(identifier, sourceCode) {
    const variable = variableOf(identifier, sourceCode);
    const writes = variable ? variable.references.filter(({ writeExpr, identifier: { range } }) => writeExpr && range[0] < identifier.range[0]) : [];
    return writes.flatMap(({ writeExpr }) => pieces(writeExpr, sourceCode)).map(({ text }) => text === undefined ? "0" : text).join("");
  }

  const PERSONAL = /phone|mobile|e_?mail|full_?name|first_?name|last_?name|birth_?dat|caller_?(?:id|name)|customer_?name|displayaddress|^ani$|ssn$|social_?security/i;
  const PERSONAL_KEY = /[?&;](?:[\w.$-]*(?:phone|mobile|e-?mail|birthdate)|tel|ani|(?:first|last|full|customer|caller)_?name)=$/i;
  const DIALS = /^(?:tel|mailto|sip|sips|sms|callto):/i;
  // The same-origin query is the one place where a number has to stand.
  const WEB_API = /\/api\/data\/|[?&]\$filter=/i;
  const METHOD = /^(?:GET|POST|PUT|PATCH|DELETE|HEAD)$/i;
  const OPENERS = {
    "fetch": [0],
    "navigator.sendBeacon": [0],
    "open": [0],
    "location.assign": [0],
    "location.replace": [0],
    "document.location.assign": [0],
    "document.location.replace": [0],
    "history.pushState": [2],
    "history.replaceState": [2],
    "Xrm.Navigation.openUrl": [0],
    "Xrm.Navigation.openWebResource": [0, 2],
    "Xrm.Utility.openWebResource": [0, 1],
  };

  function isPersonal(node, sourceCode, depth = 0) {
    let found = false;
    let before = "";
    for (const piece of pieces(node, sourceCode)) {
      if (piece.text !== undefined) before += piece.text;
      else if (DIALS.test(before) || WEB_API.test(before)) return false;
      else found = found || PERSONAL_KEY.test(before) || names(piece.node, sourceCode, depth);
    }
    return found;
  }

  function names(node, sourceCode, depth) {
    let found = false;
    walk(node, sourceCode, (inner) => {
      if (inner.type === "Identifier") found = found || PERSONAL.test(inner.name) || behind(inner, sourceCode, depth);
      else if (inner.type === "Literal" && inner.parent.type === "CallExpression") found = found || PERSONAL.test(inner.value);
      return !/Function/.test(inner.type);
    });
    return found;
  }

  function behind(identifier, sourceCode, depth) {
    if (depth > 2 || identifier.parent.type === "MemberExpression" && identifier.parent.property === identifier) return false;
    const value = constantOf(identifier, sourceCode);
    return Boolean(value) && !/Function/.test(value.type) && isPersonal(value, sourceCode, depth + 1);
  }

  rules["personal-data-in-url"] = {
    create({ report, sourceCode }) {
      function look(node) {
        if (node && isPersonal(node, sourceCode)) {
          report({ node, message: "This address carries personal data: addresses end up in histories and logs" });
        }
      }
      function lookAtPage(node) {
        if (!node || node.type !== "ObjectExpression") return;
        for (const property of node.properties) {
          if (property.type === "Property" && /^(?:data|url)$/.test(keyName(property))) look(property.value);
        }
      }
      return {
        CallExpression(node) {
          const name = withoutWindow(dotted(node.callee));
          if (name === "Xrm.Navigation.navigateTo") lookAtPage(node.arguments[0]);
          if (Object.hasOwn(OPENERS, name)) for (const index of OPENERS[name]) look(node.arguments[index]);
          else if (/\.open$/.test(name) && METHOD.test(staticText(node.arguments[0] || node, sourceCode))) look(node.arguments[1]);
        },
        NewExpression({ callee, arguments: [address] }) {
          if (withoutWindow(dotted(callee)) === "URL") look(address);
        },
        AssignmentExpression({ left, right }) {
          const name = left.type === "MemberExpression" ? keyName(left) : "";
          if (/^(?:src|href|action)$/.test(name)) look(right);
          else if (/^(?:document\.)?location(?:\.search|\.hash)?$/.test(withoutWindow(dotted(left)))) look(right);
        },
      };
    },
  };
})(globalThis.d365pop);
