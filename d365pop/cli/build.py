"""``d365pop build``: bundle the scripts and write the package."""

from typing import Annotated

import typer

from d365pop.cli.options import CONFIG, OUT, STATE, ConfigOption, OutOption


def build(
    config: ConfigOption = CONFIG,
    out: OutOption = OUT,
    managed: Annotated[
        bool, typer.Option("--managed", help="Write the managed package instead.")
    ] = False,
) -> None:
    """Bundle the web resources and write package, framework.js and manifest."""
    from d365pop import build as builder
    from d365pop.cli.console import results
    from d365pop.config import load
    from d365pop.models import content_hash

    settings = load(config)
    made = builder.build(settings, managed=managed, cache=STATE / "cache")
    files = made.files()
    builder.write_files(files, out)
    console = results()
    for name, content in files.items():
        console.print(f"{content_hash(content)}  {out / name}  ({len(content):,} bytes)")
