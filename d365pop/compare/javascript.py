"""Breaks a minified script into lines, for people to compare; changes nothing but white space.

It knows where texts, templates, comments and regular expressions end, not what they mean. Where
it takes a division for a regular expression the lines come out longer, and nothing is lost.
"""

import re
from collections.abc import Iterator
from typing import Final

_LONG_LINE: Final = 500
_LONGEST_REGEX: Final = 300
_INDENT: Final = "  "
# Deeper ones would make the text grow with the square of its depth.
_DEEPEST_INDENT: Final = 40
_TOKEN: Final = re.compile(
    r"""
    (?P<space>\s+)
    | (?P<comment>//[^\n\r]*|/\*.*?(?:\*/|\Z))
    | (?P<text>"(?:[^"\\\n]|\\.)*"?|'(?:[^'\\\n]|\\.)*'?)
    | (?P<template>`(?:[^`\\]|\\.)*`?)
    | (?P<run>[^\s"'`/{}()\[\];,]+)
    | (?P<mark>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_LAST_WORD: Final = re.compile(r"[\w$]+\Z")
_REGEX: Final = re.compile(r"/(?![*/])(?:[^/\\\[\n\r]|\\.|\[(?:[^\]\\\n\r]|\\.)*\])+/[\w$]*")
# Behind these a slash divides; behind any other mark or word it starts a regular expression.
_ENDS_VALUE: Final = frozenset(")]}")
_BEFORE_REGEX: Final = frozenset(
    {"return", "typeof", "case", "in", "of", "delete", "void", "throw", "new", "else", "do"}
)


def is_minified(text: str) -> bool:
    """Whether ``text`` has lines that nobody would read."""
    return any(len(line) > _LONG_LINE for line in text.splitlines())


def reformat(text: str) -> list[str]:
    """Return ``text`` with one statement or member a line."""
    breaker = _Breaker()
    for kind, piece in _pieces(text):
        breaker.take(kind, piece)
    breaker.end_line()
    return [line for written in breaker.lines for line in written.split("\n")]


class _Breaker:
    """Collects pieces into lines, and remembers which brackets are open."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._line: list[str] = []
        self._open: list[str] = []

    def take(self, kind: str, piece: str) -> None:
        if kind not in {"space", "mark"}:
            self._line.append(piece)
            return
        match (kind, piece):
            case ("space", _):
                # A line end may stand for a semicolon.
                self._line.append("\n" if "\n" in piece or "\r" in piece else piece)
            case ("mark", "(" | "["):
                self._line.append(piece)
                self._open.append(piece)
            case ("mark", "{"):
                self._line.append(piece)
                self.end_line()
                self._open.append(piece)
            case ("mark", ")" | "]"):
                self._line.append(piece)
                self._close()
            case ("mark", "}"):
                self.end_line()
                self._close()
                self._line.append(piece)
            case ("mark", ";" | ",") if not self._open or self._open[-1] == "{":
                self._line.append(piece)
                self.end_line()
            case _:
                self._line.append(piece)

    def end_line(self) -> None:
        written = "".join(self._line).strip()
        if written:
            self.lines.append(_INDENT * min(len(self._open), _DEEPEST_INDENT) + written)
        self._line.clear()

    def _close(self) -> None:
        if self._open:
            self._open.pop()


def _pieces(text: str) -> Iterator[tuple[str, str]]:
    position, before = 0, ""
    while position < len(text):
        regex = None
        if text[position] == "/" and _may_start_regex(before):
            regex = _REGEX.match(text, position, position + _LONGEST_REGEX)
        match = regex or _TOKEN.match(text, position)
        if match is None:
            raise AssertionError(f"no token at {position}")
        kind, piece = "text" if regex else str(match.lastgroup), match[0]
        if kind not in {"space", "comment"}:
            before = piece
        yield kind, piece
        position = match.end()


def _may_start_regex(before: str) -> bool:
    """Tell by what stands before a slash, which may be several words and marks in a run."""
    if word := _LAST_WORD.search(before):
        # A property of such a name is a value: a.return / 2
        return word[0] in _BEFORE_REGEX and not before[: word.start()].endswith(".")
    return not before or before[-1] not in _ENDS_VALUE | {'"', "'", "`"}
