"""Keeps a command from writing over what it reads."""

from collections.abc import Iterable
from pathlib import Path

from d365pop.errors import UsageError


def refuse_inputs(outputs: Iterable[Path | None], inputs: Iterable[Path]) -> None:
    """Refuse outputs that are an input, or lie inside a folder that is read.

    Raises:
        UsageError: one of them is; nothing was written.
    """
    read = [path.resolve() for path in inputs]
    for output in filter(None, outputs):
        place = output.resolve()
        for path in read:
            if place == path or (path.is_dir() and place.is_relative_to(path)):
                raise UsageError(
                    "output-is-input",
                    f"{output} would be written over what is read.",
                    context=f"read: {path}",
                    hint="Name another file.",
                )
