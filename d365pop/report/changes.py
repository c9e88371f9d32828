"""A short difference of two texts, for plans that people read; pure."""

import difflib
from collections.abc import Iterator
from typing import Final

from d365pop.report.plain import one_line, visible

LONGEST_LINE: Final = 100
MOST_LINES: Final = 6
LARGEST: Final = 400_000
MOST_READ: Final = 4_000


def change_lines(before: bytes, after: bytes) -> Iterator[str]:
    """Yield the first changed lines, each shortened, and how much more there is."""
    if max(len(before), len(after)) > LARGEST or b"\0" in before + after:
        yield f"{len(before)} -> {len(after)} bytes"
        return
    if before.count(b"\n") + after.count(b"\n") > MOST_READ:
        yield f"{len(before)} -> {len(after)} bytes"
        return
    old = before.decode(errors="replace").splitlines()
    new = after.decode(errors="replace").splitlines()
    changes = [
        line
        for line in difflib.unified_diff(old, new, lineterm="", n=0)
        if not line.startswith(("---", "+++", "@@"))
    ]
    for line in changes[:MOST_LINES]:
        text = one_line(visible(line))
        yield text if len(text) <= LONGEST_LINE else f"{text[: LONGEST_LINE - 1]}…"
    if len(changes) > MOST_LINES:
        yield f"and {len(changes) - MOST_LINES} more changed lines"
