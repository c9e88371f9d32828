"""Whether ``[Content_Types].xml`` covers every part, once, and nothing that is not there."""

from collections.abc import Iterator
from typing import Final

from lxml import etree

from d365pop.check.finding import Finding, Location, Rule, Severity
from d365pop.check.subject import CONTENT_TYPES, Subject, place

_NAMESPACE: Final = "{http://schemas.openxmlformats.org/package/2006/content-types}"

CONTENT_TYPE_MISSING = Rule(
    "content-type-missing",
    Severity.HIGH,
    "A part has neither a Default for its extension nor an Override.",
    "A reader of the packaging format does not see the part: the import fails or leaves it out.",
    "Add a Default for the extension, or an Override for a part without one.",
    "WebResources/new_appjs… without <Override PartName=…>",
)
CONTENT_TYPE_UNUSED = Rule(
    "content-type-unused",
    Severity.LOW,
    "A Default or an Override fits no part.",
    "The package was put together by hand and something else may be missing.",
    "Remove the entry, or add the part that it was meant for.",
    '<Default Extension="css" … /> without any .css part',
)
CONTENT_TYPE_DUPLICATE = Rule(
    "content-type-duplicate",
    # ASSUMED: Dataverse reads packages with .NET, whose reader keeps to the format.
    Severity.HIGH,
    "An extension or a part name has two entries.",
    "The packaging format forbids it: a reader that keeps to the format refuses the package.",
    "Keep one of the two entries.",
    '<Default Extension="xml" … /><Default Extension="XML" … />',
)

RULES: Final = (CONTENT_TYPE_MISSING, CONTENT_TYPE_UNUSED, CONTENT_TYPE_DUPLICATE)


def check(subject: Subject) -> Iterator[Finding]:
    """Compare the entries with the parts, both ways; silent where there is nothing to compare."""
    root = subject.root(CONTENT_TYPES)
    if root is None:
        return
    extensions = _entries(root, "Default", "Extension")
    overrides = _entries(root, "Override", "PartName")
    yield from _duplicates(extensions)
    yield from _duplicates(overrides)
    used = set()
    for part in subject.parts:
        if part == CONTENT_TYPES:
            continue
        extension, name = _extension(part), f"/{part}".lower()
        used |= {extension, name}
        if extension not in extensions and name not in overrides:
            message = f"{CONTENT_TYPES} says nothing about {part}"
            yield Finding(CONTENT_TYPE_MISSING, Location(part), message, part)
    for entries in (extensions, overrides):
        for name, elements in entries.items():
            if name not in used:
                message = f"No part fits {name}"
                yield Finding(CONTENT_TYPE_UNUSED, place(CONTENT_TYPES, elements[0]), message, name)


def _entries(root: etree._Element, kind: str, key: str) -> dict[str, list[etree._Element]]:
    found: dict[str, list[etree._Element]] = {}
    for element in root.iterchildren(f"{_NAMESPACE}{kind}"):
        found.setdefault(element.get(key, "").lower(), []).append(element)
    return found


def _extension(part: str) -> str:
    _, dot, extension = part.rpartition("/")[2].rpartition(".")
    # No entry has this name: an extension of a part without one.
    return extension.lower() if dot else "/"


def _duplicates(entries: dict[str, list[etree._Element]]) -> Iterator[Finding]:
    for name, elements in entries.items():
        for element in elements[1:]:
            message = f"{name} has {len(elements)} entries"
            yield Finding(CONTENT_TYPE_DUPLICATE, place(CONTENT_TYPES, element), message, name)
