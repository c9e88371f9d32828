"""Options that several commands share, and what a shell completes in them."""

from pathlib import Path
from typing import Annotated, Final

import typer

STATE: Final = Path(".d365pop")
CONFIG: Final = Path("d365pop.toml")


def known_environments(context: typer.Context, incomplete: str) -> list[str]:
    """Return the environments of the configuration that begin with what is typed; never fail."""
    from d365pop.config import load
    from d365pop.errors import D365PopError

    try:
        known = load(Path(context.params.get("config") or CONFIG)).environments
    except D365PopError:
        return []  # half a sentence in the file is told by the command, not while one types
    return [name for name in known if name.startswith(incomplete)]


def known_runs(incomplete: str) -> list[str]:
    """Return the runs whose journals are here, the newest first; never fail."""
    try:
        names = [path.name for path in (STATE / "runs").iterdir() if path.is_dir()]
    except OSError:
        return []
    return sorted((name for name in names if name.startswith(incomplete)), reverse=True)


ConfigOption = Annotated[
    Path, typer.Option("--config", help="The configuration file.", show_default=True)
]
EnvironmentOption = Annotated[
    str,
    typer.Option(
        "--env",
        help="An environment of the configuration, as in \\[environments.NAME].",
        autocompletion=known_environments,
    ),
]
OutOption = Annotated[
    Path, typer.Option("--out", help="Folder for the package, framework.js and the manifest.")
]

OUT: Final = Path("dist")
