"""Takes texts out of the elements of a package; what is absent is empty, never an error."""

import re

from lxml import etree

_NUMBER = re.compile(r"-?[0-9]{1,9}")


def text(element: etree._Element, path: str) -> str:
    """Return the text at ``path`` without white space around it."""
    return (element.findtext(path) or "").strip()


def optional_text(element: etree._Element, path: str) -> str | None:
    """Return the text at ``path`` as it stands; None where there is no such element."""
    found = element.find(path)
    return None if found is None else found.text or ""


def number(written: str) -> int:
    """Return a whole number; 0 for anything else."""
    return int(written) if _NUMBER.fullmatch(written) else 0


def guid(written: str) -> str:
    """Return an id as we compare it: in lower case, without braces."""
    return written.strip().strip("{}").lower()


def local_label(
    element: etree._Element, path: str = "LocalizedNames/LocalizedName", language: str = ""
) -> str:
    """Return the description at ``path`` in ``language``, else the first one."""
    labels = element.findall(path)
    chosen = [label for label in labels if label.get("languagecode") == language] or labels
    return chosen[0].get("description", "") if chosen else ""


def line_of(element: etree._Element) -> int:
    """Return the line where an element starts, from 1; 0 where it was not parsed from a text."""
    # The stubs leave its type open.
    line: object = element.sourceline
    return line if isinstance(line, int) else 0
