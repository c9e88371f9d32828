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

    desired = build_desired(env, config, None)
    environment = load(config).environment(env)
    with (
        reported("undeploy", env, report_format, report) as told,
        open_operator(env, config, Conduct(timeout, wait=wait)) as operator,
    ):
        with working(f"Reading {environment.url}"):
            told.plan = plan = operator.planner.undeploy(desired, publish_pending=publish_pending)
        if dry_run:
            show_dry_run(env, plan)
            return
        carry_out(operator, plan, environment, yes=yes)
