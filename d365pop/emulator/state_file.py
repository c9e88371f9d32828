"""The state file of the store: its columns, its soundness, and what is wrong with it."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from d365pop.emulator.metadata import Kind, Table
from d365pop.errors import ConfigurationError

ID_TYPE = "TEXT COLLATE NOCASE"
"""Ids are compared without case, so that one index serves our own questions and those of others."""
SQL_TYPES = {
    Kind.ID: ID_TYPE,
    Kind.LOOKUP: ID_TYPE,
    Kind.INTEGER: "INTEGER",
    Kind.BIG: "INTEGER",
    Kind.BOOLEAN: "INTEGER",
    Kind.MANAGED: "INTEGER",
    Kind.NUMBER: "REAL",
}


def check_integrity(connection: sqlite3.Connection) -> None:
    """Demand a sound file.

    Raises:
        DatabaseError: it is none.
    """
    verdict = connection.execute("PRAGMA quick_check").fetchone()[0]
    if verdict != "ok":
        raise sqlite3.DatabaseError(verdict)


def sql_columns(table: Table) -> dict[str, str]:
    """Return the SQL type of each stored column."""
    columns = {table.primary_id: f"{ID_TYPE} PRIMARY KEY"}
    for column in table.columns.values():
        columns.setdefault(column.name, SQL_TYPES.get(column.kind, "TEXT"))
        if column.kind is Kind.LOOKUP:
            columns[column.type_column] = "TEXT"
    return columns


def sql_indexes(table: Table, name: str) -> Iterator[str]:
    """Return what makes the indexes of a table's layer; as all comparisons, without case."""
    for column in table.indexed:
        yield (
            f'CREATE INDEX IF NOT EXISTS "{name}_{column}" ON "{name}" ("{column}" COLLATE NOCASE)'
        )


def unusable(path: Path | None, exc: Exception) -> ConfigurationError:
    """Return the error for a file that cannot be used."""
    if "locked" in str(exc):
        return ConfigurationError(
            "emulator-state-in-use",
            f"The state file {path} is used by another local Dataverse.",
            context=str(exc),
            hint="Stop the other server, or give this one another state file.",
        )
    return ConfigurationError(
        "emulator-state-corrupt",
        f"The state file {path} of the local Dataverse cannot be read.",
        context=str(exc),
        hint="Delete the file: the next start makes a new one with the seed data.",
    )
