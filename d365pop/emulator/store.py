"""Rows in SQLite, draft and published apart; knows tables only through their metadata."""

# ruff: noqa: S608 - table and column names come from metadata.py, values are always parameters

import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from d365pop.emulator.metadata import Catalog, Row, SqlValue, Table
from d365pop.emulator.state_file import (
    connect,
    definition,
    indexes,
    missing_columns,
    unusable,
)

FIRST_VERSION = 1_000_000
MOST_UPLOADS = 100
"""How many staged and exported packages are kept, the newest."""


class Layer(StrEnum):
    """Which state of a publishable row is meant; the same row where a table is not publishable."""

    DRAFT = ""
    PUBLISHED = "__published"


@dataclass(frozen=True, slots=True)
class Selection:
    """What to read: SQL parts with their parameters, names already checked."""

    where: str = "1"
    parameters: tuple[SqlValue, ...] = ()
    order_by: str = ""
    limit: int = -1
    offset: int = 0


class Store:
    """The rows of one environment; one connection, shared by all threads under a lock."""

    def __init__(self, connection: sqlite3.Connection, catalog: Catalog) -> None:
        self._connection = connection
        self._tables: dict[str, Table] = {}
        self._lock = threading.RLock()
        self._depth = 0
        with self.transaction():
            self._execute("CREATE TABLE IF NOT EXISTS _setting (name TEXT PRIMARY KEY, value TEXT)")
            self._execute("CREATE TABLE IF NOT EXISTS _upload (id TEXT PRIMARY KEY, content BLOB)")
            self.define(catalog.stored)

    @classmethod
    def open(cls, path: Path | None, catalog: Catalog) -> "Store":
        """Open the state file, or an environment that lives in memory only.

        Raises:
            ConfigurationError: the file is no state file, or another server uses it.
        """
        try:
            connection = connect(path)
            try:
                return cls(connection, catalog)
            except BaseException:
                connection.close()
                raise
        except (sqlite3.Error, OSError) as exc:
            raise unusable(path, exc) from exc

    def close(self) -> None:
        """Give the state file free."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make everything inside happen together or not at all."""
        with self._lock:
            if self._depth == 0:
                self._connection.execute("BEGIN IMMEDIATE")
            self._depth += 1
            try:
                yield
                if self._depth == 1:
                    self._connection.execute("COMMIT")
            except BaseException:
                # SQLite may have rolled back by itself, or left a failed COMMIT open.
                if self._depth == 1 and self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise
            finally:
                self._depth -= 1

    def insert(self, table: Table, row: Row) -> None:
        """Add a row; what is created counts as published at once.

        ASSUMED: documented for web resources ("publish after an update"); taken for forms too.
        """
        with self.transaction():
            stored = {**row, "versionnumber": self._next_version()}
            for layer in _layers(table):
                self._insert(table, layer, stored)

    def insert_selected(
        self, table: Table, common: Row, select: str, parameters: Mapping[str, SqlValue]
    ) -> None:
        """Add the rows that a query makes, with what all have in common; none is published.

        The query names its columns and counts ``versionnumber`` up from ``:version``.
        """
        with self.transaction():
            given = {**parameters, "version": self._next_version()}
            told = self._connection.execute(f"SELECT * FROM ({select}) LIMIT 0", given)
            selected = [column[0] for column in told.description]
            shared = {f"_{name}": value for name, value in common.items() if name not in selected}
            names = ", ".join([*selected, *(f'"{name[1:]}"' for name in shared)])
            values = ", ".join([*selected, *(f":{name}" for name in shared)])
            self._connection.execute(
                f'INSERT INTO "{physical_name(table, Layer.DRAFT)}" ({names}) '
                f"SELECT {values} FROM ({select})",
                {**given, **shared},
            )
            newest = f'SELECT max(versionnumber) FROM "{physical_name(table, Layer.DRAFT)}"'
            self.set_setting("version", str(self._query(newest, ())[0][0]))

    def insert_draft(self, table: Table, row: Row) -> None:
        """Add a row that nobody sees before it is published, where its table is publishable."""
        with self.transaction():
            stored = {**row, "versionnumber": self._next_version()}
            if table.publishable:
                stored["componentstate"] = 1
            self._insert(table, Layer.DRAFT, stored)

    def update(self, table: Table, row_id: str, changes: Row) -> None:
        """Change a row; of a publishable table only its draft."""
        with self.transaction():
            stored = {**changes, "versionnumber": self._next_version()}
            if table.publishable:
                stored["componentstate"] = 1
            self._write(table, Layer.DRAFT, row_id, stored)

    def publish(self, table: Table, row_ids: Sequence[str], published_on: str) -> int:
        """Make the drafts of these rows what everybody sees; return how many were pending."""
        published = 0
        with self.transaction():
            for row_id in row_ids:
                draft = self.get(table, row_id, Layer.DRAFT)
                if draft is None or draft["componentstate"] == 0:
                    continue
                published += 1
                draft |= {"componentstate": 0, "versionnumber": self._next_version()}
                if "publishedon" in table.columns:
                    draft["publishedon"] = published_on
                self._write(table, Layer.DRAFT, row_id, draft)
                if self.get(table, row_id) is None:
                    self._insert(table, Layer.PUBLISHED, draft)
                else:
                    self._write(table, Layer.PUBLISHED, row_id, draft)
        return published

    def rewrite(self, table: Table, layer: Layer, row_id: str, changes: Row) -> None:
        """Change one layer of a row and leave its state as it is."""
        with self.transaction():
            stored = {**changes, "versionnumber": self._next_version()}
            self._write(table, layer, row_id, stored)

    def delete(self, table: Table, row_id: str) -> None:
        """Remove a row with all its layers."""
        with self.transaction():
            for layer in _layers(table):
                self._execute(
                    f'DELETE FROM "{physical_name(table, layer)}" WHERE "{table.primary_id}" = ?',
                    (row_id,),
                )

    def get(self, table: Table, row_id: str, layer: Layer = Layer.PUBLISHED) -> Row | None:
        """Return one row, or None."""
        where = f't."{table.primary_id}" = ?'
        rows = self.select(table, Selection(where, (row_id.lower(),)), layer)
        return rows[0] if rows else None

    def find(self, table: Table, column: str, value: SqlValue, layer: Layer) -> list[Row]:
        """Return the rows with this value, compared as Dataverse compares: without case."""
        return self.select(table, Selection(f't."{column}" = ? COLLATE NOCASE', (value,)), layer)

    def find_one(self, table: Table, column: str, value: SqlValue) -> Row | None:
        """Return the newest state of the row with this value, None where there is none."""
        return next(iter(self.find(table, column, value, Layer.DRAFT)), None)

    def select(self, table: Table, what: Selection, layer: Layer = Layer.PUBLISHED) -> list[Row]:
        """Return the rows that the selection asks for."""
        order = f"ORDER BY {what.order_by}" if what.order_by else ""
        sql = (
            f'SELECT t.* FROM "{physical_name(table, layer)}" t WHERE {what.where} {order} '
            "LIMIT ? OFFSET ?"
        )
        with self._lock:
            found = self._connection.execute(sql, (*what.parameters, what.limit, what.offset))
            names = [column[0] for column in found.description]
            return [dict(zip(names, values, strict=True)) for values in found]

    def read(self, sql: str, parameters: Sequence[SqlValue]) -> list[sqlite3.Row]:
        """Return the rows of a query whose names are checked already.

        Slow for tables of a hundred columns: such a row looks each name up anew.
        """
        with self._lock:
            found = self._connection.execute(sql, parameters)
            found.row_factory = sqlite3.Row
            return found.fetchall()

    def count(self, table: Table, what: Selection, layer: Layer = Layer.PUBLISHED) -> int:
        """Return how many rows the selection's condition matches."""
        rows = self._query(
            f'SELECT count(*) FROM "{physical_name(table, layer)}" t WHERE {what.where}',
            what.parameters,
        )
        return int(rows[0][0])

    def setting(self, name: str) -> str:
        """Return a note that the emulator keeps about itself, empty where there is none."""
        rows = self._query("SELECT value FROM _setting WHERE name = ?", (name,))
        return str(rows[0][0]) if rows else ""

    def set_setting(self, name: str, value: str) -> None:
        """Keep a note."""
        self._execute("INSERT OR REPLACE INTO _setting VALUES (?, ?)", (name, value))

    def put_upload(self, upload_id: str, content: bytes) -> None:
        """Keep a staged package."""
        self._execute("INSERT INTO _upload VALUES (?, ?)", (upload_id, content))
        self._execute(
            "DELETE FROM _upload WHERE rowid NOT IN "
            f"(SELECT rowid FROM _upload ORDER BY rowid DESC LIMIT {MOST_UPLOADS})",
            (),
        )

    def upload(self, upload_id: str) -> bytes | None:
        """Return a staged package."""
        rows = self._query("SELECT content FROM _upload WHERE id = ?", (upload_id,))
        return bytes(rows[0][0]) if rows else None

    def drop_upload(self, upload_id: str) -> None:
        """Forget a staged package."""
        self._execute("DELETE FROM _upload WHERE id = ?", (upload_id,))

    def snapshot(self) -> sqlite3.Connection:
        """Return a copy of everything, in memory."""
        kept = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
        with self._lock:
            self._connection.backup(kept)
        return kept

    def restore(self, kept: sqlite3.Connection) -> None:
        """Bring a copy back; versions go on where they are, so that no ETag fits twice."""
        with self._lock:
            version = self.setting("version")
            kept.backup(self._connection)
            self.set_setting("version", version)

    def clear(self) -> None:
        """Remove every row."""
        with self.transaction():
            for table in self._tables.values():
                for layer in _layers(table):
                    self._execute(f'DELETE FROM "{physical_name(table, layer)}"')
            self._execute("DELETE FROM _setting")
            self._execute("DELETE FROM _upload")

    def define(self, tables: Iterable[Table]) -> None:
        """Make what these tables are stored in, as far as it is not there yet."""
        for table in tables:
            self._tables[table.logical_name] = table
            for layer in _layers(table):
                name = physical_name(table, layer)
                self._execute(definition(table, name))
                missing = missing_columns(table, name, self._columns(name))
                for statement in (*missing, *indexes(table, name)):
                    self._execute(statement)

    def empty(self, table: Table, columns: Iterable[str]) -> None:
        """Forget what rows hold in columns that the table has no more."""
        for layer in _layers(table):
            name = physical_name(table, layer)
            # What was rolled back or restored may never have had them.
            for column in self._columns(name) & set(columns):
                self._execute(f'UPDATE "{name}" SET "{column}" = NULL')

    def drop(self, table: Table) -> None:
        """Forget a table with its rows."""
        self._tables.pop(table.logical_name, None)
        for layer in _layers(table):
            self._execute(f'DROP TABLE IF EXISTS "{physical_name(table, layer)}"')

    def _columns(self, name: str) -> frozenset[str]:
        return frozenset(told[1] for told in self._query(f'PRAGMA table_info("{name}")', ()))

    def _execute(self, sql: str, parameters: Sequence[SqlValue | bytes] = ()) -> None:
        with self._lock:
            self._connection.execute(sql, parameters)

    def _query(self, sql: str, parameters: Sequence[SqlValue]) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._connection.execute(sql, parameters).fetchall()

    def _insert(self, table: Table, layer: Layer, row: Row) -> None:
        names = ", ".join(f'"{name}"' for name in row)
        marks = ", ".join("?" * len(row))
        self._execute(
            f'INSERT INTO "{physical_name(table, layer)}" ({names}) VALUES ({marks})',
            tuple(row.values()),
        )

    def _write(self, table: Table, layer: Layer, row_id: str, values: Row) -> None:
        assignments = ", ".join(f'"{name}" = ?' for name in values)
        self._execute(
            f'UPDATE "{physical_name(table, layer)}" SET {assignments} '
            f'WHERE "{table.primary_id}" = ?',
            (*values.values(), row_id),
        )

    def _next_version(self) -> int:
        version = int(self.setting("version") or FIRST_VERSION) + 1
        self.set_setting("version", str(version))
        return version


def physical_name(table: Table, layer: Layer) -> str:
    """Return the SQL table that holds this layer."""
    return table.logical_name + (layer.value if table.publishable else "")


def _layers(table: Table) -> tuple[Layer, ...]:
    return (Layer.DRAFT, Layer.PUBLISHED) if table.publishable else (Layer.DRAFT,)
