"""``d365pop runs``, ``resume`` and ``rollback``: what was done, gone on with, taken back."""

from typing import Annotated

import typer

from d365pop.cli.deploying import (
    RUNS,
    TIMEOUT,
    Conduct,
    DryRunOption,
    TimeoutOption,
    WaitOption,
    YesOption,
    confirm,
    open_operator,
)
from d365pop.cli.options import CONFIG, ConfigOption

RunArgument = Annotated[
    str, typer.Argument(help="A run, as d365pop runs lists it, or the path of its folder.")
]


def runs() -> None:
    """List the runs whose journals are here, the newest last."""
    from d365pop.cli.progress import show_runs
    from d365pop.deploy.runs import list_runs

    show_runs(list_runs(RUNS))


def resume(
    run: RunArgument, config: ConfigOption = CONFIG, timeout: TimeoutOption = TIMEOUT
) -> None:
    """Go on with a run that was stopped, or whose import outlasted our patience."""
    from d365pop.cli.progress import show_result
    from d365pop.deploy.runs import find_run

    _, env, _ = find_run(RUNS, run)
    with open_operator(env, config, Conduct(timeout, keep=True)) as operator:
        show_result(env, operator.resume(run))


def rollback(
    run: RunArgument,
    config: ConfigOption = CONFIG,
    yes: YesOption = False,
    dry_run: DryRunOption = False,
    timeout: TimeoutOption = TIMEOUT,
    wait: WaitOption = True,
) -> None:
    """Bring back what was there before a run; name what cannot be brought back."""
    from d365pop.cli.console import note
    from d365pop.cli.progress import show_dry_run, show_plan, show_result, working
    from d365pop.config import load
    from d365pop.deploy.runs import find_run

    _, env, _ = find_run(RUNS, run)
    environment = load(config).environment(env)
    with open_operator(env, config, Conduct(timeout, wait=wait)) as operator:
        with working(f"Reading {environment.url}"):
            inverse = operator.plan_rollback(run)
        if dry_run:
            show_dry_run(env, inverse)
            return
        if not inverse.is_empty:
            show_plan(env, inverse)
            confirm(env, environment, inverse, yes=yes)
        outcome = operator.roll_back(run, inverse)
    if outcome is None:
        note(f"Nothing of {run} was left to take back.")
    else:
        show_result(env, outcome)
