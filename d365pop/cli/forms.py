"""``d365pop forms``: register and unregister a handler in a form's file, with no environment."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from d365pop.models import FormEvent

if TYPE_CHECKING:
    from d365pop.models import FormHandler

forms = typer.Typer(
    no_args_is_help=True,
    help="Register form handlers in files, for solutions that live unpacked in git.",
)

InOption = Annotated[
    Path, typer.Option("--in", help="A form's file, customizations.xml, or FormXml.")
]
OutFileOption = Annotated[Path, typer.Option("--out", help="Where the changed file goes.")]
TableOption = Annotated[str, typer.Option("--table", help="The table whose form it is.")]
LibraryOption = Annotated[str, typer.Option("--library", help="Name of the script web resource.")]
FunctionOption = Annotated[str, typer.Option("--function", help="The handler, with its namespace.")]
EventOption = Annotated[FormEvent, typer.Option("--event", help="When the handler is called.")]
ColumnOption = Annotated[str, typer.Option("--column", help="The column, for onchange.")]
ParametersOption = Annotated[
    str, typer.Option("--parameters", help='More arguments, as JavaScript writes them: "a", 1.')
]


@forms.command("register")
def register(  # noqa: PLR0913, PLR0917 - a command's options
    source: InOption,
    out: OutFileOption,
    table: TableOption,
    library: LibraryOption,
    function: FunctionOption,
    event: EventOption = FormEvent.ON_LOAD,
    column: ColumnOption = "",
    parameters: ParametersOption = "",
    script: Annotated[
        Path | None, typer.Option("--script", help="The library's file: proves the function.")
    ] = None,
) -> None:
    """Add a handler and its library; not one byte else changes, and a second run changes none."""
    from d365pop.form_files import register_file, require_table, require_whole

    require_table(source, table)
    handler = _handler(event, function, library, column, parameters)
    document = _read(source)
    require_whole(source, document)
    changed = register_file(document, table, handler, script=_read(script) if script else None)
    _write(source, out, changed)


@forms.command("unregister")
def unregister(  # noqa: PLR0913, PLR0917 - a command's options
    source: InOption,
    out: OutFileOption,
    table: TableOption,
    library: LibraryOption,
    function: FunctionOption,
    event: EventOption = FormEvent.ON_LOAD,
    column: ColumnOption = "",
) -> None:
    """Take a handler out again, and its library where nothing else needs it."""
    from d365pop.form_files import require_table, unregister_file

    require_table(source, table)
    handler = _handler(event, function, library, column, "")
    _write(source, out, unregister_file(_read(source), table, handler))


def _handler(
    event: FormEvent, function: str, library: str, column: str, parameters: str
) -> "FormHandler":
    from d365pop.errors import UsageError
    from d365pop.form_files import require_names
    from d365pop.models import FormHandler

    if (event is FormEvent.ON_CHANGE) is not bool(column):
        raise UsageError(
            "column-mismatch",
            "--column names the column of an onchange handler, and of no other.",
            hint="Add --event onchange, or leave --column away.",
        )
    handler = FormHandler(
        event=event,
        function_name=function,
        library_name=library,
        attribute=column,
        parameters=parameters,
    )
    require_names(handler)
    return handler


def _read(path: Path) -> bytes:
    from d365pop.files import read_file

    return read_file(path)


def _write(source: Path, out: Path, changed: bytes) -> None:
    from d365pop.cli.console import note
    from d365pop.files import write_file

    same = changed == _read(source)
    write_file(out, changed)
    note(f"{source} had it so already." if same else f"Wrote {out}.")
