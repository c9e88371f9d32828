"""Writes a whole document to stdout or to a file; text is redacted here, data was before."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from d365pop.cli.console import note, results, write_data
from d365pop.files import write_file
from d365pop.models import Json
from d365pop.redaction import redact
from d365pop.report.json_text import dump, redacted

_FILE_WIDTH: Final = 200
_FORMAT: Final = 1


def write_document(render: Callable[[int], str], out: Path | None) -> None:
    """Write the text that ``render`` makes of a width: the terminal's, or a wide one.

    Raises:
        ConfigurationError: ``out`` cannot be written.
    """
    if out is not None:
        _write_file("".join(map(redact, _lines(render(_FILE_WIDTH)))), out)
        return
    console = results()
    encoding = console.encoding
    # A code page that lacks a character must not cost the report.
    text = render(console.width).encode(encoding, "backslashreplace").decode(encoding)
    for line in _lines(text):
        console.file.write(line)
    console.file.flush()


def write_data_document(document: str, out: Path | None) -> None:
    """Write JSON or HTML as it is: a mask that is laid over quotes or tags would break it.

    Raises:
        ConfigurationError: ``out`` cannot be written.
    """
    if out is not None:
        _write_file(document, out)
    else:
        write_data(document)


def write_facts(facts: dict[str, Json]) -> None:
    """Write what a command has seen as a JSON document; ``format`` is 1 until one must break."""
    write_data(dump(redacted({"format": _FORMAT, **facts})))


def _lines(text: str) -> list[str]:
    # One by one: what looks like the start of a secret must not hide all that follows.
    return text.splitlines(keepends=True)


def _write_file(text: str, out: Path) -> None:
    write_file(out, text.encode())
    note(f"Wrote {out}")
