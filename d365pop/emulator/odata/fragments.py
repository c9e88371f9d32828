"""A piece of SQL with its parameters and what it is about; knows no table."""

from dataclasses import dataclass

from d365pop.emulator.metadata import Column, SqlValue


@dataclass(frozen=True, slots=True)
class Sql:
    """An SQL expression with its parameters; ``column`` where it is the value of one."""

    text: str
    parameters: tuple[SqlValue, ...] = ()
    column: Column | None = None
