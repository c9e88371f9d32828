"""The state file of the store: its columns, its soundness, and what is wrong with it."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from d365pop.emulator.metadata import Kind, Table
from d365pop.errors import ConfigurationError

ID_TYPE = "TEXT COLLATE NOCASE"
"""Ids are compared without case, so that one index serves our own questions and those of others."""
NO_ROOM = frozenset(
    {
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_READONLY,
    }
)
"""What SQLite says where a file cannot be made or written."""
SQL_TYPES = {
    Kind.ID: ID_TYPE,
    Kind.LOOKUP: ID_TYPE,
    Kind.INTEGER: "INTEGER",
    Kind.BIG: "INTEGER",
    Kind.BOOLEAN: "INTEGER",
    Kind.MANAGED: "INTEGER",
    Kind.NUMBER: "REAL",
}


def connect(path: Path | None) -> sqlite3.Connection:
    """Return a connection to the state file, or to a database in memory.

    Raises:
        OSError, sqlite3.Error: the file is none, or in use.
    """
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(
        path or ":memory:", timeout=0.5, check_same_thread=False, isolation_level=None
    )
    try:
        if path is not None:
            connection.execute("PRAGMA locking_mode=EXCLUSIVE")
            # A file that may only be read opens all the same: the first write tells.
            connection.execute("PRAGMA user_version=0")
        connection.execute("PRAGMA synchronous=OFF")
        check_integrity(connection)
    except BaseException:
        connection.close()
        raise
    return connection


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


def definition(table: Table, name: str) -> str:
    """Return what makes a table's layer where it is not there."""
    declared = ", ".join(f'"{column}" {kind}' for column, kind in sql_columns(table).items())
    return f'CREATE TABLE IF NOT EXISTS "{name}" ({declared})'


def missing_columns(table: Table, name: str, present: frozenset[str]) -> Iterator[str]:
    """Return what adds columns: a state file of an earlier version keeps its rows."""
    for column, kind in sql_columns(table).items():
        if column not in present:
            yield f'ALTER TABLE "{name}" ADD COLUMN "{column}" {kind}'


def indexes(table: Table, name: str) -> Iterator[str]:
    """Return what makes the indexes of a table's layer; as all comparisons, without case."""
    for column in table.indexed:
        yield (
            f'CREATE INDEX IF NOT EXISTS "{name}_{column}" ON "{name}" ("{column}" COLLATE NOCASE)'
        )


def is_unwritable(exc: Exception) -> bool:
    """Whether the place is to blame, not what lies there."""
    if isinstance(exc, sqlite3.Error):
        # The upper bits of a code say more than is asked here.
        return getattr(exc, "sqlite_errorcode", 0) & 0xFF in NO_ROOM
    return isinstance(exc, OSError)


def unusable(path: Path | None, exc: Exception) -> ConfigurationError:
    """Return the error for a file that cannot be used."""
    if "locked" in str(exc):
        return ConfigurationError(
            "emulator-state-in-use",
            f"The state file {path} is used by another local Dataverse.",
            context=str(exc),
            hint="Stop the other server, or give this one another state file.",
        )
    if path is not None and not path.is_dir() and is_unwritable(exc):
        return ConfigurationError(
            "emulator-state-unwritable",
            f"The state file {path} of the local Dataverse cannot be written.",
            context=str(exc),
            hint="Make room there, or name a file that you may write with --state.",
        )
    if path is not None and path.is_dir():
        return ConfigurationError(
            "emulator-state-corrupt",
            f"{path} is a folder, not a state file of the local Dataverse.",
            context=str(exc),
            hint=f"Name a file in it: {path / 'dataverse.sqlite'}.",
        )
    return ConfigurationError(
        "emulator-state-corrupt",
        f"The state file {path} of the local Dataverse cannot be read.",
        context=str(exc),
        hint="Delete the file: the next start makes a new one with the seed data.",
    )
