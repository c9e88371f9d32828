"""Inline scripts of HTML pages and where they stand; knows nothing of what they do."""

from dataclasses import dataclass
from html.parser import HTMLParser

# What a browser runs; anything else in a script element is data.
SCRIPT_TYPES = frozenset(
    {"", "text/javascript", "application/javascript", "application/ecmascript", "module"}
)


@dataclass(frozen=True, slots=True)
class InlineScript:
    """The text between the tags; ``line`` and ``column`` of its first character, from 1 and 0."""

    code: str
    line: int
    column: int


def inline_scripts(page: str) -> tuple[InlineScript, ...]:
    """Return the scripts that stand in a page, in order, however broken its markup is."""
    reader = _Reader(convert_charrefs=True)
    reader.feed(page)
    reader.close()
    return tuple(reader.scripts)


class _Reader(HTMLParser):
    def __init__(self, *, convert_charrefs: bool) -> None:
        super().__init__(convert_charrefs=convert_charrefs)
        self.scripts: list[InlineScript] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        kind = (known.get("type") or "").split(";")[0].strip().lower()
        self._inside = tag == "script" and "src" not in known and kind in SCRIPT_TYPES
        if self._inside:
            line, column = self.getpos()
            opening = self.get_starttag_text() or ""
            breaks = opening.count("\n")
            start = len(opening) if not breaks else len(opening) - opening.rindex("\n") - 1
            self.scripts.append(InlineScript("", line + breaks, start + (0 if breaks else column)))

    def handle_endtag(self, tag: str) -> None:
        self._inside = self._inside and tag != "script"

    def handle_data(self, data: str) -> None:
        if self._inside:
            last = self.scripts[-1]
            self.scripts[-1] = InlineScript(last.code + data, last.line, last.column)
