"""Cuts a SELECT into tokens and hands them out; knows no grammar."""

import re
from dataclasses import dataclass

from d365pop.emulator.faults import INVALID_ARGUMENT, Fault, bad_request
from d365pop.emulator.numerals import is_natural

TOKEN = re.compile(
    r"""\s*(?:
    (?P<text>N?'(?:[^']|'')*')
    | (?P<number>-?\d+(?:\.\d+)?(?!\w))
    | (?P<name>\[\w+\]|[^\W\d]\w*)
    | (?P<mark><>|!=|<=|>=|[=<>(),.*])
    | (?P<end>$)
    )""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Token:
    """One token: its kind, and its text without what only marks it."""

    kind: str
    text: str

    def says(self, *words: str) -> bool:
        """Whether it is one of these words or marks."""
        return self.kind in {"name", "mark"} and self.text.upper() in words


def refused(what: str) -> Fault:
    """Return the fault of a query that is not of the subset. ASSUMED: code and text."""
    return bad_request(f"The SQL query is not supported: {what}.", INVALID_ARGUMENT)


class Tokens:
    """The tokens of a query, and how far it was read."""

    def __init__(self, text: str) -> None:
        """Cut the text.

        Raises:
            Fault: a character starts no token.
        """
        self._found: list[Token] = []
        position, text = 0, text.strip().removesuffix(";").rstrip()
        while not self._found or self._found[-1].kind != "end":
            match = TOKEN.match(text, position)
            if match is None or match.lastgroup is None:
                raise refused(f"unexpected character at position {position}")
            position = match.end()
            self._found.append(Token(match.lastgroup, _bare(match.lastgroup, match)))
        self._next = 0

    @property
    def ahead(self) -> Token:
        """What comes next."""
        return self._found[self._next]

    def take(self) -> Token:
        """Return what comes next and pass it."""
        token = self.ahead
        self._next = min(self._next + 1, len(self._found) - 1)
        return token

    def skip(self, *words: str) -> bool:
        """Pass these words, where they come next in this order."""
        following = self._found[self._next : self._next + len(words)]
        fits = len(following) == len(words) and all(
            token.says(word) for token, word in zip(following, words, strict=True)
        )
        if fits:
            self._next += len(words)
        return fits

    def expect(self, word: str) -> None:
        """Pass a word that has to come next.

        Raises:
            Fault: another one does.
        """
        if not self.skip(word):
            raise refused(f"'{word}' is expected before '{self.ahead.text}'")

    def name(self) -> str:
        """Pass a name and return it, in lower case as the platform names columns."""
        token = self.take()
        if token.kind != "name":
            raise refused(f"a name is expected in place of '{token.text}'")
        return token.text.lower()

    def natural(self) -> int:
        """Pass a number without a fraction and return it."""
        token = self.take()
        if token.kind != "number" or not is_natural(token.text):
            raise refused(f"a number is expected in place of '{token.text}'")
        return int(token.text)

    def value(self) -> str:
        """Pass a constant and return it."""
        token = self.take()
        if token.kind not in {"text", "number"}:
            raise refused(f"a constant is expected in place of '{token.text}'")
        return token.text


def _bare(kind: str, match: re.Match[str]) -> str:
    text = match.group(kind)
    if kind == "text":
        return text.removeprefix("N")[1:-1].replace("''", "'")
    return text.strip("[]") if kind == "name" else text
