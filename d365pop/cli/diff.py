"""``d365pop diff``: what differs between two packages, or a package and an environment."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from d365pop.cli.options import CONFIG, ConfigOption
from d365pop.report.names import PlainFormat

if TYPE_CHECKING:
    from d365pop.compare.difference import Comparison

_STYLES: Final = {
    "added": "green",
    "removed": "red",
    "changed": "yellow",
    "place": "cyan",
    "plain": "",
    "quiet": "dim",
}


def diff(
    before: Annotated[str, typer.Argument(help="A ZIP, a folder, or env:NAME.")],
    after: Annotated[str, typer.Argument(help="A ZIP, a folder, or env:NAME.")],
    form: Annotated[PlainFormat, typer.Option("--format", help="How to write it.")] = (
        PlainFormat.TEXT
    ),
    summary: Annotated[
        bool, typer.Option("--summary", help="Name the components, not what changed in them.")
    ] = False,
    maps: Annotated[
        list[Path] | None,
        typer.Option(help="A folder of build's manifest.json and source maps; can be repeated."),
    ] = None,
    config: ConfigOption = CONFIG,
) -> None:
    """Compare component by component; exit 0 where they are the same, 13 where they differ."""
    from d365pop.cli.sides import open_sides
    from d365pop.compare.packages import compare
    from d365pop.errors import ExitCode

    comparison = compare(*open_sides(before, after, config, maps or []), detailed=not summary)
    _show(comparison, form, summary=summary)
    if not comparison.is_same:
        raise typer.Exit(ExitCode.DIFFERS)


def _show(comparison: "Comparison", form: PlainFormat, *, summary: bool) -> None:
    from rich.text import Text

    from d365pop.cli.console import results
    from d365pop.cli.documents import write_data_document, write_document
    from d365pop.compare.as_json import comparison_json
    from d365pop.compare.as_text import comparison_lines

    lines = comparison_lines(comparison, summary=summary)
    console = results()
    match form:
        case PlainFormat.JSON:
            write_data_document(comparison_json(comparison, summary=summary), None)
        case PlainFormat.TEXT if console.is_terminal:
            for line in lines:
                console.print(Text(line.text, style=_STYLES[line.role]), soft_wrap=True)
        case PlainFormat.TEXT:
            write_document(lambda _: "".join(f"{line.text}\n" for line in lines), None)
