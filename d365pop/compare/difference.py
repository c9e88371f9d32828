"""Differences as values: which component, how it changed, and the facts; no reading, no format."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Change(StrEnum):
    """How a component of the first side became what the second side has."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Detail:
    """One fact that changed; an empty text on one side means that it is not there."""

    what: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Lines:
    """A unified diff and what its lines are: a file as stored, a source, an outline."""

    of: str
    text: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """A component that differs."""

    kind: str
    name: str
    change: Change
    details: tuple[Detail, ...] = ()
    lines: tuple[Lines, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything that differs, in a stable order, and what was not compared and why."""

    before: str
    after: str
    differences: tuple[Difference, ...]
    unchanged: Mapping[str, tuple[str, ...]]
    """Names of what is the same on both sides, by kind."""
    notes: tuple[str, ...] = ()

    @property
    def is_same(self) -> bool:
        """Whether nothing differs."""
        return not self.differences

    def count(self, change: Change) -> int:
        """Return how many components changed so."""
        return sum(difference.change is change for difference in self.differences)
