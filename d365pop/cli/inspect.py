"""``d365pop inspect``: what a package is and holds, and what an import would do."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from d365pop.cli.options import CONFIG, ConfigOption

if TYPE_CHECKING:
    from d365pop.compare.difference import Comparison
    from d365pop.compare.side import Side


class InspectFormat(StrEnum):
    """How an inspection is written."""

    TEXT = "text"
    JSON = "json"
    HTML = "html"


def inspect(
    package: Annotated[str, typer.Argument(help="A solution ZIP or the folder of one.")],
    form: Annotated[InspectFormat, typer.Option("--format", help="How to write it.")] = (
        InspectFormat.TEXT
    ),
    out: Annotated[
        Path | None, typer.Option("--out", help="Write it to this file, not to the terminal.")
    ] = None,
    against: Annotated[
        str, typer.Option(help="Say what an import over this package would change.")
    ] = "",
    env: Annotated[
        str, typer.Option("--env", help="Say what an import into this environment would change.")
    ] = "",
    config: ConfigOption = CONFIG,
) -> None:
    """Say what a package is, what it holds and what an import would create, change or leave."""
    from d365pop.cli.documents import write_data_document, write_document
    from d365pop.cli.outputs import refuse_inputs
    from d365pop.cli.sides import package_side
    from d365pop.inspect.as_html import inspection_html
    from d365pop.inspect.as_json import inspection_json
    from d365pop.inspect.as_text import inspection_text
    from d365pop.inspect.inspection import inspect as inspected

    refuse_inputs([out], [Path(package), *([Path(against)] if against else [])])
    side = package_side(package)
    found = inspected(package, side.contents, _comparison(side, against, env, config))
    match form:
        case InspectFormat.TEXT:
            write_document(lambda width: inspection_text(found, width), out)
        case InspectFormat.JSON:
            write_data_document(inspection_json(found), out)
        case InspectFormat.HTML:
            write_data_document(inspection_html(found), out)


def _comparison(side: "Side", against: str, env: str, config: Path) -> "Comparison | None":
    from d365pop.cli.sides import ENVIRONMENT, environment_side, package_side
    from d365pop.compare.packages import compare
    from d365pop.errors import UsageError

    match against, env:
        case "", "":
            return None
        case _, "":
            return compare(package_side(against), side, detailed=False)
        case "", _:
            return compare(
                environment_side(ENVIRONMENT + env, config, side.contents), side, detailed=False
            )
        case _:
            raise UsageError(
                "options-exclude-each-other",
                "--against and --env cannot be given together.",
                hint="Run inspect twice.",
            )
