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
        UsageError: none or both are given, or one twice, be it under two names.
    """
    from d365pop.errors import UsageError

    if bool(env) is everything:
        raise UsageError(
            "environment-choice",
            "Name environments with --env, or all of them with --all.",
            context=f"configured: {', '.join(settings.environments)}",
        )
    if everything:
        named = settings.environments
        return _one_each(
            settings, sorted(named, key=lambda name: settings.environment(name).production)
        )
    names = list(env or ())
    if twice := {name for name in names if names.count(name) > 1}:
        raise UsageError("environment-twice", f"--env names {', '.join(sorted(twice))} twice.")
    return _one_each(settings, names)


def _one_each(settings: "Settings", names: list[str]) -> list[str]:
    """Return ``names``, no two of which lead to the same environment: it has one writer."""
    from d365pop.errors import UsageError

    known: dict[str, str] = {}
    for name in names:
        url = settings.environment(name).url
        if (other := known.setdefault(url, name)) != name:
            raise UsageError(
                "environment-twice",
                f"{other} and {name} are the same environment, {url}.",
                hint="Name one of them, and the others, with --env.",
            )
    return names
