"""Paging cookies: where a page ended, and the condition for what comes after it; knows no table."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote, unquote
from xml.etree.ElementTree import Element
from xml.sax.saxutils import quoteattr

from d365pop.emulator.faults import INVALID_ARGUMENT, Fault, bad_request
from d365pop.emulator.metadata import Column, Kind, SqlValue
from d365pop.emulator.numerals import is_natural
from d365pop.emulator.odata.conditions import plain_value
from d365pop.emulator.odata.fragments import Sql
from d365pop.emulator.xmltext import XmlRefusedError, parse_xml

BAD_PAGE = "0x8004112a"
OTHER_ORDER = "0x80041129"
LAST_PAGE = 1 << 31
UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""What XML has no way to write."""


@dataclass(frozen=True, slots=True)
class Level:
    """One level of an order: what it is called in a cookie, and its value in SQL."""

    name: str
    sql: str
    column: Column
    descending: bool = False

    @property
    def order(self) -> str:
        """The level as ORDER BY has it; rows without value come first, as in SQL Server."""
        return f"{self.sql} COLLATE NOCASE {'DESC' if self.descending else 'ASC'}"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page begins: its number, and the condition that its rows come after the last one."""

    page: int = 1
    after: Sql | None = None


Values = Sequence[SqlValue]


def write_inner(levels: Sequence[Level], page: int, first: Values, last: Values) -> str:
    """Return the cookie of a page as FetchXML takes it back, empty where XML cannot hold it."""
    if not levels or any(UNWRITABLE.search(str(value)) for value in (*first, *last)):
        return ""
    parts = "".join(
        f"<{level.name} {_written('last', end, level)} {_written('first', begin, level)} />"
        for level, begin, end in zip(levels, first, last, strict=True)
    )
    return f'<cookie page="{page}">{parts}</cookie>'


def write_cookie(page: int, inner: str = "") -> str:
    """Return the cookie for the page after this one; ``inner`` is encoded twice, as documented."""
    encoded = quote(quote(inner, safe=""), safe="")
    carried = f'pagingcookie="{encoded}" ' if inner else ""
    return f'<cookie pagenumber="{page + 1}" {carried}istracking="False" />'


def read_cookie(text: str, levels: Sequence[Level]) -> Place:
    """Return the place that a cookie of ``write_cookie`` means.

    Raises:
        Fault: it is none, or one of a query with another order.
    """
    if not text:
        return Place()
    root = _parsed(text)
    number = root.get("pagenumber", "")
    if root.tag != "cookie" or not is_natural(number) or not 0 < int(number) < LAST_PAGE:
        raise _malformed()
    inner = unquote(unquote(root.get("pagingcookie", "")))
    return read_inner(inner, int(number), levels) if inner else Place(int(number))


def read_inner(text: str, page: int, levels: Sequence[Level]) -> Place:
    """Return the place of a page, given the cookie of another one.

    Rows come after the cookie's last one where it is that of the page before; any other page is
    found by counting.

    Raises:
        Fault: it is no cookie, or one of a query with another order.
    """
    root = _parsed(text)
    number = root.get("page", "")
    if root.tag != "cookie" or not is_natural(number):
        raise bad_request("Invalid page number in paging cookie.", BAD_PAGE)
    if [part.tag for part in root] != [level.name for level in levels]:
        raise bad_request("Order by columns do not match those in paging cookie.", OTHER_ORDER)
    if int(number) + 1 != page:
        return Place(page)
    last = [_read(part, level) for part, level in zip(root, levels, strict=True)]
    return Place(page, _after(levels, last))


def _written(word: str, value: SqlValue, level: Level) -> str:
    if value is None:
        return f'{word}null="1"'
    shown = f"{{{value}}}".upper() if level.column.kind in {Kind.ID, Kind.LOOKUP} else str(value)
    return f"{word}={quoteattr(shown)}"


def _read(part: Element, level: Level) -> SqlValue:
    if "lastnull" in part.attrib:
        return None
    text = part.get("last")
    if text is None:
        raise _malformed()
    return plain_value(text, level.column)


def _after(levels: Sequence[Level], last: Values) -> Sql:
    """Return the condition that a row comes after the one with these values."""
    choices: list[str] = []
    parameters: list[SqlValue] = []
    for depth, (level, value) in enumerate(zip(levels, last, strict=True)):
        same = [f"{known.sql} IS ? COLLATE NOCASE" for known in levels[:depth]]
        choices.append(f"({' AND '.join([*same, _beyond(level, empty=value is None)])})")
        parameters += [*last[:depth], *([] if value is None else [value])]
    return Sql(f"({' OR '.join(choices)})", tuple(parameters))


def _beyond(level: Level, *, empty: bool) -> str:
    if level.descending:
        return "0" if empty else f"({level.sql} < ? COLLATE NOCASE OR {level.sql} IS NULL)"
    return f"{level.sql} IS NOT NULL" if empty else f"{level.sql} > ? COLLATE NOCASE"


def _parsed(text: str) -> Element:
    try:
        return parse_xml(text)
    except XmlRefusedError as exc:
        raise _malformed() from exc


def _malformed() -> Fault:
    return bad_request("Malformed XML in the Paging Cookie", INVALID_ARGUMENT)
