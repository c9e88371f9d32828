"""Writes a whole document to stdout or to a file, redacted like all that we say."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from d365pop.cli.console import note, results
from d365pop.files import write_file
from d365pop.redaction import redact

_FILE_WIDTH: Final = 200


def write_document(render: Callable[[int], str], out: Path | None) -> None:
    """Write what ``render`` makes of a width in characters: the terminal's, or a wide one.

    Raises:
        ConfigurationError: ``out`` cannot be written.
    """
    if out is not None:
        write_file(out, redact(render(_FILE_WIDTH)).encode())
        note(f"Wrote {out}")
        return
    console = results()
    encoding = console.encoding
    # A code page that lacks a character must not cost the report.
    text = render(console.width).encode(encoding, "backslashreplace").decode(encoding)
    console.file.write(text)
    console.file.flush()
