// Rules about what must not stand in a script as text: secrets, hosts, and names nobody offers.
"use strict";

(function ({ rules, keyName, dotted, withoutWindow, isInsideSum, joinedBy, pieces, staticText }) {
  const SECRETS = [
    ["a private key", /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----/],
    ["a connection string with its secret", /\b(?:Client ?Secret|Password|Pwd|AccountKey|SharedAccessKey|SharedSecret)\s*=\s*(?![{<$%*.]|\s|;|$)[^;'"{}<>\s&]{6,}/i],
    ["a client secret of Microsoft Entra ID", /(?<![\w~.-])[\w~.-]{3}\dQ~[\w~.-]{31,34}(?![\w~.-])/],
    ["a JSON web token", /\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}/],
    ["basic authentication with its password", /^Basic [A-Za-z0-9+/]{12,}={0,2}$/],
  ];
  // A URL's query holds "password=" as a name: only what looks like a connection string counts.
  const CONNECTION = /;|\b(?:AuthType|Server|Data Source|Endpoint|DefaultEndpointsProtocol|ClientId|AppId|Url|Username)\s*=/i;
  const KEYWORD = /(?:^|_|[a-z])(?:client_?secret|secret_?key|secret|pass_?word|passwd|pwd|api_?key|access_?key|account_?key|private_?key|access_?token|auth_?token|refresh_?token|bearer_?token)$/i;
  const PLACEHOLDER = /^(?:x+|\*+|<.*>|\{.*\}|\$\{.*|%.*%|.*(?:your|example|placeholder|changeme|dummy|redacted|todo).*)$/i;

  function entropy(text) {
    const counts = new Map();
    for (const letter of text) counts.set(letter, (counts.get(letter) || 0) + 1);
    return [...counts.values()].reduce((sum, n) => sum - n / text.length * Math.log2(n / text.length), 0);
  }

  const isRandom = (text) =>
    text.length >= 8 && text.length <= 512 && !/[\s/\\()]/.test(text) && !PLACEHOLDER.test(text) &&
    entropy(text) >= 3 && /[0-9~!@#$%^&*+=]/.test(text);

  // In a form's body or a query the name stands before the value, as text.
  const FIELD = /(?:^|[?&\s])(client_?secret|client_?assertion|pass_?word|passwd|refresh_?token|access_?token|api_?key)=([^&"'{}<>$\s]+)/gi;

  function secretKind(text) {
    for (const [, name, value] of text.matchAll(FIELD)) if (isRandom(value)) return `What ${name} holds`;
    for (const [kind, pattern] of SECRETS) {
      if (pattern.test(text) && (!/connection/.test(kind) || CONNECTION.test(text))) return kind;
    }
    return undefined;
  }

  rules["hardcoded-secret"] = {
    create({ report, sourceCode }) {
      const seen = new Set();
      // The message never repeats the secret: reports travel further than the script.
      function found(node, kind) {
        if (seen.has(node)) return;
        seen.add(node);
        report({ node, message: `${kind} stands in the script, where every user can read it` });
      }
      function lookAtText(node) {
        if (isInsideSum(node)) return;
        if (node.type === "Literal" && typeof node.value !== "string") return;
        const known = staticText(node, sourceCode);
        const texts = known === undefined ? pieces(node, sourceCode).map(({ text }) => text || "") : [known];
        const kind = texts.map(secretKind).find(Boolean);
        if (kind) found(node, kind);
      }
      function lookAtName(name, value) {
        if (!value || !KEYWORD.test(name || "")) return;
        const text = staticText(value, sourceCode);
        if (value.type !== "Identifier" && typeof text === "string" && isRandom(text)) found(value, `What ${name} holds`);
      }
      return {
        Property: (node) => lookAtName(keyName(node), node.value),
        PropertyDefinition: (node) => lookAtName(keyName(node), node.value),
        VariableDeclarator: ({ id, init }) => lookAtName(id.name, init),
        AssignmentExpression: ({ left, right }) =>
          lookAtName(left.type === "MemberExpression" ? keyName(left) : left.name, right),
        Literal: lookAtText,
        TemplateLiteral: lookAtText,
        BinaryExpression(node) {
          if (node.operator === "+") lookAtText(node);
        },
        CallExpression(node) {
          if (joinedBy(node)) lookAtText(node);
          const [name, value] = node.arguments;
          const key = value && name.type !== "SpreadElement" && staticText(name, sourceCode);
          if (key && /\.(?:append|set|setItem|setRequestHeader)$/.test(dotted(node.callee))) lookAtName(key, value);
        },
      };
    },
  };

  const HOST = /(?<![\w.-])[a-z0-9][\w-]*(?:\.api)?\.(?:crm\d*\.dynamics\.com|crm\d*\.microsoftdynamics\.us|crm\d*\.appsplatform\.us|crm\d*\.dynamics\.cn)(?![\w.-]*\w)/i;

  rules["hardcoded-environment-host"] = {
    create({ report }) {
      function look(node, text) {
        const host = typeof text === "string" && HOST.exec(text);
        if (host) report({ node, message: `${host[0]} is one environment: the same package must run in all of them` });
      }
      return {
        Literal: (node) => look(node, node.value),
        TemplateElement: (node) => look(node, node.value.cooked),
      };
    },
  };

  // Names that circulate in guides; the right-hand side is what Genesys or Dataverse offers.
  const WRONG_MEMBERS = {
    "Genesys.init": "framework.js offers window.Framework.initialSetup()",
    "Genesys.login": "the embedded client signs in by itself",
    "Genesys.auth": "the embedded client signs in by itself",
    "Genesys.on": "use window.PureCloud.subscribe([{ type, callback }])",
    "Genesys.subscribe": "use window.PureCloud.subscribe([{ type, callback }])",
  };
  const WRONG_TEXTS = {
    "gc-sdk.js": "framework.js is uploaded to the Genesys integration; no such script exists",
    "genesys.min.js": "framework.js is uploaded to the Genesys integration; no such script exists",
    "CONTEXT_UPDATED": "subscribe to Interaction and read the category 'change'",
    "embedWebPages": "no such setting exists",
    "hideWebPages": "no such setting exists",
  };
  const WRONG_KEYS = {
    embedWebPages: "no such setting exists",
    hideWebPages: "no such setting exists",
    externalNumber: "read calledNumber, ani or displayAddress of the interaction",
    internalNumber: "read isInternal or calledNumber of the interaction",
    isFocused: "subscribe to Notification and read interactionSelection",
  };
  // ASSUMED: these are all; Genesys' samples and guides call no others.
  const PURE_CLOUD = new Set([
    "subscribe", "clickToDial", "addAssociation", "addCustomAttributes", "addTransferContext",
    "User.updateStatus", "User.setView", "User.getAuthToken", "User.Notification.setAudioConfiguration",
    "User.Notification.notifyUser", "Interaction.updateState", "Interaction.Chat.getTranscript",
  ]);
  const WRONG_COLUMN = /(?<![\w$])phone1(?![\w$])/;

  rules["invented-genesys-api"] = {
    create({ report, sourceCode }) {
      // The plain names are anybody's; only beside Genesys do they mean an interaction.
      if (!/genesys|pure\s?cloud/i.test(sourceCode.text)) return {};
      const say = (node, name, instead) => report({ node, message: `${name} does not exist: ${instead}` });
      function lookAtText(node, text) {
        if (typeof text !== "string") return;
        for (const [name, instead] of Object.entries(WRONG_TEXTS)) if (text.includes(name)) return say(node, name, instead);
        if (WRONG_COLUMN.test(text)) say(node, "phone1", "the column is telephone1");
      }
      function lookAtKey(node) {
        const name = keyName(node);
        if (name === "phone1") say(node, name, "the column is telephone1");
        else if (name !== undefined && Object.hasOwn(WRONG_KEYS, name)) say(node, name, WRONG_KEYS[name]);
      }
      function lookAtCall({ callee }) {
        const [, method] = /^PureCloud\.(.+)$/.exec(withoutWindow(dotted(callee))) || [];
        if (method && !PURE_CLOUD.has(method.replace(/\.(?:call|apply|bind)$/, ""))) {
          say(callee, `PureCloud.${method}`, "Genesys' samples and guides call no such method");
        }
      }
      return {
        CallExpression: lookAtCall,
        MemberExpression(node) {
          const name = dotted(node).replace(/^(?:window|self|globalThis)\./, "");
          if (Object.hasOwn(WRONG_MEMBERS, name)) say(node, name, WRONG_MEMBERS[name]);
          else if (node.property.type === "Identifier") lookAtKey(node);
        },
        Property: lookAtKey,
        Literal: (node) => lookAtText(node, node.parent.type === "Property" && node.parent.key === node ? "" : node.value),
        TemplateElement: (node) => lookAtText(node, node.value.cooked),
      };
    },
  };
})(globalThis.d365pop);
