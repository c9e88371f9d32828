"""The report of a command's runs in the format of a name; pure."""

from collections.abc import Iterator
from typing import Final, assert_never

from d365pop import __version__
from d365pop.errors import ExitCode
from d365pop.models import Json
from d365pop.report import azure, github, junit
from d365pop.report.json_text import dump, redacted
from d365pop.report.markdown import cell
from d365pop.report.names import RunFormat
from d365pop.report.plain import visible, without_commands
from d365pop.report.run_page import format_html
from d365pop.report.runs import (
    CommandReport,
    ReportedDrift,
    ReportedError,
    ReportedStep,
    RunReport,
    StepState,
)

FORMAT: Final = 1
_FINE: Final = (ExitCode.OK, ExitCode.DIFFERS)


def render_run(name: RunFormat, report: CommandReport) -> str:  # noqa: PLR0911 - one a format
    """Return ``report`` in one format."""
    match name:
        case RunFormat.TEXT:
            return without_commands(visible(_joined(_text(report))))
        case RunFormat.JSON:
            return format_json(report)
        case RunFormat.JUNIT:
            return format_junit(report)
        case RunFormat.HTML:
            return format_html(report)
        case RunFormat.MARKDOWN:
            return _joined(_markdown(report))
        case RunFormat.GITHUB:
            return _joined(_github(report))
        case RunFormat.AZURE:
            return format_azure(report)
        case _:
            assert_never(name)


def format_json(report: CommandReport) -> str:
    """Return all of ``report``; the shape is ``schemas/run-1.json``."""
    document: Json = {
        "format": FORMAT,
        "tool": {"name": "d365pop", "version": __version__},
        "command": report.command,
        "exit_code": report.exit_code,
        "runs": [_run(run) for run in report.runs],
    }
    return dump(redacted(document))


def format_junit(report: CommandReport) -> str:
    """Return a suite for each environment with a case for each step."""
    suites = [junit.Suite(run.environment, _cases(run)) for run in report.runs]
    return junit.format_suites(f"d365pop {report.command}", suites)


def format_azure(report: CommandReport, summary: str = "") -> str:
    """Return issues and outcome as logging commands; ``summary`` is a Markdown file's path."""
    lines = [
        azure.command("task.logissue", _what_failed(run, run.error), type="error")
        for run in report.runs
        if run.error and run.exit_code != ExitCode.STILL_RUNNING
    ]
    lines += [
        azure.command("task.logissue", f"{run.environment}: {sentence}", type="warning")
        for run in report.runs
        for sentence in _told(run)
    ]
    if summary:
        lines.append(azure.command("task.uploadsummary", summary))
    if report.exit_code not in _FINE:
        still = report.exit_code == ExitCode.STILL_RUNNING
        result = "SucceededWithIssues" if still else "Failed"
        lines.append(azure.command("task.complete", f"d365pop {report.command}", result=result))
    return _joined(lines)


def _github(report: CommandReport) -> Iterator[str]:
    for run in report.runs:
        if run.error and run.exit_code != ExitCode.STILL_RUNNING:
            text = _what_failed(run, run.error)
            yield github.command("error", text, title=f"d365pop {report.command}")
        for sentence in _told(run):
            yield github.command("warning", f"{run.environment}: {sentence}", title=run.state)


def _told(run: RunReport) -> Iterator[str]:
    """Yield what a reader of the log must not miss, though it is no failure."""
    if run.error and run.exit_code == ExitCode.STILL_RUNNING:
        yield f"{run.error.message} {run.error.hint}"
    yield from (f"{_differs(drift)}." for drift in run.drift)
    if run.steps:
        yield from (f"A rollback cannot restore: {each}" for each in run.irreversible)


def _differs(drift: ReportedDrift) -> str:
    told = ", ".join(filter(None, (drift.author, drift.modified_on)))
    return f"{drift.item} {drift.what}" + (f" ({told})" if told else "")


def _what_failed(run: RunReport, error: ReportedError) -> str:
    first = f"{run.environment}: {error.message} ({error.reference})"
    return "\n".join(filter(None, (first, error.context, error.hint)))


