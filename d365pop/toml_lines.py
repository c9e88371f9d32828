"""Finds the line of a TOML file on which a key stands; parses no value and judges nothing."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Final

Path = tuple[int | str, ...]

_HEADER: Final = re.compile(r"\s*(\[\[?)\s*([^\[\]]+?)\s*\]")
_KEY: Final = re.compile(r"""\s*(["']?)([\w-]+)\1\s*=""")


def line_of(text: str, path: Sequence[int | str]) -> int | None:
    """Return the number of the line that holds the key, or the nearest key that it lies in."""
    wanted = tuple(path)
    arrays: Counter[Path] = Counter()
    table: Path = ()
    found: tuple[int, int] | None = None
    for number, line in enumerate(text.splitlines(), 1):
        if header := _HEADER.match(line):
            table = _table_of(header, arrays)
            here = table if table == wanted else None
        elif key := _KEY.match(line):
            here = (*table, key[2])
        else:
            continue
        if here and here == wanted[: len(here)] and (found is None or len(here) > found[0]):
            found = len(here), number
    return found[1] if found else None


def _table_of(header: re.Match[str], arrays: Counter[Path]) -> Path:
    """Return the table that a header opens; one of an array is named with its position."""
    table: Path = ()
    names = [name.strip().strip("\"'") for name in header[2].split(".")]
    for position, name in enumerate(names, 1):
        table = (*table, name)
        if position == len(names) and header[1] == "[[":
            arrays[table] += 1
        if arrays[table]:
            table = (*table, arrays[table] - 1)
    return table
