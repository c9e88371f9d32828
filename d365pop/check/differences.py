"""What a managed difference takes away; knows the mark that exports put on it, and no rule.

A managed export of a form holds changes: what stands there with ``Removed`` is gone after the
import, so nothing can be wrong with it.
"""

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Final

from lxml import etree

_ACTION: Final = "solutionaction"
_REMOVED: Final = "removed"


def kept(elements: Iterable[etree._Element]) -> Iterator[etree._Element]:
    """Yield the elements that are there after the import."""
    return (element for element in elements if not _is_removed(element))


def is_enabled(handler: etree._Element) -> bool:
    """Whether a handler runs; Dataverse takes one that does not say for enabled."""
    return handler.get("enabled", "").strip().lower() not in {"false", "0"}


def _is_removed(element: etree._Element) -> bool:
    around = chain([element], element.iterancestors())
    return any(parent.get(_ACTION, "").strip().lower() == _REMOVED for parent in around)
