"""Cuts a ``$filter`` into tokens; knows no grammar."""

import re
from dataclasses import dataclass
from enum import StrEnum

from d365pop.emulator.faults import bad_request


class TokenKind(StrEnum):
    """What a token is."""

    TEXT = "text"
    QUOTED = "quoted"
    """In double quotes: legal in the lists of query functions only."""
    GUID = "guid"
    DATETIME = "datetime"
    NUMBER = "number"
    NAME = "name"
    MARK = "mark"
    END = "end"


@dataclass(frozen=True, slots=True)
class Token:
    """One token with its place in the text."""

    kind: TokenKind
    text: str
    position: int


GUID = r"[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}"
TOKEN = re.compile(
    rf"""
    (?P<text>'(?:[^']|'')*')
    | (?P<quoted>"[^"]*")
    | (?P<guid>{GUID})
    | (?P<datetime>\d{{4}}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?)?)
    | (?P<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w]))
    | (?P<name>[A-Za-z_@$][\w@]*(?:\.[A-Za-z_]\w*)*)
    | (?P<mark>[(),/=:\[\]])
    """,
    re.VERBOSE | re.ASCII,
)


def tokenize(text: str) -> list[Token]:
    """Return the tokens of ``text``, the last one marking its end.

    Raises:
        Fault: a character that starts no token.
    """
    tokens: list[Token] = []
    position = 0
    while position < len(text):
        if text[position].isspace():
            position += 1
            continue
        match = TOKEN.match(text, position)
        if match is None and text[position] == "'":
            raise bad_request(
                f"There is an unterminated literal at position {len(text)} in '{text}'."
            )
        if match is None or match.lastgroup is None:
            raise bad_request(
                f"Syntax error: character '{text[position]}' is not valid at position {position} "
                f"in '{text}'."
            )
        tokens.append(Token(TokenKind(match.lastgroup), match.group(), position))
        position = match.end()
    tokens.append(Token(TokenKind.END, "", len(text)))
    return tokens
