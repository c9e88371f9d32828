"""A small report with everything in it that formats differ about, and a hostile one."""

from d365pop.check.baseline import BaselineEntry, accept
from d365pop.check.finding import Finding, Location, Rule, Severity
from d365pop.report.findings import Checked, CheckReport, make_report

POST = Rule(
    "message-to-any-origin",
    Severity.CRITICAL,
    "A message is posted to every origin.",
    "Any page that frames this one can read the caller's number.",
    "Name the origin instead of '*'.",
    security=True,
)
LEFT_OVER = Rule(
    "part-unused",
    Severity.MEDIUM,
    "A part belongs to no component.",
    "It is shipped, but never installed.",
    "Remove it, or declare its component.",
)
NAME = Rule(
    "name-case",
    Severity.LOW,
    "A name differs in case only.",
    "Search does not find it.",
    "Write it in one way.",
)
QUIET = Rule(
    "never-fires", Severity.HIGH, "Nothing is wrong.", "Nobody is hurt.", "Leave it as it is."
)
NOTE = Rule(
    "script-large",
    Severity.INFORMATIONAL,
    "A script is too large to be looked into.",
    "Nobody knows what it does.",
    "Split it.",
)
RULES = (QUIET, NAME, POST, LEFT_OVER)

FOUND_POST = Finding(POST, Location("WebResources/a.js", 3, 5), "Posts to '*'.", "postMessage('*')")
FOUND_PART = Finding(LEFT_OVER, Location("left over.txt"), "Nobody asks for it.", "left over.txt")
FOUND_NAME = Finding(NAME, Location("customizations.xml", 12), "Contact, contact", "Contact")


def report(
    *findings: Finding,
    fail_on: Severity = Severity.HIGH,
    baseline: tuple[BaselineEntry, ...] = (),
    not_checked: tuple[str, ...] = (),
    path: str = "dist/Pop_1.0.0.0.zip",
) -> CheckReport:
    return make_report([Checked(path, findings, not_checked)], RULES, fail_on, baseline)


MIXED = report(
    FOUND_NAME,
    FOUND_PART,
    FOUND_POST,
    baseline=accept([[FOUND_NAME]]),
    not_checked=("scripts: --no-scripts",),
)
CLEAN = report()

EVIL = (
    '<script>alert("1")</script>|`x`](javascript:0) ;]=%0A,title=x '
    "##vso[task.setvariable variable=x]y ##[error]z \u202e\x1b[31m\x00"
)
HOSTILE = report(
    Finding(
        POST,
        Location(f"WebResources/{EVIL}\r\n::error::injected", 1, 1),
        f"{EVIL}\n::add-mask::a\r##vso[task.complete result=Succeeded;]",
        f"{EVIL}\ud800 client_secret=hunter2hunter2",
    ),
    not_checked=(f"scripts: {EVIL}\n::stop-commands::x",),
    path=f"dist/{EVIL}.zip",
)
