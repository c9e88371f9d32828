"""Inline scripts of HTML pages and where they stand; knows nothing of what they do.

A scanner of its own: the standard library's parser takes minutes for a megabyte of ``<!--``.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

# What a browser runs; anything else in a script element is data.
SCRIPT_TYPES = frozenset(
    {"", "text/javascript", "application/javascript", "application/ecmascript", "module"}
)

# Each goes forward or ends the search, so that every character is seen twice at most.
OPENING = re.compile(r"<!--|<script(?=[\s/>])", re.IGNORECASE)
ATTRIBUTES = re.compile(r"""(?:[^>"']|"[^"]*"|'[^']*')*+>""")
CLOSING = re.compile(r"</script(?=[\s/>])", re.IGNORECASE)
ATTRIBUTE = re.compile(
    r"""(?P<name>[^\s=/>"']++)(?:\s*+=\s*+(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<bare>[^\s>]+)))?+"""
)


@dataclass(frozen=True, slots=True)
class InlineScript:
    """The text between the tags; ``line`` and ``column`` of its first character, from 1 and 0."""

    code: str
    line: int
    column: int


def inline_scripts(page: str) -> tuple[InlineScript, ...]:
    """Return the scripts that stand in a page, in order, however broken its markup is.

    One that is never closed is left out, as browsers leave it out.
    """
    found = []
    line, line_start, seen = 1, 0, 0
    for start, end in _spans(page):
        line += page.count("\n", seen, start)
        line_start = max(line_start, page.rfind("\n", seen, start) + 1)
        seen = start
        found.append(InlineScript(page[start:end], line, start - line_start))
    return tuple(found)


def _spans(page: str) -> Iterator[tuple[int, int]]:
    """Yield where the text of each script begins and ends."""
    position = 0
    while opening := OPENING.search(page, position):
        if opening.group() == "<!--":
            end = page.find("-->", opening.end())
            position = end + len("-->")
            if end < 0:
                return
            continue
        attributes = ATTRIBUTES.match(page, opening.end())
        closing = CLOSING.search(page, attributes.end()) if attributes else None
        if attributes is None or closing is None:
            return
        if _runs(attributes.group()):
            yield attributes.end(), closing.start()
        position = closing.end()


def _runs(attributes: str) -> bool:
    """Tell whether a browser runs the text of a script element with these attributes."""
    known = {
        match["name"].lower(): match["double"] or match["single"] or match["bare"] or ""
        for match in ATTRIBUTE.finditer(attributes)
    }
    return (
        "src" not in known and known.get("type", "").split(";")[0].strip().lower() in SCRIPT_TYPES
    )
