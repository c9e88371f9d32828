"""What an argument of inspect and diff names: a package on the disk, or an environment."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from d365pop.cli.options import STATE

if TYPE_CHECKING:
    from d365pop.compare.side import Side
    from d365pop.solution.contents import Contents

ENVIRONMENT: Final = "env:"


def open_sides(before: str, after: str, config: Path, maps: Sequence[Path]) -> "tuple[Side, Side]":
    """Return both sides; an environment is asked for what the other one names.

    Raises:
        UsageError: both are environments.
    """
    from d365pop.errors import UsageError

    match before.startswith(ENVIRONMENT), after.startswith(ENVIRONMENT):
        case True, True:
            raise UsageError(
                "nothing-to-compare",
                "Two environments cannot be compared with each other.",
                context="A package names the components that are read.",
                hint="Compare each with a package: d365pop diff PACKAGE.zip env:NAME",
            )
        case True, False:
            package = package_side(after, maps)
            return environment_side(before, config, package.contents), package
        case False, True:
            package = package_side(before, maps)
            return package, environment_side(after, config, package.contents)
        case _:
            return package_side(before, maps), package_side(after, maps)


def package_side(name: str, maps: Sequence[Path] = ()) -> "Side":
    """Return the package at the path ``name``, with the sources that builds left beside it."""
    from d365pop.compare.side import Side
    from d365pop.compare.source_maps import read_sources
    from d365pop.solution.opening import open_package
    from d365pop.solution.reading import read_contents

    path = Path(name)
    contents = read_contents(open_package(path))
    sources = {
        digest: texts
        for folder in (path.parent, *maps)
        for digest, texts in read_sources(folder).items()
    }
    return Side(name, contents, sources)


def environment_side(name: str, config: Path, package: "Contents") -> "Side":
    """Return what an environment of the configuration holds of ``package``."""
    from d365pop.cli.progress import working
    from d365pop.cli.servers import open_dataverse
    from d365pop.compare.environment import environment_side as read_environment
    from d365pop.config import load

    environment = load(config).environment(name.removeprefix(ENVIRONMENT))
    with (
        working(f"Reading {environment.url}"),
        open_dataverse(environment, STATE) as dataverse,
    ):
        return read_environment(dataverse, name, package)
