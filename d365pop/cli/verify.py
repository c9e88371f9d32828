"""``d365pop verify``: is this package the one that was built?"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from d365pop.cli.options import CONFIG, STATE, ConfigOption
from d365pop.cli.run_options import PlainFormatOption
from d365pop.report.names import PlainFormat

if TYPE_CHECKING:
    from d365pop.errors import VerificationError
    from d365pop.models import Json
    from d365pop.provenance.manifest import BuildManifest
    from d365pop.provenance.verify import Proof


def verify(
    package: Annotated[
        Path,
        typer.Argument(
            help="The solution package: a ZIP, or a folder it was unpacked to; or a script that"
            " was built beside it."
        ),
    ],
    manifest: Annotated[
        Path, typer.Option("--manifest", help="The manifest.json that the build wrote.")
    ],
    rebuild: Annotated[
        bool,
        typer.Option(
            "--rebuild", help="Build again from the configuration: prove inputs and tools, too."
        ),
    ] = False,
    config: ConfigOption = CONFIG,
    shown: PlainFormatOption = PlainFormat.TEXT,
) -> None:
    """Prove that a package or a script is exactly what was built, part by part."""
    from d365pop.cli.console import note, results
    from d365pop.cli.documents import write_facts
    from d365pop.errors import VerificationError
    from d365pop.files import read_file
    from d365pop.provenance.manifest import read_manifest
    from d365pop.provenance.verify import prove_origin

    data = None if package.is_dir() else read_file(package)
    expected = read_manifest(read_file(manifest), str(manifest))
    try:
        proof = _prove(package, data, expected)
        if rebuild:
            prove_origin(expected, _build_again(config, expected))
            made = f"{len(expected.inputs)} inputs and {len(expected.tools)} tools"
            note(f"Built again: {made} are its.")
    except VerificationError as error:
        if shown is PlainFormat.JSON:
            write_facts(_refuted(package, error))
        raise
    if shown is PlainFormat.JSON:
        write_facts(_proven(package, proof, rebuilt=rebuild))
    else:
        said = f"{proof.content_digest}  {package}  is {proof.file_name} as it was built"
        results().print(said)
    if data is not None and not proof.same_archive:
        note("The archive was packed again by another program; every part in it is the same.")


def _proven(package: Path, proof: "Proof", *, rebuilt: bool) -> "dict[str, Json]":
    return {
        "package": str(package),
        "proven": True,
        "built_as": proof.file_name,
        "content_digest": proof.content_digest,
        "same_archive": proof.same_archive,
        "rebuilt": rebuilt,
    }


def _refuted(package: Path, error: "VerificationError") -> "dict[str, Json]":
    return {
        "package": str(package),
        "proven": False,
        "error": {
            "reference": error.reference,
            "message": error.message,
            "differences": [*error.context.splitlines()],
            "hint": error.hint,
        },
    }


def _prove(path: Path, data: bytes | None, expected: "BuildManifest") -> "Proof":
    """Return the proof of a script, a package or, without ``data``, its folder."""
    from d365pop.provenance.verify import prove_package, prove_script
    from d365pop.solution.opening import open_package
    from d365pop.solution.package import read_package

    if data is not None and path.suffix == ".js":
        return prove_script(data, expected, path.name)
    parts = open_package(path) if data is None else read_package(data)
    return prove_package(data, parts, expected, path.name)


def _build_again(config: Path, expected: "BuildManifest") -> "BuildManifest":
    """Return the manifest of the same packages, built from what is here; nothing is written."""
    from d365pop.build.product import build_packages
    from d365pop.config import load
    from d365pop.provenance.manifest import read_manifest

    kinds = sorted({record.managed for record in expected.packages.values()})
    folder = config.absolute().parent
    made = build_packages(
        load(config), kinds, cache=STATE / "cache", folder=folder, version=expected.version
    )
    return read_manifest(made[0].manifest, "the manifest of the sources")
