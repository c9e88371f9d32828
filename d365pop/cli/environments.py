"""Which environments a command of many is for: ``--env``, repeated, or ``--all``."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from d365pop.cli.options import known_environments

if TYPE_CHECKING:
    from d365pop.settings import Settings

EnvironmentsOption = Annotated[
    list[str] | None,
    typer.Option("--env", help="An environment; repeatable.", autocompletion=known_environments),
]
AllOption = Annotated[bool, typer.Option("--all", help="Every environment of the configuration.")]


def chosen(settings: "Settings", env: Sequence[str] | None, *, everything: bool) -> list[str]:
    """Return the environments that ``--env`` or ``--all`` mean; with ``--all`` production last.

    Raises:
        UsageError: none or both are given, or one twice.
    """
    from d365pop.errors import UsageError

    if bool(env) is everything:
        raise UsageError(
            "environment-choice",
            "Name environments with --env, or all of them with --all.",
            context=f"configured: {', '.join(settings.environments)}",
        )
    if everything:
        return sorted(settings.environments, key=lambda name: settings.environment(name).production)
    names = list(env or ())
    if twice := {name for name in names if names.count(name) > 1}:
        raise UsageError("environment-twice", f"--env names {', '.join(sorted(twice))} twice.")
    for name in names:
        settings.environment(name)
    return names
