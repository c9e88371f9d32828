"""Every command by its name; loads the one that is asked for, the others cost nothing."""

from collections.abc import Iterator, MutableMapping
from importlib import import_module
from typing import Any

import typer
from typer.main import get_command, get_group

MODULES = {
    "init": "init",
    "build": "build",
    "check": "check",
    "plan": "plan",
    "apply": "plan",
    "deploy": "deploy",
    "undeploy": "undeploy",
    "push": "push",
    "watch": "push",
    "status": "drift",
    "drift": "drift",
    "runs": "runs",
    "resume": "runs",
    "rollback": "runs",
    "matrix": "matrix",
    "unpack": "unpack",
    "pack": "pack",
    "verify": "verify",
    "doctor": "doctor",
    "preview": "preview",
    "emulator": "emulator",
    "inspect": "inspect",
    "diff": "diff",
    "metrics": "metrics",
    "report": "matrix",
    "forms": "forms",
    "auth": "auth",
    "env": "env",
}
"""In the order of the help; each module holds a function or a group of the command's name."""


class Commands(MutableMapping[str, Any]):
    """What Typer takes for its mapping of commands, whose type it does not make public."""

    def __init__(self) -> None:
        """Know the names, load nothing."""
        self._loaded: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401 - Typer's own
        """Return the command, loaded."""
        if name not in self._loaded:
            self._loaded[name] = _load(name, MODULES[name])
        return self._loaded[name]

    def __setitem__(self, name: str, command: Any) -> None:  # noqa: ANN401 - Typer's own
        """Take a command that is already there."""
        self._loaded[name] = command

    def __delitem__(self, name: str) -> None:
        """Forget what was loaded."""
        del self._loaded[name]

    def __iter__(self) -> Iterator[str]:
        """Go through the names."""
        return iter(MODULES)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(MODULES)


def _load(name: str, module: str) -> Any:  # noqa: ANN401 - Typer's own
    told = getattr(import_module(f"d365pop.cli.{module}"), name)
    if isinstance(told, typer.Typer):
        group = get_group(told)
        group.name = name
        return group
    alone = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    alone.command(name)(told)
    return get_command(alone)
