"""``d365pop doctor``: everything that can be known before a deploy, with what would mend it."""

from typing import TYPE_CHECKING, Annotated, Final

import typer

from d365pop.cli.check import FailOn
from d365pop.cli.options import CONFIG, STATE, ConfigOption, EnvironmentOption

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from d365pop.doctor.examination import Examined
    from d365pop.report.doctor import Diagnosis, DoctorFormat

# Where the text of a report's line begins, behind its label.
_HANGING: Final = 16


def doctor(  # noqa: PLR0913, PLR0917 - one parameter per option
    env: EnvironmentOption,
    config: ConfigOption = CONFIG,
    fix: Annotated[
        bool, typer.Option("--fix", help="Mend what doctor can mend, after a question for each.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Answer those questions with yes.")] = False,
    agents_role: Annotated[
        str,
        typer.Option(
            help="The agents' security role: may it read what the pop reads, and log calls?"
        ),
    ] = "",
    redirect_uri: Annotated[
        list[str] | None,
        typer.Option(help="A redirect URI that the OAuth client holds, pasted; repeatable."),
    ] = None,
    report_format: Annotated[
        str, typer.Option("--format", help="What is written to stdout: text, json, sarif, junit.")
    ] = "text",
    report: Annotated[
        list[str] | None,
        typer.Option(metavar="FORMAT=FILE", help="Write a report to a file, too; repeatable."),
    ] = None,
    fail_on: Annotated[
        FailOn, typer.Option(help="Fail with exit code 5 from this severity on.")
    ] = FailOn.HIGH,
) -> None:
    """Check this machine, the environment and Genesys Cloud; write nothing without --fix."""
    from d365pop.cli.examining import Wishes, examined
    from d365pop.cli.reporting import report_files
    from d365pop.config import load
    from d365pop.errors import ExitCode
    from d365pop.report.doctor import Diagnosis, DoctorFormat

    shown = _format(report_format)
    files = report_files(report or [], DoctorFormat)
    settings = load(config)
    environment = settings.environment(env)
    wishes = Wishes(config, STATE, agents_role, tuple(redirect_uri or ()))
    mend = (lambda found: _mended(found, yes=yes)) if fix else (lambda _found: False)
    checks = examined(env, settings, wishes, mend)
    diagnosis = Diagnosis(env, environment.url, checks, fail_on.severity)
    _publish(diagnosis, shown, files)
    if diagnosis.failing_count:
        raise typer.Exit(ExitCode.CHECK_FINDINGS)


def _format(name: str) -> "DoctorFormat":
    from d365pop.errors import UsageError
    from d365pop.report.doctor import DoctorFormat

    if name not in set(DoctorFormat):
        known = ", ".join(DoctorFormat)
        raise UsageError("format-unknown", f"--format {name} is none of {known}.")
    return DoctorFormat(name)


def _mended(found: "Examined", *, yes: bool) -> bool:
    """Ask, mend and return whether anything was written."""
    from d365pop.cli.console import ask, note

    repair = found.outcome.fix
    if repair is None or not (yes or ask(repair.question)):
        return False
    repair.apply()
    note(f"Mended: {found.check.rule.rule_id}.")
    return True


def _publish(
    diagnosis: "Diagnosis", shown: "DoctorFormat", files: "Mapping[Path, DoctorFormat]"
) -> None:
    from rich.padding import Padding

    from d365pop.cli.console import results, write_data
    from d365pop.cli.reporting import coloured, write_reports
    from d365pop.report.doctor import DoctorFormat, lines, render

    write_reports({path: render(name, diagnosis) for path, name in files.items()})
    console = results()
    if shown is DoctorFormat.TEXT and console.is_terminal:
        for line in lines(diagnosis):
            first, *rest = coloured(line).wrap(console, max(40, console.width - _HANGING))
            console.print(first)
            for more in rest:
                console.print(Padding(more, (0, 0, 0, _HANGING)))
    else:
        write_data(render(shown, diagnosis))
