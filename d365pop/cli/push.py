"""``d365pop push`` and ``d365pop watch``: the developer's inner loop."""

from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from d365pop.cli.deploying import Conduct
from d365pop.cli.options import CONFIG, ConfigOption, known_environments
from d365pop.cli.run_options import TIMEOUT, DryRunOption, FormatOption, ReportOption, TimeoutOption
from d365pop.cli.run_reporting import reported
from d365pop.report.names import RunFormat

if TYPE_CHECKING:
    from collections.abc import Iterator

    from d365pop.deploy.operation import Operator
    from d365pop.deploy.plan import Plan
    from d365pop.settings import EnvironmentSettings, Settings

LOCAL = "local"

EnvironmentOption = Annotated[
    str,
    typer.Option(
        "--env", help="An environment for development.", autocompletion=known_environments
    ),
]


def push(
    env: EnvironmentOption = LOCAL,
    config: ConfigOption = CONFIG,
    dry_run: DryRunOption = False,
    timeout: TimeoutOption = TIMEOUT,
    report_format: FormatOption = RunFormat.TEXT,
    report: ReportOption = None,
) -> None:
    """Build, write just the web resources whose content differs there, and publish those."""
    from d365pop.cli.deploying import carry_out, open_operator
    from d365pop.cli.progress import show_dry_run

    environment = _for_development(env, config)
    with (
        reported("push", env, report_format, report) as told,
        open_operator(env, config, Conduct(timeout)) as operator,
    ):
        told.plan = _plan(operator, config, environment, in_turn=not dry_run)
        if dry_run:
            show_dry_run(env, told.plan)
        else:
            carry_out(operator, told.plan, environment, yes=True)


def watch(
    env: EnvironmentOption = LOCAL,
    config: ConfigOption = CONFIG,
    timeout: TimeoutOption = TIMEOUT,
) -> None:
    """Push, then push again whenever a source changes, until Ctrl-C."""
    import time

    from d365pop.cli.console import note, show_error
    from d365pop.cli.deploying import carry_out, open_operator
    from d365pop.errors import D365PopError, InterruptedRunError
    from d365pop.watching import settled_changes, stamps

    environment = _for_development(env, config)
    with open_operator(env, config, Conduct(timeout)) as operator, _until_ctrl_c():
        plan_anew = partial(_plan, operator, config, environment, in_turn=True)
        known = stamps(_sources(config))
        carry_out(operator, plan_anew(), environment, yes=True)
        note("Watching the sources. Ctrl-C stops.")
        for changed in settled_changes(known, lambda: stamps(_sources(config)), time.sleep):
            note(f"Changed: {_names(changed)}")
            try:
                carry_out(operator, plan_anew(), environment, yes=True)
            except InterruptedRunError:
                raise
            except D365PopError as error:
                # The next save may well mend it.
                show_error(error)


@contextmanager
def _until_ctrl_c() -> "Iterator[None]":
    """Let Ctrl-C end watching, which is no error; a push that it cuts off says so itself."""
    from d365pop.cli.console import note
    from d365pop.errors import ExitCode

    try:
        yield
    except KeyboardInterrupt:
        note("Stopped watching.")
        raise typer.Exit(ExitCode.INTERRUPTED) from None


def _for_development(env: str, config: Path) -> "EnvironmentSettings":
    from d365pop.config import load
    from d365pop.errors import UsageError

    environment = load(config).environment(env)
    if environment.production:
        raise UsageError(
            "push-to-production",
            f"{env} is marked production: what goes there is planned and proven as a whole.",
            hint=f"d365pop deploy --env {env}",
        )
    return environment


def _plan(
    operator: "Operator", config: Path, environment: "EnvironmentSettings", *, in_turn: bool
) -> "Plan":
    """Build and plan; ``in_turn`` from what imports of others that run have left."""
    from d365pop.cli.deploying import build_desired
    from d365pop.cli.progress import working
    from d365pop.deploy.push import plan_push

    desired = build_desired(operator.environment, config, None)
    if in_turn:
        operator.take_turn()
    with working(f"Reading {environment.url}"):
        return plan_push(desired, operator.planner.read(desired), environment.url)


def _sources(config: Path) -> "Iterator[Path]":
    """Yield the files and folders that a build reads."""
    from d365pop.config import load
    from d365pop.errors import D365PopError
    from d365pop.resources import webresources_root

    root = webresources_root()
    yield from (root / name for name in ("src", "html", "css", "images", "texts"))
    yield config
    try:
        yield from _own_sources(load(config), config.absolute().parent)
    except D365PopError:
        return  # half a sentence in the configuration: told of when it is pushed


def _own_sources(settings: "Settings", folder: Path) -> "Iterator[Path]":
    if settings.bundle.extensions:
        yield (folder / settings.bundle.extensions).parent
    yield from (folder / form.form_xml for form in settings.forms if form.form_xml)


def _names(paths: tuple[Path, ...]) -> str:
    most = 3
    shown = ", ".join(path.name for path in paths[:most])
    return shown if len(paths) <= most else f"{shown} and {len(paths) - most} more"
