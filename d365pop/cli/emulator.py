"""``d365pop emulator``: run the local Dataverse in the foreground."""

from pathlib import Path
from typing import Annotated

import typer

from d365pop.cli.options import STATE

PORT = 8365


def emulator(
    port: Annotated[
        int, typer.Option(help="Port on this machine; 0 takes a free one.", min=0, max=65_535)
    ] = PORT,
    state: Annotated[Path, typer.Option(help="File that keeps its rows.")] = STATE
    / "dataverse.sqlite",
    import_seconds: Annotated[float, typer.Option(help="How long an import takes.", min=0)] = 0.0,
    publish_seconds: Annotated[float, typer.Option(help="How long a publish takes.", min=0)] = 0.0,
) -> None:
    """Run the local Dataverse until Ctrl-C, for trials and for pipelines of your own."""
    from d365pop.cli.console import note, results
    from d365pop.cli.servers import wait_for_interrupt
    from d365pop.emulator.server import EmulatorOptions, start

    options = EmulatorOptions(
        state=state, port=port, import_seconds=import_seconds, publish_seconds=publish_seconds
    )
    with start(options) as running:
        results().print(running.url)
        note(f"Local Dataverse on {running.url}, rows in {state}. Ctrl-C stops it.")
        wait_for_interrupt()
