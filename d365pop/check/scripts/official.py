"""Solution Checker's rules for scripts: official ids and severities, and what runs each of them.

Source: "Use solution checker", Microsoft Learn, table of web rules (2024-07). The Power Apps and
SDL rules are Microsoft's own ESLint plugins; ESLint's core rules stand in for the rest.
"""

from d365pop.check.finding import Rule, Severity

C, H, M, L = Severity.CRITICAL, Severity.HIGH, Severity.MEDIUM, Severity.LOW

UNSUPPORTED_SYNTAX = Rule(
    "web-unsupported-syntax",
    # ASSUMED: Microsoft states no severity; the rest of the script is still checked here.
    M,
    "The script uses syntax newer than ES2018, or a global newer than ES6",
    "Solution Checker cannot read the syntax and stays silent about the whole script",
    "Write ES2018 and ask for nothing newer, or let a compiler translate it before it is packed",
    "var name = form?.name;",
)


def _rule(name: str, severity: Severity, summary: str, why: str, mend: str, example: str) -> Rule:
    # Microsoft calls the rules of its Security Development Lifecycle so.
    security = name.startswith("sdl-") or name == "avoid-eval"
    return Rule(f"web-{name}", severity, summary, why, mend, example, security=security)


GONE = "It was removed or is about to be: the script breaks with an update"
UNSUPPORTED = "It is not supported: the page around the script changes without notice"
UNSAFE = "Text that somebody else wrote can run as a script"
API = "Use the Client API: https://learn.microsoft.com/power-apps/developer/model-driven-apps/clientapi/reference"

