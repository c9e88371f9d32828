"""``d365pop emulator``: run the local Dataverse in the foreground."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from d365pop.cli.options import STATE

PORT = 8365


def emulator(  # noqa: PLR0913 - as many as there are ways to run it
    *,
    port: Annotated[
        int, typer.Option(help="Port on this machine; 0 takes a free one.", min=0, max=65_535)
    ] = PORT,
    state: Annotated[Path, typer.Option(help="File that keeps its rows.")] = STATE
    / "dataverse.sqlite",
    seed: Annotated[
        Path | None, typer.Option(help="JSON with packages and rows for a fresh state.")
    ] = None,
    tls: Annotated[
        bool, typer.Option("--tls", help="Serve https, with a certificate made on the spot.")
    ] = False,
    host: Annotated[
        str, typer.Option(help="Address to listen on; 0.0.0.0 takes every one of this machine.")
    ] = "127.0.0.1",
    name: Annotated[
        list[str] | None,
        typer.Option(help="A further name that clients call it by, as a container's."),
    ] = None,
    import_seconds: Annotated[
        float, typer.Option(help="How long an import, an uninstall or a promotion takes.", min=0)
    ] = 0.0,
    publish_seconds: Annotated[float, typer.Option(help="How long a publish takes.", min=0)] = 0.0,
    export_seconds: Annotated[float, typer.Option(help="How long an export takes.", min=0)] = 0.0,
    token_seconds: Annotated[int, typer.Option(help="How long a token lives.", min=0)] = 3600,
    fault: Annotated[
        list[str] | None,
        typer.Option(help="A fault to put in force: kind,name=value,… (docs/local-dataverse.md)."),
    ] = None,
    fault_seed: Annotated[int, typer.Option(help="Where the faults' chance begins.")] = 0,
    limits: Annotated[
        str,
        typer.Option(
            help="Service protection, none unless stated: requests, seconds of work (both per "
            "user and 300 s) and requests at once, as in 6000,1200,52."
        ),
    ] = "",
    phantom_layers: Annotated[
        bool, typer.Option("--phantom-layers", help="Show unmanaged layers without changes.")
    ] = False,
    log: Annotated[bool, typer.Option("--log", help="Tell each request on stderr.")] = False,
    assumed: Annotated[
        bool, typer.Option("--assumed", help="List what nobody has shown, and end.")
    ] = False,
) -> None:
    """Run the local Dataverse until Ctrl-C, for trials and for pipelines of your own."""
    from d365pop.cli.emulator_options import list_assumptions, read_faults, read_limits, read_names
    from d365pop.cli.interrupt import wait_for_interrupt
    from d365pop.emulator.server import EmulatorOptions, start

    if assumed:
        list_assumptions()
        return
    folder = state.parent / "tls" if tls else None
    options = EmulatorOptions(
        state=state,
        host=host,
        names=read_names(name or []),
        port=port,
        import_seconds=import_seconds,
        publish_seconds=publish_seconds,
        export_seconds=export_seconds,
        tls=folder,
        token_seconds=token_seconds,
        phantom_layers=phantom_layers,
        seed=seed,
        faults=read_faults(fault or []),
        fault_seed=fault_seed,
        limits=read_limits(limits),
        log=sys.stderr if log else None,
    )
    if seed is not None:
        from d365pop.cli.console import note

        note(f"Planting {seed}, once into each state file ...")
    with start(options) as running:
        typer.echo(running.url)
        from d365pop.cli.console import note

        note(f"Local Dataverse on {running.url}, rows in {state}. Ctrl-C stops it.")
        if folder is not None:
            note(f"Clients trust it with {folder / 'ca.pem'}.")
        running.warm_up()
        wait_for_interrupt()
