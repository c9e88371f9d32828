"""``d365pop pack``: a folder in SolutionPackager's layout as a package."""

from pathlib import Path
from typing import Annotated

import typer


def pack(
    folder: Annotated[Path, typer.Argument(help="The folder that holds Other/Solution.xml.")],
    out: Annotated[Path, typer.Option("--out", help="The package to write (ZIP).")],
    managed: Annotated[
        bool | None,
        typer.Option("--managed/--unmanaged", help="Which, where a folder holds both kinds."),
    ] = None,
) -> None:
    """Pack a folder in SolutionPackager's layout; same files, same bytes."""
    from d365pop.cli.console import results
    from d365pop.cli.outputs import refuse_inputs
    from d365pop.contents import content_hash
    from d365pop.files import write_file
    from d365pop.solution.opening import read_folder
    from d365pop.solution.package import write_package
    from d365pop.solution.source_layout import pack as packed

    refuse_inputs([out], [folder])
    package = write_package(packed(read_folder(folder), managed=managed))
    write_file(out, package)
    results().print(f"{content_hash(package)}  {out}  ({len(package):,} bytes)")
