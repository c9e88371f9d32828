"""A short difference of two texts, for plans that people read; pure."""

import difflib
from collections.abc import Iterator
from typing import Final

from d365pop.report.plain import one_line, visible
from d365pop.solution.formxml import libraries, registered

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


def form_lines(before: str, after: str) -> Iterator[str]:
    """Yield what a form loses and gains, by meaning: FormXml is one long line."""
    old, new = _form_parts(before), _form_parts(after)
    yield from (f"-{part}" for part in old if part not in new)
    yield from (f"+{part}" for part in new if part not in old)
    if sorted(old) == sorted(new):
        yield "the order of handlers" if old != new else f"{len(before)} -> {len(after)} characters"


def _form_parts(form_xml: str) -> list[str]:
    parts = [f"library {name}" for name in libraries(form_xml)]
    for handler in registered(form_xml):
        event = " of ".join(filter(None, (handler.event, handler.attribute)))
        parameters = f"({handler.parameters})" if handler.parameters else ""
        disabled = "" if handler.enabled else ", disabled"
        parts.append(f"{event} {handler.function_name}{parameters}{disabled}")
    return [one_line(visible(part)) for part in parts]
