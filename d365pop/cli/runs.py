"""``d365pop runs``, ``resume`` and ``rollback``: what was done, gone on with, taken back."""

from typing import TYPE_CHECKING, Annotated

import typer

from d365pop.cli.deploying import RUNS, Conduct, confirm, open_operator
from d365pop.cli.options import CONFIG, ConfigOption, known_environments, known_runs
from d365pop.cli.run_options import (
    TIMEOUT,
    DryRunOption,
    FormatOption,
    PendingOption,
    ReportOption,
    TimeoutOption,
    WaitOption,
    YesOption,
)
from d365pop.cli.run_reporting import reported
from d365pop.report.names import RunFormat

if TYPE_CHECKING:
    from d365pop.report.runs import RunReport

RunArgument = Annotated[
    str,
    typer.Argument(
        help="A run, as d365pop runs lists it, or the path of its folder.",
        autocompletion=known_runs,
    ),
]


def runs(
    run: Annotated[
        str | None, typer.Argument(help="Show this one from its journal; a folder works too.")
    ] = None,
    env: Annotated[
        str,
        typer.Option(
            "--env", help="List those of this environment.", autocompletion=known_environments
        ),
    ] = "",
    config: ConfigOption = CONFIG,
    report_format: FormatOption = RunFormat.TEXT,
    report: ReportOption = None,
) -> None:
    """List the runs whose journals are here, the newest last; or show one of them.

    Reports of all of them have the shape of one.
    """
    from d365pop.config import load
    from d365pop.errors import UsageError

    if run is None:
        url = load(config).environment(env).url if env else ""
        _list(url, report_format, report)
    elif env:
        raise UsageError("options-exclude-each-other", "A run and --env cannot be given together.")
    else:
        _write([_told(run)], report_format, report, shown=True)


def _list(environment_url: str, report_format: RunFormat, report: list[str] | None) -> None:
    """List the runs of one environment, or all; one that cannot be read hides no other."""
    from d365pop.cli.progress import show_runs
    from d365pop.deploy.runs import as_seen, list_runs, unreadable_runs
    from d365pop.errors import D365PopError
    from d365pop.report.runs import report_unreadable

    known = list_runs(RUNS, environment_url)
    unreadable = unreadable_runs(RUNS, environment_url)
    text = report_format is RunFormat.TEXT
    if text:
        show_runs([as_seen(RUNS, each.name, each) for each in known], unreadable)
    if text and not report:
        return
    reports = []
    for name in [each.name for each in known] + [each.name for each in unreadable]:
        try:
            reports.append(_told(name))
        except D365PopError as error:
            reports.append(report_unreadable(name, error))
    _write(reports, report_format, report, shown=not text)


def _told(name: str) -> "RunReport":
    """Report a run afterwards, from its plan and its journal alone."""
    from d365pop.deploy.runs import as_seen, find_run
    from d365pop.report.runs import report_run

    run, environment, plan = find_run(RUNS, name)
    return report_run(environment, plan, as_seen(RUNS, name, run))


def _write(
    reports: "list[RunReport]", shown_as: RunFormat, report: list[str] | None, *, shown: bool
) -> None:
    from d365pop.cli.console import write_data
    from d365pop.cli.reporting import report_files, write_reports
    from d365pop.report.run_formats import render_run
    from d365pop.report.runs import CommandReport

    files = report_files(report or [], RunFormat)
    made = CommandReport("runs", tuple(reports))
    write_reports({path: render_run(each, made) for path, each in files.items()})
    if shown:
        write_data(render_run(shown_as, made))


def resume(  # noqa: PLR0913, PLR0917 - a command's options
    run: RunArgument,
    config: ConfigOption = CONFIG,
    dry_run: DryRunOption = False,
    timeout: TimeoutOption = TIMEOUT,
    publish_pending: PendingOption = False,
    report_format: FormatOption = RunFormat.TEXT,
    report: ReportOption = None,
) -> None:
    """Go on with a run that was stopped, or whose import outlasted our patience."""
    from d365pop.cli.console import note
    from d365pop.cli.progress import show_dry_run, show_result, working
    from d365pop.dataverse.lifecycle import retrieve_running_imports
    from d365pop.deploy.runs import find_run

    _, env, plan = find_run(RUNS, run)
    with (
        reported("resume", env, report_format, report) as told,
        open_operator(env, config, Conduct(timeout, keep=True)) as operator,
    ):
        if dry_run:
            with working(f"Reading {plan.environment_url}"):
                for running in retrieve_running_imports(operator.dataverse):
                    note(f"{running} still runs, and is waited for first.")
                told.plan = left = operator.plan_resume(run)
            show_dry_run(env, left)
            return
        told.plan, told.run = plan, run
        show_result(env, operator.resume(run, publish_pending=publish_pending))


def rollback(  # noqa: PLR0913, PLR0917 - a command's options
    run: RunArgument,
    config: ConfigOption = CONFIG,
    yes: YesOption = False,
    dry_run: DryRunOption = False,
    timeout: TimeoutOption = TIMEOUT,
    wait: WaitOption = True,
    over_later: Annotated[
        bool,
        typer.Option(
            "--over-later", help="Also where later runs have written since; theirs stays."
        ),
    ] = False,
    report_format: FormatOption = RunFormat.TEXT,
    report: ReportOption = None,
) -> None:
    """Bring back what was there before a run; name what cannot be brought back."""
    from d365pop.cli.progress import show_dry_run, show_left, show_plan, show_result, working
    from d365pop.config import load
    from d365pop.deploy.runs import find_run

    _, env, _ = find_run(RUNS, run)
    environment = load(config).environment(env)
    with (
        reported("rollback", env, report_format, report) as told,
        open_operator(env, config, Conduct(timeout, wait=wait)) as operator,
    ):
        with working(f"Reading {environment.url}"):
            told.plan = inverse = operator.plan_rollback(
                run, over_later=over_later, in_turn=not dry_run
            )
        if dry_run:
            show_dry_run(env, inverse)
            return
        asked = False
        if not inverse.is_empty:
            show_plan(env, inverse)
            asked = confirm(env, environment, inverse, yes=yes)
        outcome = operator.roll_back(run, inverse, just_read=not asked)
    if outcome is None:
        show_left(env, inverse)
    else:
        show_result(env, outcome)
