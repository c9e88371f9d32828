"""What a table may demand before a row is written or deleted."""

from typing import Protocol

from d365pop.emulator.environment import Environment
from d365pop.emulator.metadata import Row


class BeforeWrite(Protocol):
    """Checks a row about to be written; returns what else must be written with it."""

    def __call__(self, environment: Environment, row: Row, before: Row | None) -> Row:
        """Raise a Fault, or return further values; ``before`` is None for a new row."""


class BeforeDelete(Protocol):
    """Checks whether a row may go, and removes what goes with it."""

    def __call__(self, environment: Environment, row: Row) -> None:
        """Raise a Fault where something depends on the row."""


class Rules:
    """The rules of one table; by default there are none."""

    def __init__(
        self, write: BeforeWrite | None = None, delete: BeforeDelete | None = None
    ) -> None:
        self._write = write
        self._delete = delete

    def before_write(self, environment: Environment, row: Row, before: Row | None) -> Row:
        """Check a row about to be written."""
        return self._write(environment, row, before) if self._write else {}

    def before_delete(self, environment: Environment, row: Row) -> None:
        """Check a row about to be deleted."""
        if self._delete:
            self._delete(environment, row)