def _text(report: CommandReport) -> Iterator[str]:
    for run in report.runs:
        yield f"{run.environment}: {run.state}" + (f", run {run.run}" if run.run else "")
        for step in run.steps:
            took = "" if step.seconds is None else f" in {step.seconds:.1f} s"
            yield f"  {step.state:<8} {step.action} {step.item}{took}"
            if step.failure:
                yield f"           {step.failure}"
        yield from (f"  differs  {_differs(drift)}" for drift in run.drift)
        yield from (f"  left     {sentence}" for sentence in run.left)
        yield from (f"  A rollback cannot restore: {each}" for each in run.irreversible)
        if run.error:
            yield f"  error: {run.error.message} ({run.error.reference})"
            yield from (f"    {line}" for line in run.error.context.splitlines())
            yield from (f"    hint: {line}" for line in run.error.hint.splitlines())


def _markdown(report: CommandReport) -> Iterator[str]:
    verdict = "failed" if report.exit_code not in _FINE else "passed"
    yield f"## d365pop {cell(report.command)}: {verdict}"
    for run in report.runs:
        name = f", run {cell(run.run)}" if run.run else ""
        yield from ("", f"### {cell(run.environment)}: {cell(run.state)}{name}", "")
        if run.steps:
            yield "| step | component | why | state | seconds |"
            yield "|---|---|---|---|---|"
        for step in run.steps:
            took = "" if step.seconds is None else f"{step.seconds:.1f}"
            texts = (step.action, step.item, step.reason, step.state, took)
            yield f"| {' | '.join(cell(text) for text in texts)} |"
        for sentence in (*run.left, *_told(run)):
            yield f"- {cell(sentence)}"
        if run.error:
            yield from ("", f"**{cell(run.error.message)}** {cell(run.error.reference)}")
            yield from (f"- {cell(line)}" for line in run.error.context.splitlines())
            yield from (f"- {cell(line)}" for line in run.error.hint.splitlines())


def _cases(run: RunReport) -> list[junit.Case]:
    cases = [_case(run, step) for step in run.steps]
    cases += [
        junit.Case(run.environment, drift.item, drift.what, _differs(drift)) for drift in run.drift
    ]
    if run.error and not any(case.failure for case in cases):
        still = run.exit_code == ExitCode.STILL_RUNNING
        details = _what_failed(run, run.error)
        cases.append(
            junit.Case(
                run.environment,
                f"run {run.run}" if run.run else "before the first write",
                failure="" if still else run.error.message,
                details=details,
                skipped=run.error.message if still else "",
            )
        )
    return cases or [junit.Case(run.environment, run.state)]


def _case(run: RunReport, step: ReportedStep) -> junit.Case:
    name = f"{step.action} {step.item}"
    match step.state:
        case StepState.DONE:
            return junit.Case(run.environment, name, seconds=step.seconds)
        case StepState.FAILED:
            details = _what_failed(run, run.error) if run.error else step.failure
            return junit.Case(run.environment, name, step.failure, details, seconds=step.seconds)
        case StepState.PLANNED | StepState.UNKNOWN | StepState.NOT_RUN:
            return junit.Case(run.environment, name, skipped=str(step.state))
        case _:
            assert_never(step.state)


def _run(run: RunReport) -> Json:
    error = run.error
    return {
        "environment": run.environment,
        "url": run.url,
        "kind": run.kind,
        "run": run.run,
        "began": run.began,
        "seconds": round(run.seconds, 3),
        "state": run.state,
        "exit_code": run.exit_code,
        "steps": [_step(step) for step in run.steps],
        "left": list[Json](run.left),
        "irreversible": list[Json](run.irreversible),
        "drift": [
            {
                "item": drift.item,
                "what": drift.what,
                "modified_by": drift.modified_by,
                "modified_on": drift.modified_on,
                "unnamed": drift.unnamed,
            }
            for drift in run.drift
        ],
        "error": {
            "reference": error.reference,
            "message": error.message,
            "context": error.context,
            "hint": error.hint,
        }
        if error
        else None,
    }


def _step(step: ReportedStep) -> Json:
    return {
        "action": step.action,
        "item": step.item,
        "reason": step.reason,
        "details": list[Json](step.details),
        "state": str(step.state),
        "began": None if step.began is None else round(step.began, 3),
        "seconds": None if step.seconds is None else round(step.seconds, 3),
        "failure": step.failure,
    }


def _joined(lines: "Iterator[str] | list[str]") -> str:
    return "".join(f"{line}\n" for line in lines)
