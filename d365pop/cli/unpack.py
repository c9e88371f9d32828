"""``d365pop unpack``: a package as a folder that git can show differences of."""

from pathlib import Path
from typing import Annotated

import typer


def unpack(
    package: Annotated[Path, typer.Argument(help="The solution package (ZIP).")],
    out: Annotated[Path, typer.Option("--out", help="Folder for the files.")],
    force: Annotated[
        bool, typer.Option("--force", help="Replace an unpacked folder, all but its hidden files.")
    ] = False,
) -> None:
    """Unpack a solution package into SolutionPackager's layout."""
    from d365pop.cli.console import note
    from d365pop.files import replace_folder
    from d365pop.solution.opening import open_package
    from d365pop.solution.source_layout import unpack as unpacked
    from d365pop.solution.source_places import SOLUTION_FILE

    files = unpacked(open_package(package))
    replace_folder(out, files, force=force, marker=SOLUTION_FILE)
    note(f"Unpacked {package} into {out}: {len(files)} files.")
