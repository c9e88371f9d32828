"""``d365pop init``: write a commented configuration."""

from pathlib import Path
from typing import Annotated

import typer

from d365pop.cli.options import CONFIG


def init(
    path: Annotated[Path, typer.Argument(help="The file to write.")] = CONFIG,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
) -> None:
    """Write a commented d365pop.toml that works as it is for the local Dataverse."""
    from d365pop.build import write_files
    from d365pop.cli.console import note
    from d365pop.errors import UsageError
    from d365pop.resources import example_configuration

    if path.exists() and not force:
        raise UsageError(
            "file-exists",
            f"{path} exists already.",
            hint="Add --force to replace it, or name another file.",
        )
    write_files({path.name: example_configuration()}, path.parent)
    note(f"Wrote {path}. Next: d365pop deploy --env local")
