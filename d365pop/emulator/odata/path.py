"""The path of a Web API URL: text in, segments out; knows no table."""

import re
from dataclasses import dataclass, field

from d365pop.emulator.faults import unknown_segment
from d365pop.emulator.odata.options import decode_segment, split_top_level
from d365pop.emulator.odata.values import is_guid

SEGMENT = re.compile(r"(?P<name>[A-Za-z_$][\w.$]*)(?P<brackets>\((?P<inner>.*)\))?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment: ``accounts``, ``accounts(id)``, ``solutions(uniquename='x')``, ``WhoAmI()``."""

    name: str
    key: str = ""
    arguments: dict[str, str] = field(default_factory=dict)
    called: bool = False
    """Whether there were brackets at all."""


def behind_version(address: str) -> str:
    """Return what follows ``/api/data/v9.2/`` of an address, or the address where that is all."""
    _, found, rest = address.partition("/api/data/")
    return rest.partition("/")[2] if found else address


def parse_path(raw: str) -> tuple[Segment, ...]:
    """Return the segments behind ``/api/data/v9.2/``; an empty tuple is the service document.

    Raises:
        Fault: a segment that cannot be one.
    """
    decoded = split_top_level(decode_segment(raw.strip("/")), "/")
    return tuple(_segment(text) for text in decoded if text)


def _segment(text: str) -> Segment:
    match = SEGMENT.fullmatch(text)
    if match is None:
        raise unknown_segment(text)
    name, inner = match.group("name"), match.group("inner")
    if inner is None:
        return Segment(name)
    if is_guid(inner.strip("'")):
        return Segment(name, key=inner.strip("'{}").lower(), called=True)
    arguments: dict[str, str] = {}
    for part in filter(None, split_top_level(inner, ",")):
        key, equals, value = part.partition("=")
        if not equals:
            raise unknown_segment(text)
        arguments[key.strip()] = value.strip()
    return Segment(name, arguments=arguments, called=True)


def unquote_literal(text: str) -> str:
    """Return the value of a URL literal: quotes off, doubled ones made single."""
    if text[:1] == "'" and text[-1:] == "'" and len(text) > 1:
        return text[1:-1].replace("''", "'")
    return text
