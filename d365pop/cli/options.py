"""Options that several commands share."""

from pathlib import Path
from typing import Annotated, Final

import typer

STATE: Final = Path(".d365pop")

ConfigOption = Annotated[
    Path, typer.Option("--config", help="The configuration file.", show_default=True)
]
EnvironmentOption = Annotated[
    str,
    typer.Option("--env", help="An environment of the configuration, as in \\[environments.NAME]."),
]
OutOption = Annotated[
    Path, typer.Option("--out", help="Folder for the package, framework.js and the manifest.")
]

CONFIG: Final = Path("d365pop.toml")
OUT: Final = Path("dist")
