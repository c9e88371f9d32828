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
    from pathlib import Path

    from d365pop.deploy.operation import Operator
    from d365pop.deploy.plan import Plan
    from d365pop.deploy.runs import Run

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
    from d365pop.cli.progress import show_runs
    from d365pop.deploy.runs import as_seen

    known = [as_seen(RUNS, each.name, each) for each in _listed(run, env, config)]
    if run is None and report_format is RunFormat.TEXT:
        show_runs(known)
    if run or report or report_format is not RunFormat.TEXT:
        names = [run] if run else [each.name for each in known]
        _report_runs(names, report_format, report, shown=run is not None)


def _listed(run: str | None, env: str, config: "Path") -> "list[Run]":
    """Return the runs to list: none where one is to be shown, else those of ``env``, or all."""
    from d365pop.config import load
    from d365pop.deploy.runs import list_runs
    from d365pop.errors import UsageError

    if run is not None:
        if env:
            raise UsageError(
                "options-exclude-each-other", "A run and --env cannot be given together."
            )
        return []
    return list_runs(RUNS, load(config).environment(env).url if env else "")


def _report_runs(
    names: list[str], report_format: RunFormat, report: list[str] | None, *, shown: bool
) -> None:
    """Report runs afterwards, from their journals alone."""
    from d365pop.cli.console import write_data
    from d365pop.cli.reporting import report_files, write_reports
    from d365pop.deploy.runs import as_seen, find_run
    from d365pop.report.run_formats import render_run
    from d365pop.report.runs import CommandReport, report_run

    files = report_files(report or [], RunFormat)
    found = [(name, *find_run(RUNS, name)) for name in names]
    made = CommandReport(
        "runs",
        tuple(
            report_run(environment, plan, as_seen(RUNS, name, run))
            for name, run, environment, plan in found
        ),
    )
    write_reports({path: render_run(each, made) for path, each in files.items()})
    if shown or report_format is not RunFormat.TEXT:
        write_data(render_run(report_format, made))


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
    from d365pop.cli.progress import show_dry_run, show_result
    from d365pop.deploy.runs import find_run

    found, env, plan = find_run(RUNS, run)
    with (
        reported("resume", env, report_format, report) as told,
        open_operator(env, config, Conduct(timeout, keep=True)) as operator,
    ):
        if dry_run:
            told.plan = left = _left_of(operator, run, found, plan)
            show_dry_run(env, left)
            return
        told.plan, told.run = plan, run
        show_result(env, operator.resume(run, publish_pending=publish_pending))


def _left_of(operator: "Operator", name: str, run: "Run", plan: "Plan") -> "Plan":
    """Return what of a run is left to do as things are now."""
    from d365pop.cli.console import note
    from d365pop.cli.progress import working
    from d365pop.dataverse.lifecycle import retrieve_running_imports
    from d365pop.deploy.resuming import beside_its_run, original_of
    from d365pop.deploy.run_rules import refuse_other_environment, refuse_rolled_back

    refuse_other_environment(plan, operator.dataverse.origin)
    refuse_rolled_back(run)
    plan = beside_its_run(RUNS, name, plan)
    if plan.desired is None:
        return plan
    original = original_of(RUNS, plan)
    with working(f"Reading {plan.environment_url}"):
        for running in retrieve_running_imports(operator.dataverse):
            note(f"{running} still runs, and is waited for first.")
        return operator.planner.again(plan, plan.desired, original)


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
            told.plan = inverse = operator.plan_rollback(run, over_later=over_later)
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
