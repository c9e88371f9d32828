"""A check's result as GitHub's workflow commands: one annotation per finding."""

from d365pop.check.finding import Severity
from d365pop.report.findings import CheckedPackage, CheckReport, Item
from d365pop.report.plain import one_line, visible, without_commands
from d365pop.wording import plural

# GitHub shows ten errors and ten warnings of a step; the rest would be noise in its log.
MOST = 50


def format_github(report: CheckReport) -> str:
    """Return the new findings as workflow commands, one a line, the worst first."""
    commands = [_annotation(report, package, item) for package, item in report.new[:MOST]]
    if len(report.new) > MOST:
        commands.append(command("notice", plural(len(report.new) - MOST, "more finding")))
    commands += [
        command("warning", f"{package.path}: not checked: {gap}", title="not checked")
        for package in report.packages
        for gap in package.not_checked
    ]
    return "".join(f"{line}\n" for line in commands)


def command(name: str, message: str, **properties: str) -> str:
    """Return one workflow command; empty properties are left out."""
    shown = ",".join(f"{key}={_property(value)}" for key, value in properties.items() if value)
    return f"::{name}{' ' if shown else ''}{shown}::{_data(message)}"


def _annotation(report: CheckReport, package: CheckedPackage, item: Item) -> str:
    finding = item.finding
    return command(
        _kind(report, item),
        f"{finding.message}\n{finding.rule.mend}",
        file=package.place(item),
        line=str(finding.location.line or ""),
        col=str(finding.location.column or ""),
        title=one_line(f"{finding.rule.rule_id} ({item.severity.label})"),
    )


def _kind(report: CheckReport, item: Item) -> str:
    if report.fails(item):
        return "error"
    return "notice" if item.severity is Severity.INFORMATIONAL else "warning"


def _data(text: str) -> str:
    text = without_commands(visible(text))
    return text.replace("%", "%25").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
