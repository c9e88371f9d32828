"""Reports of what a command does to an environment: gathered while it runs, delivered at its end.

A command that fails reports too: the error goes on afterwards, to its message and exit code.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from d365pop.report.names import RunFormat

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from d365pop.deploy.plan import Plan
    from d365pop.deploy.run import Run
    from d365pop.errors import D365PopError
    from d365pop.report.runs import CommandReport, ReportedStep, RunReport


@dataclass(slots=True)
class Told:
    """What is known of the command's work in one environment so far."""

    environment: str
    runs: Path
    before: frozenset[str]
    """Names of the runs that were there before."""
    plan: "Plan | None" = None
    """What is planned, and carried out unless only shown."""
    run: str = ""
    """The folder of a run that is gone on with."""
    found: "RunReport | None" = None
    """What a command that only reads has found."""
    smoke: "ReportedStep | None" = None
    """What a smoke test has seen."""
    exit_code: int = 0
    """How the command ends where nothing fails."""

    def report(self, error: "D365PopError | None" = None) -> "RunReport":
        """Return how it went."""
        from d365pop.report.runs import report_run

        if self.found is not None and error is None:
            return replace(self.found, exit_code=self.exit_code)
        run = self._own_run()
        code = None if error else self.exit_code
        return report_run(
            self.environment, self.plan, run, error=error, exit_code=code, smoke=self.smoke
        )

    def _own_run(self) -> "Run | None":
        from d365pop.deploy.run import read_run
        from d365pop.deploy.runs import list_runs

        if self.run:
            inside = self.runs / self.run
            return read_run(inside if inside.is_dir() else Path(self.run))
        if self.plan is None:
            return None
        wanted = (self.plan.kind, self.plan.environment_url)
        # The newest: before it one may have been refused, and planned anew.
        new = [run for run in reversed(list_runs(self.runs)) if run.name not in self.before]
        return next((run for run in new if (run.kind, run.environment_url) == wanted), None)


def begin(environment: str) -> Told:
    """Return the empty notes on one environment."""
    from d365pop.cli.deploying import RUNS

    names = {path.name for path in RUNS.iterdir()} if RUNS.is_dir() else set()
    return Told(environment, RUNS, frozenset(names))


@contextmanager
def reported(
    command: str, environment: str, shown: RunFormat, reports: Sequence[str] | None
) -> Iterator[Told]:
    """Deliver the report of what the block does, also where it fails.

    Raises:
        UsageError: ``reports`` are not ``FORMAT=FILE``; nothing was begun.
    """
    from d365pop.cli.reporting import report_files
    from d365pop.report.runs import CommandReport

    files = report_files(reports or [], RunFormat)
    told = begin(environment)

    def made(error: "D365PopError | None") -> CommandReport:
        return CommandReport(command, (told.report(error),))

    with delivered(made, shown, files):
        yield told


@contextmanager
def delivered(
    made: "Callable[[D365PopError | None], CommandReport]",
    shown: RunFormat,
    files: "Mapping[Path, RunFormat]",
) -> Iterator[None]:
    """Deliver what ``made`` returns when the block has ended, given the error that ended it."""
    from d365pop.cli.console import stdout_is_data
    from d365pop.errors import ConfigurationError, D365PopError

    with nullcontext() if shown is RunFormat.TEXT else stdout_is_data():
        try:
            with _interruptible():
                yield
        except D365PopError as error:
            try:
                deliver(made(error), shown, files)
            except ConfigurationError as unwritten:
                # What failed first is what is to be mended, and what the exit code tells.
                error.context = "\n".join(filter(None, (error.context, unwritten.message)))
            raise
    deliver(made(None), shown, files)


@contextmanager
def _interruptible() -> Iterator[None]:
    """Let Ctrl-C be an error like another, which is reported."""
    from d365pop.errors import interrupted

    try:
        yield
    except KeyboardInterrupt as error:
        raise interrupted() from error


def deliver(report: "CommandReport", shown: RunFormat, files: "Mapping[Path, RunFormat]") -> None:
    """Write the files, tell the pipeline, and print the document; text was printed already."""
    from d365pop.cli.console import write_data
    from d365pop.cli.reporting import tell_pipeline, write_reports
    from d365pop.report.run_formats import format_azure, render_run

    if shown is not RunFormat.TEXT:
        write_data(render_run(shown, report))
    try:
        tell_pipeline(
            shown,
            lambda: render_run(RunFormat.MARKDOWN, report),
            lambda: render_run(RunFormat.GITHUB, report),
            lambda summary: format_azure(report, summary),
        )
    finally:
        write_reports({path: render_run(name, report) for path, name in files.items()})
