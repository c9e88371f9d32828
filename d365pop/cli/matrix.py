"""``d365pop matrix`` and ``d365pop report merge``: fleets beyond one machine."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from d365pop.cli.environments import AllOption, EnvironmentsOption, chosen
from d365pop.cli.options import CONFIG, ConfigOption, known_environments
from d365pop.cli.run_options import FormatOption, ReportOption
from d365pop.report.names import RunFormat

if TYPE_CHECKING:
    from d365pop.report.runs import CommandReport, RunReport


class MatrixFor(StrEnum):
    """The pipelines that fan out over a matrix, each with a shape of its own."""

    GITHUB = "github"
    AZURE = "azure"


def matrix(
    env: EnvironmentsOption = None,
    everything: AllOption = False,
    config: ConfigOption = CONFIG,
    system: Annotated[
        MatrixFor | None, typer.Option("--for", help="Else the pipeline that runs this.")
    ] = None,
) -> None:
    """Print the environments as the one-line JSON matrix that a pipeline fans out over."""
    from d365pop.cli.console import write_data
    from d365pop.config import load, pipeline
    from d365pop.report.matrix import azure_matrix, github_matrix

    settings = load(config)
    names = {
        name: settings.environment(name).production
        for name in chosen(settings, env, everything=everything)
    }
    running = pipeline()
    wanted = system or (MatrixFor(running.system) if running else MatrixFor.GITHUB)
    make = github_matrix if wanted is MatrixFor.GITHUB else azure_matrix
    write_data(make(names))


report = typer.Typer(no_args_is_help=True, help="Reports that other machines have written.")


@report.command("merge")
def merge(
    files: Annotated[list[Path], typer.Argument(help="JSON reports, in the order to show.")],
    env: Annotated[
        list[str] | None,
        typer.Option(
            "--env",
            help="An environment that must be among them; repeatable.",
            autocompletion=known_environments,
        ),
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Every environment of the configuration must be.")
    ] = False,
    config: ConfigOption = CONFIG,
    report_format: FormatOption = RunFormat.TEXT,
    report: ReportOption = None,
) -> None:
    """Make one report of many; the exit code is the gravest of theirs.

    With --env or --all an environment that none of them tells of has failed.
    """
    from d365pop.cli.console import write_data
    from d365pop.cli.outputs import refuse_inputs
    from d365pop.cli.reporting import report_files
    from d365pop.cli.run_reporting import deliver
    from d365pop.config import load
    from d365pop.report.run_formats import render_run
    from d365pop.report.runs import CommandReport

    outputs = report_files(report or [], RunFormat)
    refuse_inputs(outputs, files)
    read = [_read(path) for path in files]
    runs = [run for each in read for run in each.runs]
    known = {run.environment for run in runs}
    wanted = chosen(load(config), env, everything=everything) if env or everything else []
    runs += [_missing(name) for name in wanted if name not in known]
    merged = CommandReport(read[0].command, tuple(runs))
    if report_format is RunFormat.TEXT:
        write_data(render_run(RunFormat.TEXT, merged))
    deliver(merged, report_format, outputs)
    if merged.exit_code:
        raise typer.Exit(merged.exit_code)


def _missing(environment: str) -> "RunReport":
    """Return what is known of an environment whose job has left no report."""
    from d365pop.errors import ConfigurationError
    from d365pop.report.runs import report_run

    error = ConfigurationError(
        "report-missing",
        f"No report tells of {environment}.",
        context="Its job did not run, or was ended before it had written one.",
        hint=f"Look at that job, and there: d365pop status --env {environment}",
    )
    return report_run(environment, None, error=error)


def _read(path: Path) -> "CommandReport":
    from d365pop.errors import ConfigurationError
    from d365pop.report.run_reading import parse_report

    try:
        return parse_report(path.read_bytes())
    except (OSError, ValueError) as error:
        raise ConfigurationError(
            "report-unreadable",
            f"{path} is no JSON report of a run that this version of d365pop reads.",
            context=str(error),
            hint="Write it with: d365pop deploy --env ENV --report json=FILE",
        ) from error
