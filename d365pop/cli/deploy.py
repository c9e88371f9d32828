"""``d365pop deploy``: plan, question, apply, proof."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from d365pop.cli.deploying import Conduct, build_desired, open_operator
from d365pop.cli.environments import AllOption, EnvironmentsOption, chosen
from d365pop.cli.options import CONFIG, OUT, ConfigOption
from d365pop.cli.run_options import (
    TIMEOUT,
    CanaryOption,
    DryRunOption,
    FailureBudgetOption,
    FormatOption,
    KeepOption,
    PendingOption,
    ReportOption,
    SkipLowerOption,
    SmokeOption,
    TimeoutOption,
    UpgradeOption,
    WaitOption,
    WaveOption,
    YesOption,
)
from d365pop.cli.run_reporting import reported
from d365pop.report.names import RunFormat

if TYPE_CHECKING:
    from d365pop.cli.run_reporting import Told
    from d365pop.cli.smoke import Smoke
    from d365pop.deploy.fleet import Rollout
    from d365pop.deploy.operation import Operator, Outcome
    from d365pop.deploy.plan import Plan
    from d365pop.deploy.plan_import import PlanOptions
    from d365pop.errors import D365PopError, UsageError
    from d365pop.models import Desired
    from d365pop.settings import EnvironmentSettings

_ANEW: Final = 2
"""Times that a deploy plans anew where others were quicker."""
_QUICKER: Final = frozenset({"plan-stale", "import-begun-meanwhile"})
"""Refusals that say so; nothing was written then."""


def deploy(  # noqa: PLR0913, PLR0917 - a command's options
    env: EnvironmentsOption = None,
    everything: AllOption = False,
    config: ConfigOption = CONFIG,
    out: Annotated[
        Path | None,
        typer.Option("--out", help=f"Folder for what is built, of one environment; else {OUT}."),
    ] = None,
    yes: YesOption = False,
    dry_run: DryRunOption = False,
    timeout: TimeoutOption = TIMEOUT,
    wait: WaitOption = True,
    keep: KeepOption = False,
    skip_lower: SkipLowerOption = False,
    upgrade: UpgradeOption = False,
    publish_pending: PendingOption = False,
    smoke: SmokeOption = False,
    report_format: FormatOption = RunFormat.TEXT,
    report: ReportOption = None,
    canary: CanaryOption = 1,
    wave: WaveOption = 0,
    failure_budget: FailureBudgetOption = 0,
) -> None:
    """Build, compare with the environment, write what differs, publish it and prove it."""
    from d365pop.config import load
    from d365pop.deploy.fleet import Rollout
    from d365pop.deploy.plan_import import PlanOptions

    settings = load(config)
    names = chosen(settings, env, everything=everything)
    options = PlanOptions(skip_lower, upgrade, publish_pending)
    if out is not None and len(names) > 1:
        raise _out_of_many(out)
    asked = Asked(config, out or OUT, Conduct(timeout, keep, wait), options, yes, dry_run, smoke)
    if len(names) == 1:
        _deploy_one(names[0], asked, report_format, report)
    else:
        production = {name for name in names if settings.environment(name).production}
        rollout = Rollout(canary, wave, failure_budget, production)
        _deploy_many(names, rollout, asked, report_format, report)


def _out_of_many(out: Path) -> "UsageError":
    from d365pop.errors import UsageError

    return UsageError(
        "out-of-many",
        "--out is for one environment: each has a build of its own.",
        hint=f"d365pop build --out {out}",
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """What the options say, whatever the number of environments."""

    config: Path
    out: Path
    conduct: Conduct
    options: "PlanOptions"
    yes: bool
    dry_run: bool
    smoke: bool


def _deploy_one(env: str, asked: Asked, shown: RunFormat, report: list[str] | None) -> None:
    from d365pop.cli.console import note
    from d365pop.cli.progress import show_dry_run
    from d365pop.cli.smoke import smoke_test
    from d365pop.config import load

    outcome = None
    settings = load(asked.config)
    environment = settings.environment(env)
    with (
        reported("deploy", env, shown, report) as told,
        smoke_test(asked.smoke, [env], settings, asked.config) as smoke,
    ):
        desired = build_desired(env, asked.config, None if asked.dry_run else asked.out)
        with open_operator(env, asked.config, asked.conduct) as operator:
            if asked.dry_run:
                told.plan = plan = read_and_plan(operator, desired, environment.url, asked.options)
                show_dry_run(env, plan)
            else:
                outcome = _deploy_in_turn(operator, desired, environment, asked, told, smoke)
    if outcome and environment.is_local:
        note("Next: d365pop preview")


def _deploy_in_turn(
    operator: "Operator",
    desired: "Desired",
    environment: "EnvironmentSettings",
    asked: Asked,
    told: "Told",
    smoke: "Smoke | None",
) -> "Outcome | None":
    """Plan and carry out; where others were quicker, wait and plan anew from what they left.

    Raises:
        PlanRefusedError: somebody was quicker again and again, or ``--no-wait`` was said.
    """
    from d365pop.cli.console import note
    from d365pop.cli.smoke import carry_out_and_look
    from d365pop.errors import PlanRefusedError

    def once() -> "Outcome | None":
        operator.take_turn()
        told.plan = read_and_plan(operator, desired, environment.url, asked.options)
        return carry_out_and_look(operator, environment, told, smoke, yes=asked.yes)

    for _ in range(_ANEW if operator.wait else 0):
        try:
            return once()
        except PlanRefusedError as refusal:
            if refusal.reference not in _QUICKER:
                raise
            note(f"{refusal.message} Planning anew.")
    return once()


def _deploy_many(
    names: list[str],
    rollout: "Rollout",
    asked: Asked,
    shown: RunFormat,
    report: list[str] | None,
) -> None:
    from d365pop.cli.console import messages, note
    from d365pop.cli.fleet import Ended, Fleet, deploy_fleet, show_ended
    from d365pop.cli.fleet_board import Board
    from d365pop.cli.reporting import report_files
    from d365pop.cli.run_reporting import delivered
    from d365pop.cli.smoke import softphone_of
    from d365pop.config import load
    from d365pop.deploy.stopping import StopRequest
    from d365pop.report.runs import CommandReport, report_run

    files = report_files(report or [], RunFormat)
    settings = load(asked.config)
    if asked.smoke:
        softphone_of(names, settings)
    stop = StopRequest(lambda: note("Stopping: every environment can be gone on with later."))
    fleet = Fleet(
        asked.config, settings, asked.conduct, asked.options, Board(names, messages()), stop
    )
    ended: list[Ended] = []

    def made(error: "D365PopError | None") -> CommandReport:
        # What ends a fleet as a whole does so before its first write.
        reports = (
            [report_run(name, None, error=error) for name in names]
            if error
            else [each.report for each in ended]
        )
        return CommandReport("deploy", tuple(reports))

    with delivered(made, shown, files):
        ended += deploy_fleet(fleet, names, rollout, dry_run=asked.dry_run, yes=asked.yes)
        show_ended(ended)
    if code := made(None).exit_code:
        raise typer.Exit(code)


def read_and_plan(
    operator: "Operator", desired: "Desired", url: str, options: "PlanOptions"
) -> "Plan":
    """Read the environment and return what is to be done."""
    from d365pop.cli.progress import working

    with working(f"Reading {url}"):
        return operator.planner.deploy(desired, url, options)
