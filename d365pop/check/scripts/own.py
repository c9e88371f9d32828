"""Our rules for scripts: what a screen pop can do to customers that Microsoft does not look for."""

from d365pop.check.finding import Rule, Severity

POSTMESSAGE_ANY_TARGET = Rule(
    "postmessage-any-target",
    Severity.HIGH,
    "A message can go to whichever page is there, by way of a variable or an option",
    "Another page can take the frame's place and read the caller's data",
    "Name the exact origin",
    'frame.contentWindow.postMessage(call, { targetOrigin: "*" });',
    security=True,
)
MESSAGE_LISTENER_UNCHECKED = Rule(
    "message-listener-unchecked",
    Severity.HIGH,
    "A message is acted on without a look at where it comes from",
    "Any page that holds this one in a frame can open records as the user",
    "Compare event.source, then event.origin with the exact origin, before anything else",
    'window.addEventListener("message", function (event) {\n'
    '  "use strict";\n'
    "  open(event.data.id);\n"
    "});",
    security=True,
)
ODATA_CONCATENATED = Rule(
    "odata-concatenated",
    Severity.HIGH,
    "A value is put into an OData filter as it is",
    "A name such as O'Neill breaks the search, and a made-up one changes what is found",
    "Double the quotes and encode the value",
    'var query = "?$filter=name eq \'" + name + "\'";',
    security=True,
)
PERSONAL_DATA_IN_URL = Rule(
    "personal-data-in-url",
    Severity.HIGH,
    "Personal data is put into an address",
    "Addresses stay in histories, logs and links that are passed on",
    "Put the record's id there, and read the rest from Dataverse",
    'window.open("https://crm.contoso.com/find?phone=" + phone);',
    security=True,
)
HARDCODED_SECRET = Rule(
    "hardcoded-secret",
    Severity.CRITICAL,
    "A secret stands in the script",
    "Everyone who may open the form can read it, and so can whoever gets the package",
    "Revoke it; call a server that keeps it, or use an environment variable of type secret",
    'var connection = "AuthType=ClientSecret;ClientId=1;ClientSecret=a1B2c3D4e5F6";',
    security=True,
)
HARDCODED_ENVIRONMENT_HOST = Rule(
    "hardcoded-environment-host",
    Severity.MEDIUM,
    "The host name of one environment stands in the script",
    "In the next environment the script reads and writes the wrong data",
    "Use relative addresses, or getGlobalContext().getClientUrl()",
    'var host = "contoso.crm4.dynamics.com";',
)
INVENTED_GENESYS_API = Rule(
    "invented-genesys-api",
    Severity.HIGH,
    "A name is used that Genesys Cloud and Dataverse do not have",
    "The screen pop never happens, and nothing says why",
    "Use what the finding names; the framework's own names are in Genesys' developer center",
    "Genesys.init({});",
)
LEAKED_GLOBAL = Rule(
    "leaked-global",
    Severity.LOW,
    "A name is left in the window that all scripts of the page share",
    "Two scripts with the same name overwrite each other",
    "Declare it inside one namespace or one function",
    "var count = 0;",
)
JS_RULES = (
    POSTMESSAGE_ANY_TARGET,
    MESSAGE_LISTENER_UNCHECKED,
    ODATA_CONCATENATED,
    PERSONAL_DATA_IN_URL,
    HARDCODED_SECRET,
    HARDCODED_ENVIRONMENT_HOST,
    INVENTED_GENESYS_API,
    LEAKED_GLOBAL,
)
"""The rules that are written as ESLint rules, each under its own id."""

SCRIPT_SYNTAX = Rule(
    "script-syntax",
    Severity.HIGH,
    "The script is no JavaScript",
    "The browser drops the whole script: none of its handlers exists",
    "Correct the place that the finding names",
    "function (",
)
SCRIPT_MODULE = Rule(
    "script-module",
    Severity.MEDIUM,
    "The script is an ES module",
    "Forms and ribbons load classic scripts only: as a library it does not start",
    'Bundle it to a classic script; only a page can load it, with <script type="module">',
    "export function onLoad() {}",
)
NOT_CHECKED = Rule(
    "script-not-checked",
    Severity.MEDIUM,
    "The script, or a rule for it, was given up",
    "Nothing is known about it: that no rule fired is no good sign",
    "Make the script smaller, or look through it by hand",
)
SUPPRESSION_WITHOUT_REASON = Rule(
    "suppression-without-reason",
    Severity.MEDIUM,
    "A finding is to be suppressed, and nobody says why",
    "The next reader cannot tell a decision from a mistake; it suppresses nothing",
    "Write the reason after two hyphens",
    "/* d365pop-disable-next-line web-remove-alert */\nalert(1);",
)
SUPPRESSION_UNUSED = Rule(
    "suppression-unused",
    Severity.LOW,
    "A suppression that suppresses nothing",
    "It hides the next finding that turns up in its place",
    "Remove it, or correct the rule's id",
    "/* d365pop-disable-next-line web-remove-alert -- shown once */\nrun();",
)
CHECK_RULES = (
    SCRIPT_SYNTAX,
    SCRIPT_MODULE,
    NOT_CHECKED,
    SUPPRESSION_WITHOUT_REASON,
    SUPPRESSION_UNUSED,
)
"""The rules about the check itself; no suppression reaches them."""
