"""A short difference of two texts, for plans that people read; pure."""

import difflib
from collections.abc import Iterator
from typing import Final

from d365pop.report.plain import one_line, visible
from d365pop.solution.formxml import RegisteredHandler, libraries, registered

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
    """Yield what a form loses, gains and calls in another order, by meaning, not by FormXml."""
    old, new = _form_parts(before), _form_parts(after)
    lines = [f"-{part}" for part in old if part not in new]
    lines += [f"+{part}" for part in new if part not in old]
    lines += _reordered(before, after)
    yield from lines or [f"{len(before)} -> {len(after)} characters"]


def _reordered(before: str, after: str) -> Iterator[str]:
    """Yield the order of each event whose handlers have changed places."""
    old, new = _calls(before), _calls(after)
    for event, calls in new.items():
        stayed = [call for call in old.get(event, ()) if call in calls]
        if stayed != [call for call in calls if call in stayed]:
            yield one_line(visible(f"~{event} in the order {', '.join(calls)}"))


def _calls(form_xml: str) -> dict[str, list[str]]:
    """Return the functions of each event in the order in which they are called."""
    calls: dict[str, list[str]] = {}
    for handler in registered(form_xml):
        calls.setdefault(_event(handler), []).append(handler.function_name)
    return calls


def _form_parts(form_xml: str) -> list[str]:
    parts = [f"library {name}" for name in libraries(form_xml)]
    for handler in registered(form_xml):
        parameters = f"({handler.parameters})" if handler.parameters else ""
        disabled = "" if handler.enabled else ", disabled"
        parts.append(f"{_event(handler)} {handler.function_name}{parameters}{disabled}")
    return [one_line(visible(part)) for part in parts]


def _event(handler: RegisteredHandler) -> str:
    return " of ".join(filter(None, (handler.event, handler.attribute)))
