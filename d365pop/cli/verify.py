"""``d365pop verify``: is this package the one that was built?"""

from pathlib import Path
from typing import Annotated

import typer


def verify(
    package: Annotated[Path, typer.Argument(help="The solution package (ZIP).")],
    manifest: Annotated[
        Path, typer.Option("--manifest", help="The manifest.json that the build wrote.")
    ],
) -> None:
    """Prove that a package holds exactly what was built, part by part."""
    from d365pop.cli.console import note, results
    from d365pop.files import read_file
    from d365pop.provenance.manifest import read_manifest
    from d365pop.provenance.verify import prove_package
    from d365pop.solution.package import read_package

    data = read_file(package)
    expected = read_manifest(read_file(manifest), str(manifest))
    proof = prove_package(data, read_package(data), expected, package.name)
    results().print(f"{proof.content_digest}  {package}  is {proof.file_name} as it was built")
    if not proof.same_archive:
        note("The archive was packed again by another program; every part in it is the same.")
