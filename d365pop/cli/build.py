"""``d365pop build``: bundle the scripts and write the package."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from d365pop.cli.options import CONFIG, OUT, STATE, ConfigOption, OutOption

if TYPE_CHECKING:
    from collections.abc import Mapping

    from d365pop.build import Build


class Layout(StrEnum):
    """What a build writes the solution as."""

    ZIP = "zip"
    SOURCE = "source"


def build(
    config: ConfigOption = CONFIG,
    out: OutOption = OUT,
    managed: Annotated[
        bool, typer.Option("--managed", help="Write the managed package instead.")
    ] = False,
    both: Annotated[bool, typer.Option("--all", help="Write both packages.")] = False,
    version: Annotated[
        str, typer.Option("--version", help="Four numbers instead of \\[solution] version.")
    ] = "",
    layout: Annotated[
        Layout, typer.Option("--layout", help="source: a folder as SolutionPackager unpacks it.")
    ] = Layout.ZIP,
) -> None:
    """Bundle the web resources and write package, framework.js, settings, manifest and SBOM."""
    from d365pop.build import build_packages, write_files
    from d365pop.cli.deploying import settings_given
    from d365pop.config import load
    from d365pop.desired import deployment_settings

    _refuse_mixture(managed=managed, both=both, layout=layout)
    settings = load(config)
    kinds = [False, True] if both else [managed]
    builds = build_packages(
        settings, kinds, cache=STATE / "cache", folder=config.absolute().parent, version=version
    )
    files = {name: content for made in builds for name, content in made.files().items()}
    for name, environment in settings.environments.items():
        given = settings_given(settings, environment, config)
        files[f"settings/{name}.json"] = deployment_settings(settings, environment, given)
    if layout is Layout.SOURCE:
        del files[builds[0].package_name]
        _write_source(builds[0], out)
    write_files(files, out)
    _show(files, out)


def _refuse_mixture(*, managed: bool, both: bool, layout: Layout) -> None:
    from d365pop.errors import UsageError

    if both and (managed or layout is Layout.SOURCE):
        raise UsageError(
            "options-exclusive",
            "--all writes two packages; it goes neither with --managed nor with --layout source.",
            hint="Leave one of them away.",
        )


def _write_source(made: "Build", out: Path) -> None:
    from d365pop.cli.console import note
    from d365pop.files import replace_folder
    from d365pop.solution.source_layout import unpack
    from d365pop.solution.source_places import SOLUTION_FILE

    folder = out / made.solution.unique_name
    replace_folder(folder, unpack(made.parts), force=True, marker=SOLUTION_FILE)
    note(f"Wrote {folder}. Next: d365pop pack {folder} --out {out / made.package_name}")


def _show(files: "Mapping[str, bytes]", out: Path) -> None:
    from d365pop.cli.console import results
    from d365pop.contents import content_hash

    console = results()
    for name, content in files.items():
        console.print(f"{content_hash(content)}  {out / name}  ({len(content):,} bytes)")
