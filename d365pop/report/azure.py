"""A check's result as Azure Pipelines' logging commands: issues, and how the task ends."""

from d365pop.check.finding import Severity
from d365pop.report.findings import CheckedPackage, CheckReport, Item
from d365pop.report.plain import visible, without_commands
from d365pop.wording import plural

# The run's page shows a few issues and counts the rest.
MOST = 50


def format_azure(report: CheckReport, summary: str = "") -> str:
    """Return the new findings as logging commands, one a line, the worst first.

    ``summary`` is the absolute path of a Markdown file to show on the run's page.
    """
    told = [pair for pair in report.new if pair[1].severity > Severity.INFORMATIONAL]
    commands = [_issue(report, package, item) for package, item in told[:MOST]]
    if len(told) > MOST:
        more = plural(len(told) - MOST, "more finding")
        commands.append(command("task.logissue", more, type="warning"))
    commands += [
        command("task.logissue", f"{package.path}: not checked: {gap}", type="warning")
        for package in report.packages
        for gap in package.not_checked
    ]
    if summary:
        commands.append(command("task.uploadsummary", summary))
    commands += _end(report, has_issues=bool(told))
    return "".join(f"{line}\n" for line in commands)


def command(name: str, message: str, **properties: str) -> str:
    """Return one logging command; empty properties are left out."""
    shown = "".join(f"{key}={_property(value)};" for key, value in properties.items() if value)
    return f"##vso[{name}{' ' if shown else ''}{shown}]{_data(message)}"


def progress(done: int, total: int, what: str) -> str:
    """Return the command that moves the task's bar, and a line end."""
    return f"{command('task.setprogress', what, value=str(100 * done // total))}\n"


def _issue(report: CheckReport, package: CheckedPackage, item: Item) -> str:
    finding = item.finding
    return command(
        "task.logissue",
        f"{finding.message} {finding.rule.mend}",
        type="error" if report.fails(item) else "warning",
        sourcepath=package.place(item),
        linenumber=str(finding.location.line or ""),
        columnnumber=str(finding.location.column or ""),
        code=finding.rule.rule_id,
    )


def _end(report: CheckReport, *, has_issues: bool) -> list[str]:
    if failing := report.failing_count:
        text = f"d365pop check: {plural(failing, 'failing finding')}"
        return [command("task.complete", text, result="Failed")]
    if has_issues:
        return [command("task.complete", "d365pop check", result="SucceededWithIssues")]
    return []


def _data(text: str) -> str:
    # The agent decodes %AZP25 to a per cent sign, and the others by their ASCII codes.
    text = without_commands(visible(text))
    return text.replace("%", "%AZP25").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(";", "%3B").replace("]", "%5D")
