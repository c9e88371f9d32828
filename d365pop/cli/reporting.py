"""Where reports go: stdout, files, and the page and the log of the pipeline that runs us."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar, assert_never

from rich.text import Text

from d365pop.ci import CiSystem
from d365pop.cli.console import note, results, write_commands, write_data
from d365pop.cli.options import STATE
from d365pop.config import pipeline
from d365pop.errors import ConfigurationError, UsageError
from d365pop.files import refuse_unwritable, write_file
from d365pop.report.azure import format_azure
from d365pop.report.formats import render
from d365pop.report.names import ReportFormat
from d365pop.report.text import Line, Tone, lines

if TYPE_CHECKING:
    from d365pop.check.baseline import BaselineEntry
    from d365pop.report.findings import CheckReport

F = TypeVar("F", bound=StrEnum)

_TONES: Final = {
    Tone.PLAIN: "",
    Tone.TITLE: "bold",
    Tone.QUIET: "dim",
    Tone.GOOD: "bold green",
    Tone.BAD: "bold red",
}
_SEVERITIES: Final = ("dim", "blue", "yellow", "red", "bold red")


def report_files(options: Sequence[str], formats: type[F]) -> dict[Path, F]:
    """Return the format of each file that ``--report`` names.

    Raises:
        UsageError: one is not ``FORMAT=FILE``, or a file is named twice.
        ConfigurationError: a file cannot be written; its report would be lost.
    """
    files: dict[Path, F] = {}
    for option in options:
        name, _, file = option.partition("=")
        if name not in set(formats) or not file:
            raise UsageError(
                "report-option-invalid",
                f"--report {option} is not FORMAT=FILE.",
                context=f"Formats: {', '.join(formats)}.",
                hint="Such as --report junit=d365pop.xml",
            )
        if Path(file) in files:
            raise UsageError("report-file-twice", f"--report names {file} twice.")
        files[Path(file)] = formats(name)
    for path in files:
        refuse_unwritable(path, option="--report")
    return files


def write_reports(texts: Mapping[Path, str]) -> None:
    """Write all files that can be written.

    Raises:
        ConfigurationError: one could not; the others are there.
    """
    failures: list[ConfigurationError] = []
    for path, text in texts.items():
        try:
            write_file(path, text.encode(), option="--report")
        except ConfigurationError as failure:
            failures.append(failure)
    if failures:
        raise failures[0]


def read_baseline(path: Path) -> "tuple[BaselineEntry, ...]":
    """Read a baseline file.

    Raises:
        ConfigurationError: it cannot be read; nothing is accepted unread.
    """
    from d365pop.check.baseline import parse_baseline, unreadable_baseline

    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise unreadable_baseline(str(path), str(error)) from error
    return parse_baseline(text, str(path))


def write_baseline(path: Path, entries: "Sequence[BaselineEntry]") -> None:
    """Write a baseline file."""
    from d365pop.check.baseline import baseline_text

    write_file(path, baseline_text(entries).encode(), option="--write-baseline")
    note(f"Wrote {path}: {len(entries)} kinds of findings are accepted.")


def publish(
    report: "CheckReport", report_format: ReportFormat, files: Mapping[Path, ReportFormat]
) -> None:
    """Write the files, tell the pipeline, and print the report."""
    write_reports({path: render(name, report) for path, name in files.items()})
    tell_pipeline(
        report_format,
        lambda: render(ReportFormat.MARKDOWN, report),
        lambda: render(ReportFormat.GITHUB, report),
        lambda summary: format_azure(report, summary),
    )
    console = results()
    if report_format is ReportFormat.TEXT and console.is_terminal:
        for line in lines(report):
            console.print(coloured(line))
    else:
        write_data(render(report_format, report))


def coloured(line: Line) -> Text:
    """Return a line of a report for a terminal."""
    if line.severity is None:
        return Text(line.text, style=_TONES[line.tone])
    label = (f"  {line.severity.label:<13} ", _SEVERITIES[line.severity])
    return Text.assemble(label, line.text)


def tell_pipeline(
    shown: str,
    markdown: Callable[[], str],
    github: Callable[[], str],
    azure: Callable[[str], str],
) -> None:
    """Put annotations into the log of the pipeline that runs us, and a summary on its page.

    stdout stays data, and ``shown`` is the format that it is in. Both agents look for commands
    in stderr as well. ``azure`` gets the path of the summary.
    """
    running = pipeline()
    if running is None:
        return
    match running.system:
        case CiSystem.GITHUB:
            if running.summary:
                _append(running.summary, markdown())
            if shown != ReportFormat.GITHUB:
                write_commands(github())
        case CiSystem.AZURE:
            file = _summary_file(running.scratch or STATE, markdown())
            if shown != ReportFormat.AZURE:
                write_commands(azure(str(file)))
        case _:
            assert_never(running.system)


def _append(path: Path, text: str) -> None:
    try:
        with path.open("a", encoding="utf-8", newline="\n") as file:
            file.write(f"{text}\n")
    except OSError as error:
        raise ConfigurationError(
            "summary-unwritable",
            f"The step summary {path} cannot be written.",
            context=str(error),
            hint="GITHUB_STEP_SUMMARY names it; the runner sets that.",
        ) from error


def _summary_file(folder: Path, text: str) -> Path:
    """Write the summary where nothing replaces it before the agent has taken it."""
    digest = hashlib.sha256(text.encode()).hexdigest()[:12]
    path = (folder / f"d365pop-{digest}.md").absolute()
    write_file(path, text.encode())
    return path
