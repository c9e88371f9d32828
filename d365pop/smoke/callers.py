"""Which caller rings, and how a number is written of; pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

_INTERNATIONAL: Final = re.compile(r"(?:tel:)?\+\d[\d\s().-]*")
_COMPACT: Final = re.compile(r"(?:tel:)?\+\d+")
# A bracketed trunk prefix, which is not dialled from abroad.
_TRUNK: Final = "(0)"
_DIGITS: Final = range(8, 16)
_TAIL: Final = 7
"""So many last digits tell numbers apart, however their beginnings are written."""
_MOST_TRIED: Final = 200
_NUMBER: Final = re.compile(r"(?:\+|%2B)?\(?\d(?:(?:%20|[\s().\-/]){0,3}\d){6,}")
_GUID: Final = re.compile(r"(\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class StoredRow:
    """A row of a searched table with what its number columns hold."""

    table: str
    record_id: str
    numbers: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Caller:
    """Whose phone rings, and which record has to open."""

    table: str
    record_id: str
    number: str = field(repr=False)

    @property
    def masked(self) -> str:
        """The number as logs may show it."""
        return f"…{self.number[-2:]}"


def choose_caller(rows: Sequence[StoredRow]) -> Caller | None:
    """Return a caller whom the pop must find, and nobody else with them; None where nobody is.

    A number counts whose international form is beyond doubt, and that no other row holds in any
    notation; those that are written without groups come first, since each pop finds them.
    """
    candidates = sorted(_candidates(rows), key=lambda candidate: not candidate[1])
    for row, _, number in islice(candidates, _MOST_TRIED):
        tail = number[-_TAIL:]
        if not any(_holds(other, tail) for other in rows if other is not row):
            return Caller(row.table, row.record_id, number)
    return None


def masked(text: str) -> str:
    """Return ``text`` with each telephone number but its last two digits hidden; ids stay."""
    return "".join(
        part if index % 2 else _NUMBER.sub(lambda found: f"…{found[0][-2:]}", part)
        for index, part in enumerate(_GUID.split(text))
    )


def _candidates(rows: Sequence[StoredRow]) -> Iterator[tuple[StoredRow, bool, str]]:
    """Yield rows with whether the number is written compactly, and its international form."""
    for row in rows:
        for stored in map(str.strip, row.numbers):
            digits = _digits(stored)
            if _INTERNATIONAL.fullmatch(stored) and _TRUNK not in stored and len(digits) in _DIGITS:
                yield row, _COMPACT.fullmatch(stored) is not None, f"+{digits}"


def _holds(row: StoredRow, tail: str) -> bool:
    """Return whether a number of the row has these digits, be it with an extension behind."""
    return any(tail in _digits(number) for number in row.numbers)


def _digits(text: str) -> str:
    return re.sub(r"[^0-9]", "", text)