POWER_APPS_RULES = (
    _rule(
        "use-async",
        C,
        "A request waits for its answer",
        "The whole app freezes until the server answers",
        "Send it asynchronously, or use Xrm.WebApi",
        'var r = new XMLHttpRequest();\nr.open("GET", "/api/data/v9.2/accounts", false);',
    ),
    _rule(
        "avoid-crm2011-service-odata",
        C,
        "The OData 2.0 endpoint of 2011 is called",
        GONE,
        "Use Xrm.WebApi",
        'var url = "/XRMServices/2011/OrganizationData.svc/AccountSet";',
    ),
    _rule(
        "avoid-crm2011-service-soap",
        C,
        "The SOAP endpoint of 2011 is called",
        GONE,
        "Use Xrm.WebApi",
        'var url = "/XRMServices/2011/Organization.svc/web";',
    ),
    _rule(
        "avoid-browser-specific-api",
        C,
        "An interface of one old browser is used",
        "No supported browser has it",
        "Use what every browser has, such as DOMParser and fetch",
        'var r = new ActiveXObject("Microsoft.XMLHTTP");',
    ),
    _rule(
        "avoid-ui-refreshribbon",
        C,
        "The ribbon is refreshed by the script",
        "In OnLoad and in enable rules it asks the server again and again",
        "Let an enable rule return a promise",
        "function onLoad(context) {\n"
        '  "use strict";\n'
        "  context.getFormContext().ui.refreshRibbon();\n"
        "}",
    ),
    _rule(
        "avoid-modals",
        H,
        "A modal dialog of the browser is opened",
        GONE,
        "Use Xrm.Navigation.openAlertDialog or navigateTo with target 2",
        'window.showModalDialog("page.htm");',
    ),
    _rule(
        "avoid-dom-form",
        H,
        "The form's own page is read or changed",
        UNSUPPORTED,
        API,
        'var page = Xrm.Page;\ndocument.getElementById("name").focus();\nvar head = document.head;',
    ),
    _rule(
        "avoid-dom-form-event",
        H,
        "A listener is put on the form's own page",
        UNSUPPORTED,
        "Use addOnChange, addOnLoad and the like of the Client API",
        'var page = Xrm.Page;\ndocument.attachEvent("onclick", run);',
    ),
    _rule(
        "avoid-unpub-api",
        H,
        "An internal interface of Dynamics is used",
        UNSUPPORTED,
        API,
        "Mscrm.Utilities.setReturnValue(1);",
    ),
    _rule(
        "avoid-window-top",
        H,
        "The outermost window is used",
        "What is around the script depends on the client: it may be another app",
        "Hand over what the script needs, and do not look for it",
        "var page = window.top.document;",
    ),
    _rule(
        "avoid-2011-api",
        H,
        "The client interface of 2011 is used",
        GONE,
        API,
        "var url = Xrm.Page.context.getServerUrl();",
    ),
    _rule(
        "do-not-make-parent-assumption",
        H,
        "The window around the script is used",
        "What is around the script depends on the client: it may be another app",
        "Hand over what the script needs; where a page has no other way, write down why",
        "window.parent.location.reload();",
    ),
    _rule(
        "use-getsecurityroleprivilegesinfo",
        H,
        "securityRolePrivileges is read",
        GONE,
        "Use userSettings.getSecurityRolePrivilegesInfo()",
        "var rights = context.userSettings.securityRolePrivileges;",
    ),
    _rule(
        "use-relative-uri",
        M,
        "The Web API is called by an absolute address",
        "The package works in one environment only",
        "Start the address with /api/data/",
        'var url = "https://contoso.crm4.dynamics.com/api/data/v9.2/accounts";',
    ),
    _rule(
        "use-cached-webresource",
        M,
        "A web resource is asked for by a plain address",
        "The browser may show an old version of it, or fetch it each time",
        "Use Xrm.Navigation.openWebResource, or $webresource: where it is supported",
        'var url = "/WebResources/new_/page.html";',
    ),
    _rule(
        "use-client-context",
        M,
        "Xrm.Page is used",
        GONE,
        "Use executionContext.getFormContext()",
        'var name = Xrm.Page.getAttribute("name");',
    ),
    _rule(
        "use-global-context",
        M,
        "Xrm.Page.context is used",
        GONE,
        "Use Xrm.Utility.getGlobalContext()",
        "var id = Xrm.Page.context.getUserId();",
    ),
    _rule(
        "use-org-setting",
        M,
        "A setting of the organization is read by an old function",
        GONE,
        "Use getGlobalContext().organizationSettings",
        "var save = Xrm.Page.context.getIsAutoSaveEnabled();",
    ),
    _rule(
        "use-navigation-api",
        M,
        "A page or a dialog is opened by an old function",
        GONE,
        "Use Xrm.Navigation",
        'Xrm.Utility.openEntityForm("account");',
    ),
    _rule(
        "use-offline",
        M,
        "Xrm.Mobile.offline is used",
        GONE,
        "Use Xrm.WebApi.offline",
        'Xrm.Mobile.offline.retrieveRecord("account", "1");',
    ),
    _rule(
        "use-grid-api",
        M,
        "Rows of a grid are read by an old function",
        GONE,
        "Use the grid's getRows() and each row's data",
        "var row = grid.getRows().get(0).getData();",
    ),
    _rule(
        "use-utility-dialogs",
        M,
        "A dialog of the browser is opened in a form",
        "It stops the app, and some clients do not show it",
        "Use Xrm.Navigation.openAlertDialog or openConfirmDialog",
        'Xrm.Page.getAttribute("name");\nalert("Saved");',
    ),
    _rule(
        "use-appsidepane-api",
        M,
        "Xrm.Panels.loadPanel is used",
        GONE,
        "Use Xrm.App.sidePanes",
        'Xrm.Panel.loadPanel("page.html", "Phone");',
    ),
    _rule(
        "avoid-isactivitytype",
        M,
        "Xrm.Utility.isActivityType is used",
        GONE,
        "Read IsActivity of the table's metadata",
        'Xrm.Utility.isActivityType("email");',
    ),
    _rule(
        "avoid-loadtheme",
        L,
        "The theme of Fluent UI is replaced for the whole page",
        "The app's own controls change their looks with it",
        "Put a ThemeProvider around what is yours",
        "loadTheme({});",
    ),
    _rule(
        # ASSUMED: Microsoft states no severity.
        "avoid-jquery211-library",
        L,
        "The jQuery 2.1.1 of the platform is loaded",
        GONE,
        "Carry a library of your own, or none",
        'var url = "/_static/_common/scripts/jquery-2.1.1.min.js";',
    ),
)

