"""What plan, apply, deploy and their kin share: the build, the environment, the question."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from d365pop.cli.options import STATE
from d365pop.cli.run_options import TIMEOUT

if TYPE_CHECKING:
    from d365pop.deploy.clock import Clock
    from d365pop.deploy.operation import Operator, Outcome
    from d365pop.deploy.plan import Plan
    from d365pop.models import Desired
    from d365pop.settings import EnvironmentSettings, Settings
    from d365pop.settings_file import SettingsFile

RUNS: Final = STATE / "runs"


@dataclass(frozen=True, slots=True)
class Conduct:
    """How a run behaves towards others and its own failure."""

    timeout: float = TIMEOUT
    keep: bool = False
    wait: bool = True


def build_desired(env: str, config: Path, out: Path | None) -> "Desired":
    """Build, and return what the environment shall hold; ``out`` gets the files.

    Raises:
        D365PopError: the configuration or a script is not as it must be.
    """
    from d365pop import build as builder
    from d365pop.cli.progress import working
    from d365pop.config import load
    from d365pop.desired import desired_state
    from d365pop.handlers import require_functions

    settings = load(config)
    environment = settings.environment(env)
    given = settings_given(settings, environment, config)
    with working("Bundling the web resources"):
        made = builder.build(
            settings,
            managed=environment.managed,
            cache=STATE / "cache",
            folder=config.absolute().parent,
        )
        desired = desired_state(settings, environment, made, given)
        require_functions(desired, STATE / "cache")
    if out is not None:
        builder.write_files(made.files(), out)
    return desired


def settings_given(
    settings: "Settings", environment: "EnvironmentSettings", config: Path
) -> "SettingsFile":
    """Return what the environment's settings file says; name what in it is not ours.

    Raises:
        ConfigurationError: the file cannot be read, or is none.
    """
    from d365pop.build import settings_variable_name
    from d365pop.cli.console import note
    from d365pop.settings_file import SettingsFile, read

    if not environment.settings_file:
        return SettingsFile()
    given = read(config.absolute().parent / environment.settings_file)
    others = given.others(settings_variable_name(settings.publisher.customization_prefix))
    if others:
        what = ", ".join(others)
        note(f"{environment.settings_file}: not in this package, so left alone: {what}")
    return given


@contextmanager
def open_operator(
    env: str, config: Path, conduct: Conduct, clock: "Clock | None" = None
) -> Iterator["Operator"]:
    """Yield what carries plans out in the environment ``env``, and waits by ``clock`` alone."""
    from d365pop.cli.console import note
    from d365pop.cli.progress import StepProgress
    from d365pop.cli.servers import open_dataverse
    from d365pop.config import load
    from d365pop.deploy.clock import Clock
    from d365pop.deploy.operation import Operator

    environment, ticking = load(config).environment(env), clock or Clock()
    with open_dataverse(environment, STATE, conduct.timeout, ticking.sleep) as dataverse:
        yield Operator(
            dataverse=dataverse,
            runs=RUNS,
            environment=env,
            progress=StepProgress,
            timeout=conduct.timeout,
            keep=conduct.keep,
            wait=conduct.wait,
            say=note,
            clock=ticking,
        )


def confirm(env: str, environment: "EnvironmentSettings", plan: "Plan", *, yes: bool) -> bool:
    """Ask before the first write; return whether there was a question.

    Without a terminal only the local Dataverse is written without ``--yes``.

    Raises:
        InterruptedRunError: the answer was no.
    """
    from d365pop.cli.console import ask, can_ask
    from d365pop.errors import InterruptedRunError
    from d365pop.report.steps import summary

    if yes or (environment.is_local and not can_ask()):
        return False
    what = f"the PRODUCTION environment {env}" if environment.production else env
    if not ask(f"Write this to {what} ({summary(plan)})?"):
        raise InterruptedRunError("declined", "Nothing was written.", context="The answer was no.")
    return True


def carry_out(
    operator: "Operator", plan: "Plan", environment: "EnvironmentSettings", *, yes: bool
) -> "Outcome | None":
    """Show the plan, ask, and carry it out; None where there is nothing to do."""
    from d365pop.cli.progress import show_left, show_plan, show_result

    if plan.is_empty:
        show_left(operator.environment, plan)
        return None
    show_plan(operator.environment, plan)
    asked = confirm(operator.environment, environment, plan, yes=yes)
    outcome = operator.apply(plan, just_read=not asked)
    show_result(operator.environment, outcome)
    return outcome
