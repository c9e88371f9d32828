"""``d365pop plan`` and ``d365pop apply``: what would be done, as a file that can be reviewed."""

from pathlib import Path
from typing import Annotated

import typer

from d365pop.cli.deploying import Conduct, build_desired, open_operator
from d365pop.cli.options import CONFIG, ConfigOption, EnvironmentOption
from d365pop.cli.run_options import (
    TIMEOUT,
    DryRunOption,
    FormatOption,
    KeepOption,
    PendingOption,
    ReportOption,
    SkipLowerOption,
    SmokeOption,
    TimeoutOption,
    UpgradeOption,
    WaitOption,
    YesOption,
)
from d365pop.cli.run_reporting import reported
from d365pop.report.names import RunFormat


def plan(  # noqa: PLR0913, PLR0917 - a command's options
    env: EnvironmentOption,
    config: ConfigOption = CONFIG,
    out: Annotated[
        Path | None, typer.Option("--out", help="Where the plan goes, for d365pop apply.")
    ] = None,
    detailed_exitcode: Annotated[
        bool, typer.Option("--detailed-exitcode", help="Exit 13 when changes are pending.")
    ] = False,
    skip_lower: SkipLowerOption = False,
    upgrade: UpgradeOption = False,
    publish_pending: PendingOption = False,
    report_format: FormatOption = RunFormat.TEXT,
    report: ReportOption = None,
) -> None:
    """Build, compare with the environment, and show what a deploy would do; write nothing."""
    from d365pop.cli.console import note
    from d365pop.cli.deploy import read_and_plan
    from d365pop.cli.progress import show_dry_run
    from d365pop.config import load
    from d365pop.deploy.plan_file import plan_text
    from d365pop.deploy.plan_import import PlanOptions
    from d365pop.errors import ExitCode
    from d365pop.files import write_file

    with reported("plan", env, report_format, report) as told:
        desired = build_desired(env, config, None)
        url = load(config).environment(env).url
        options = PlanOptions(skip_lower, upgrade, publish_pending)
        with open_operator(env, config, Conduct()) as operator:
            told.plan = found = read_and_plan(operator, desired, url, options)
        show_dry_run(env, found)
        if out is not None:
            write_file(out, plan_text(found, env).encode(), option="--out")
            note(f"Wrote {out}. Next: d365pop apply {out}")
        if detailed_exitcode and not found.is_empty:
            told.exit_code = ExitCode.DIFFERS
    if told.exit_code:
        raise typer.Exit(told.exit_code)


def apply(  # noqa: PLR0913, PLR0917 - a command's options
    file: Annotated[Path, typer.Argument(help="A plan that d365pop plan wrote.")],
    config: ConfigOption = CONFIG,
    yes: YesOption = False,
    dry_run: DryRunOption = False,
    timeout: TimeoutOption = TIMEOUT,
    wait: WaitOption = True,
    keep: KeepOption = False,
    smoke: SmokeOption = False,
    report_format: FormatOption = RunFormat.TEXT,
    report: ReportOption = None,
) -> None:
    """Carry out just this plan; refuse when anything that it was made from has changed."""
    from d365pop.cli.progress import show_dry_run
    from d365pop.cli.smoke import carry_out_and_look, smoke_test
    from d365pop.config import load
    from d365pop.deploy.facts import facts_of, refuse_elsewhere, refuse_moved
    from d365pop.deploy.plan_file import read_plan

    env, found = read_plan(file)
    settings = load(config)
    with (
        reported("apply", env, report_format, report) as told,
        smoke_test(smoke, [env], settings, config) as looked_at,
        open_operator(env, config, Conduct(timeout, keep, wait)) as operator,
    ):
        told.plan = found
        refuse_elsewhere(found, operator.dataverse.origin)
        if found.desired is not None:
            now = operator.planner.read(found.desired)
            refuse_moved(found, facts_of(found.desired, now), now.organization_id)
        if dry_run:
            show_dry_run(env, found)
            return
        carry_out_and_look(operator, settings.environment(env), told, looked_at, yes=yes)
