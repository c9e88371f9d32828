"""Unified diffs of texts, within bounds: what is too long to align is said to differ, no more."""

from collections.abc import Sequence
from difflib import unified_diff
from typing import Final

from d365pop.compare.difference import Lines

# The aligning grows with the square of what differs; this stays below a second.
MAX_LINES: Final = 4000
LONGEST: Final = 2000
_CONTEXT: Final = 3


def diff_lines(of: str, before: Sequence[str], after: Sequence[str]) -> Lines | None:
    """Return the unified diff of two texts; None where they are the same."""
    if list(before) == list(after):
        return None
    start, end = _common(before, after)
    head = max(0, start - _CONTEXT)
    tail = max(0, end - _CONTEXT)
    old, new = before[head : len(before) - tail], after[head : len(after) - tail]
    if max(len(old), len(new)) > MAX_LINES:
        return Lines(of, (f"@@ {len(old)} lines against {len(new)}: too many to align @@",))
    found = list(unified_diff(old, new, lineterm="", n=_CONTEXT))[2:]
    return Lines(of, tuple(_shown(line, head) for line in found))


def _shown(line: str, head: int) -> str:
    if line.startswith("@@ "):
        return _shifted(line, head)
    return line if len(line) <= LONGEST else f"{line[:LONGEST]}… ({len(line) - 1} characters)"


def _common(before: Sequence[str], after: Sequence[str]) -> tuple[int, int]:
    """Return how many lines are the same at the start, and of the rest at the end."""
    shorter = min(len(before), len(after))
    start = 0
    while start < shorter and before[start] == after[start]:
        start += 1
    end = 0
    while end < shorter - start and before[-1 - end] == after[-1 - end]:
        end += 1
    return start, end


def _shifted(header: str, by: int) -> str:
    """Move the line numbers of ``@@ -1,2 +1,2 @@`` down by the lines that were cut off."""
    marks = [
        f"{mark[0]}{int(number) + by}{comma}{count}"
        for mark in header.split()[1:3]
        for number, comma, count in [mark[1:].partition(",")]
    ]
    return f"@@ {' '.join(marks)} @@"