SDL_RULES = (
    _rule(
        "sdl-no-cookies",
        M,
        "Cookies are read or written",
        "Every script of the same origin sees them",
        "Keep state in the table, or in sessionStorage",
        'document.cookie = "a=1";',
    ),
    _rule(
        "sdl-no-document-domain",
        M,
        "document.domain is changed",
        "The border between origins falls",
        "Speak with postMessage",
        'document.domain = "contoso.com";',
    ),
    _rule(
        "sdl-no-document-write",
        M,
        "Text is written into the page as HTML",
        UNSAFE,
        "Make elements, and set their textContent",
        'document.write("<b>" + name + "</b>");',
    ),
    _rule(
        "sdl-no-html-method",
        M,
        "Text is put into an element as HTML",
        UNSAFE,
        "Set text() instead",
        '$("#a").html(name);',
    ),
    _rule(
        "sdl-no-inner-html",
        M,
        "Text is put into an element as HTML",
        UNSAFE,
        "Set textContent",
        "element.innerHTML = name;",
    ),
    _rule(
        "sdl-no-insecure-url",
        M,
        "An address without encryption stands in the script",
        "What goes there can be read and changed on its way",
        "Write https:",
        'var url = "http://contoso.com/";',
    ),
    _rule(
        "sdl-no-postmessage-star-origin",
        M,
        "A message is sent to whichever page is there",
        "Another page can take the frame's place and read the caller's data",
        "Name the exact origin",
        'frame.contentWindow.postMessage(call, "*");',
    ),
    _rule(
        "sdl-no-msapp-exec-unsafe",
        M,
        "MSApp.execUnsafeLocalFunction is called",
        UNSAFE,
        "Do without it",
        "MSApp.execUnsafeLocalFunction(run);",
    ),
    _rule(
        "sdl-no-winjs-html-unsafe",
        M,
        "WinJS puts unchecked HTML into the page",
        UNSAFE,
        "Use the safe twin of the function",
        "WinJS.Utilities.setInnerHTMLUnsafe(element, name);",
    ),
)

CORE_RULES = {
    _rule(
        "avoid-eval",
        C,
        "Text is run as a script",
        UNSAFE,
        "Call a function; read data with JSON.parse",
        'eval("1");\nsetTimeout("run()", 1);\nvar f = new Function("return 1");',
    ): ("no-eval", "no-implied-eval", "no-new-func"),
    _rule(
        "avoid-with",
        H,
        "A with statement",
        "Nobody can say what a name in it means; strict mode refuses it",
        "Give the object a short name",
        "with (object) { run(); }",
    ): ("no-with",),
    _rule(
        "remove-debug-script",
        M,
        "A debugger statement",
        "The app stops for everyone whose developer tools are open",
        "Remove the statement",
        "debugger;",
    ): ("no-debugger",),
    _rule(
        "use-strict-mode",
        M,
        "A function runs without strict mode",
        "Mistakes such as an undeclared name stay silent",
        "Start the script or the function with 'use strict'",
        "function onLoad() { run(); }",
    ): ("strict",),
    _rule(
        "use-strict-equality-operators",
        M,
        "== or != compares what may be of two types",
        "A number equals a text, and empty equals zero",
        "Write === or !==",
        "if (a == b) { run(); }",
    ): ("eqeqeq",),
    _rule(
        "remove-alert",
        M,
        "alert, confirm or prompt is called",
        "It stops the app, and some clients do not show it",
        "Use Xrm.Navigation.openAlertDialog or openConfirmDialog",
        'alert("Saved");',
    ): ("no-alert",),
    _rule(
        "remove-console",
        M,
        "Something is written to the console",
        "Names and numbers of customers are left where anybody at the desk can read them",
        "Remove it, or report errors where they are looked at",
        'console.log("loaded");',
    ): ("no-console",),
}

ESLINT_NAMES: dict[str, Rule] = {
    **{f"@microsoft/power-apps/{r.rule_id.removeprefix('web-')}": r for r in POWER_APPS_RULES},
    **{f"@microsoft/sdl/{r.rule_id.removeprefix('web-sdl-')}": r for r in SDL_RULES},
    **{name: rule for rule, names in CORE_RULES.items() for name in names},
    # The parser finds the syntax, this one the globals.
    "d365pop/newer-globals": UNSUPPORTED_SYNTAX,
}
"""ESLint's name of every rule that runs, and the official rule that it speaks for."""

OFFICIAL_RULES = (*POWER_APPS_RULES, *SDL_RULES, *CORE_RULES, UNSUPPORTED_SYNTAX)
