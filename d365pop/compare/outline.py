"""Writes XML as an outline in which only meaning is left: no white space, no attribute order.

Two elements with the same outline mean the same to the platform. Ids are written in lower case
without braces, flags as true and false, and the parts of a form in one order, since FormXml.xsd
allows any.
"""

import re
from collections.abc import Iterator
from typing import Final

from lxml import etree

_GUID: Final = re.compile(r"\{?[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\}?")
_FLAGS: Final = {"1": "true", "0": "false"}
_FLAG_ATTRIBUTES: Final = frozenset({"enabled", "passExecutionContext", "application", "active"})
# xs:all in the platform's schemas: the order of the children says nothing.
_UNORDERED: Final = frozenset(
    {"form", "systemform", "WebResource", "Definition", "environmentvariabledefinition"}
)
_INDENT: Final = "  "


def outline(element: etree._Element, leave_out: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """Return ``element`` line by line, without the elements whose tag is in ``leave_out``."""
    return tuple(_lines(element, leave_out))


def _lines(root: etree._Element, leave_out: frozenset[str]) -> Iterator[str]:
    waiting = [(root, 0)]
    while waiting:
        element, depth = waiting.pop()
        yield f"{_INDENT * depth}{_start(element)}{_content(element)}"
        children = [c for c in element.iterchildren(tag=etree.Element) if c.tag not in leave_out]
        if element.tag in _UNORDERED:
            children.sort(key=lambda child: str(child.tag))
        waiting.extend((child, depth + 1) for child in reversed(children))


def _start(element: etree._Element) -> str:
    pairs = (
        f' {name}="{_value(name, value)}"'
        for name, value in sorted((str(n), str(v)) for n, v in element.attrib.items())
    )
    return f"<{element.tag!s}{''.join(pairs)}>"


def _content(element: etree._Element) -> str:
    text = (element.text or "").strip()
    tails = (child.tail.strip() for child in element if child.tail)
    return _plain_guid(" ".join(piece for piece in (text, *tails) if piece))


def _value(name: str, value: str) -> str:
    if name in _FLAG_ATTRIBUTES:
        return _FLAGS.get(value.strip(), value.strip())
    return _plain_guid(value)


def _plain_guid(value: str) -> str:
    return value.strip("{}").lower() if _GUID.fullmatch(value) else value
