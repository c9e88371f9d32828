"""``d365pop deploy``: plan, question, apply, proof."""

from typing import TYPE_CHECKING

from d365pop.cli.deploying import (
    TIMEOUT,
    Conduct,
    DryRunOption,
    KeepOption,
    PendingOption,
    SkipLowerOption,
    TimeoutOption,
    UpgradeOption,
    WaitOption,
    YesOption,
    build_desired,
    carry_out,
    open_operator,
)
from d365pop.cli.options import CONFIG, OUT, ConfigOption, EnvironmentOption, OutOption
from d365pop.cli.run_reporting import FormatOption, ReportOption, reported
from d365pop.report.names import RunFormat

if TYPE_CHECKING:
    from d365pop.deploy.operation import Operator
    from d365pop.deploy.plan import Plan
    from d365pop.deploy.plan_import import PlanOptions
    from d365pop.models import Desired


def deploy(  # noqa: PLR0913, PLR0917 - a command's options
    env: EnvironmentOption,
    config: ConfigOption = CONFIG,
    out: OutOption = OUT,
    yes: YesOption = False,
    dry_run: DryRunOption = False,
    timeout: TimeoutOption = TIMEOUT,
    wait: WaitOption = True,
    keep: KeepOption = False,
    skip_lower: SkipLowerOption = False,
    upgrade: UpgradeOption = False,
    publish_pending: PendingOption = False,
    report_format: FormatOption = RunFormat.TEXT,
    report: ReportOption = None,
) -> None:
    """Build, compare with the environment, write what differs, publish it and prove it."""
    from d365pop.cli.console import note
    from d365pop.cli.progress import show_dry_run
    from d365pop.config import load
    from d365pop.deploy.plan_import import PlanOptions

    outcome = None
    with reported("deploy", env, report_format, report) as told:
        desired = build_desired(env, config, None if dry_run else out)
        environment = load(config).environment(env)
        options = PlanOptions(skip_lower, upgrade, publish_pending)
        with open_operator(env, config, Conduct(timeout, keep, wait)) as operator:
            told.plan = plan = read_and_plan(operator, desired, environment.url, options)
            if dry_run:
                show_dry_run(env, plan)
            else:
                outcome = carry_out(operator, plan, environment, yes=yes)
    if outcome and environment.is_local:
        note("Next: d365pop preview")


def read_and_plan(
    operator: "Operator", desired: "Desired", url: str, options: "PlanOptions"
) -> "Plan":
    """Read the environment and return what is to be done."""
    from d365pop.cli.progress import working
    from d365pop.deploy.planner import plan_changes

    with working(f"Reading {url}"):
        return plan_changes(desired, operator.read(desired), url, options)
