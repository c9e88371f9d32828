"""``d365pop deploy``: plan, question, apply, proof."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from d365pop.cli.options import CONFIG, OUT, STATE, ConfigOption, EnvironmentOption, OutOption

if TYPE_CHECKING:
    from d365pop.dataverse.client import Dataverse
    from d365pop.deploy.plan import Plan
    from d365pop.models import Desired
    from d365pop.settings import EnvironmentSettings

IMPORT_TIMEOUT = 3600.0


def deploy(
    env: EnvironmentOption,
    config: ConfigOption = CONFIG,
    out: OutOption = OUT,
    yes: Annotated[bool, typer.Option("--yes", help="Go on without a question.")] = False,
    timeout: Annotated[
        float,
        typer.Option(help="Seconds to wait for an import, or for others' work to end.", min=1),
    ] = IMPORT_TIMEOUT,
) -> None:
    """Build, compare with the environment, write what differs, publish it and prove it."""
    from d365pop import build as builder
    from d365pop.cli.progress import working
    from d365pop.cli.servers import open_dataverse
    from d365pop.config import load
    from d365pop.desired import desired_state

    settings = load(config)
    environment = settings.environment(env)
    with working("Bundling the web resources"):
        folder = config.absolute().parent
        made = builder.build(
            settings, managed=environment.managed, cache=STATE / "cache", folder=folder
        )
    builder.write_files(made.files(), out)
    desired = desired_state(settings, environment, made)
    with open_dataverse(environment, STATE, timeout) as dataverse:
        _deploy(dataverse, desired, env, environment, yes=yes, timeout=timeout)


def _deploy(
    dataverse: "Dataverse",
    desired: "Desired",
    env: str,
    environment: "EnvironmentSettings",
    *,
    yes: bool,
    timeout: float,
) -> None:
    from d365pop.cli.console import note
    from d365pop.cli.progress import StepProgress, show_left, show_plan, show_result, working
    from d365pop.deploy.clock import Clock
    from d365pop.deploy.executor import Executor
    from d365pop.deploy.journal import open_journal
    from d365pop.deploy.planner import plan_changes
    from d365pop.deploy.proof import prove
    from d365pop.deploy.remote import retrieve_snapshot

    with working(f"Reading {environment.url}"):
        plan = plan_changes(desired, retrieve_snapshot(dataverse, desired), environment.url)
    if plan.is_empty:
        show_left(env, plan)
        return
    show_plan(env, plan)
    _confirm(env, environment, plan, yes=yes)
    with open_journal(Path(STATE) / "runs", env) as journal:
        with StepProgress(plan) as progress:
            Executor(dataverse, journal, progress, Clock(), timeout).run(plan)
        with working("Reading everything back"):
            proof = prove(desired, retrieve_snapshot(dataverse, desired), environment.url)
        journal.proven()
    show_result(env, plan, proof, progress.seconds, journal.run)
    if environment.is_local:
        note("Next: d365pop preview")


def _confirm(env: str, environment: "EnvironmentSettings", plan: "Plan", *, yes: bool) -> None:
    """Ask before the first write.

    Without a terminal only the local Dataverse is written without ``--yes``.
    """
    from d365pop.cli.console import ask, can_ask
    from d365pop.errors import InterruptedRunError
    from d365pop.report.steps import summary

    if yes or (environment.is_local and not can_ask()):
        return
    what = f"the PRODUCTION environment {env}" if environment.production else env
    if not ask(f"Write this to {what} ({summary(plan)})?"):
        raise InterruptedRunError("declined", "Nothing was written.", context="The answer was no.")
