"""``d365pop undeploy``: handlers out, publish, then the solution."""

from d365pop.cli.deploying import Conduct, build_desired, carry_out, open_operator
from d365pop.cli.options import CONFIG, ConfigOption, EnvironmentOption
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


def undeploy(  # noqa: PLR0913, PLR0917 - a command's options
    env: EnvironmentOption,
    config: ConfigOption = CONFIG,
    yes: YesOption = False,
    dry_run: DryRunOption = False,
    timeout: TimeoutOption = TIMEOUT,
    wait: WaitOption = True,
    publish_pending: PendingOption = False,
    report_format: FormatOption = RunFormat.TEXT,
    report: ReportOption = None,
) -> None:
    """Take everything of ours out of an environment; refuse while others depend on it."""
    from d365pop.cli.progress import show_dry_run, working
    from d365pop.config import load

    environment = load(config).environment(env)
    with reported("undeploy", env, report_format, report) as told:
        desired = build_desired(env, config, None)
        with open_operator(env, config, Conduct(timeout, wait=wait)) as operator:
            if not dry_run:
                operator.take_turn()
            with working(f"Reading {environment.url}"):
                found = operator.planner.undeploy(desired, publish_pending=publish_pending)
            told.plan = found
            if dry_run:
                show_dry_run(env, found)
            else:
                carry_out(operator, found, environment, yes=yes)
