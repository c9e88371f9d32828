"""A piece of SQL with its parameters and what it is about; knows no table."""

from collections.abc import Iterable
from dataclasses import dataclass

from d365pop.emulator.metadata import Column, SqlValue


@dataclass(frozen=True, slots=True)
class Sql:
    """An SQL expression with its parameters; ``column`` where it is the value of one."""

    text: str
    parameters: tuple[SqlValue, ...] = ()
    column: Column | None = None


def all_of(parts: Iterable[Sql]) -> Sql:
    """Return the condition that all of these hold."""
    chosen = tuple(parts) or (Sql("1"),)
    text = " AND ".join(part.text for part in chosen)
    return Sql(text, tuple(value for part in chosen for value in part.parameters))
