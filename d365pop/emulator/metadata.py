"""What a table, a column and a relationship are; knows no particular table and no SQL."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias
from uuid import UUID, uuid5

SqlValue: TypeAlias = str | int | float | None
Row: TypeAlias = dict[str, SqlValue]

CRM = "Microsoft.Dynamics.CRM."
"""The namespace of types, actions and functions, with the dot behind it."""
METADATA_NAMESPACE = UUID("0f0f4f57-11a4-5d3a-9d56-d3650000e0de")


class Kind(StrEnum):
    """How a column's value looks in JSON; the value is its EDM type."""

    ID = "Edm.Guid"
    TEXT = "Edm.String"
    INTEGER = "Edm.Int32"
    BIG = "Edm.Int64"
    NUMBER = "Edm.Double"
    BOOLEAN = "Edm.Boolean"
    DATETIME = "Edm.DateTimeOffset"
    LOOKUP = "Microsoft.Dynamics.CRM.crmbaseentity"
    MANAGED = "Microsoft.Dynamics.CRM.BooleanManagedProperty"


WRITES = frozenset({"POST", "PATCH", "DELETE"})


@dataclass(frozen=True, slots=True)
class Column:
    """One column; a lookup carries its navigation property names by target table."""

    name: str
    kind: Kind = Kind.TEXT
    navigations: Mapping[str, str] = field(default_factory=dict)
    """Target table's logical name by navigation property name."""
    default: SqlValue = None
    read_only: bool = False
    max_length: int = 0
    hidden: bool = False
    """Known to the store, never shown: what the platform keeps beside a row."""
    is_custom: bool = False
    several: bool = False
    """Whether it holds several choices: their numbers, ascending, with commas between."""

    @property
    def property_name(self) -> str:
        """The name in JSON and in queries."""
        return f"_{self.name}_value" if self.kind is Kind.LOOKUP else self.name

    @property
    def type_column(self) -> str:
        """Where a lookup's target table is stored."""
        return f"{self.name}__type"


@dataclass(frozen=True, slots=True)
class Collection:
    """A navigation property to many: rows of ``table`` whose ``lookup`` points here.

    Of a many-to-many relationship the pairs lie in the table ``intersect``: there ``lookup`` points
    here and ``far`` to the rows of ``table``.
    """

    name: str
    table: str
    lookup: str
    intersect: str = ""
    far: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """One table of the environment."""

    logical_name: str
    entity_set_name: str
    primary_id: str
    primary_name: str
    columns: Mapping[str, Column]
    collections: Mapping[str, Collection] = field(default_factory=dict)
    object_type_code: int = 0
    publishable: bool = False
    hangs_on: str = ""
    """Column that names the table with which its rows are published, empty where there is none."""
    component_type: int = 0
    """Solution component type of its rows, 0 where they are none."""
    writes: frozenset[str] = WRITES
    """Methods that change rows and that the table takes."""
    virtual: bool = False
    """Whether its rows are made anew for each query."""
    versioned: bool = True
    """Whether answers show an ETag and ``versionnumber``."""
    keys: tuple[tuple[str, ...], ...] = ()
    """Columns that together address a row in place of its id, key by key."""
    indexed: tuple[str, ...] = ()
    """Columns by which its rows are searched for where there are many."""
    choices: Mapping[str, Mapping[int, str]] = field(default_factory=dict)
    """Labels of its own choice columns, by column and value."""
    hierarchy: str = ""
    """Lookup to the table itself by which its rows lie under one another."""
    schema_name: str = ""
    label: str = ""
    is_custom: bool = False
    is_managed: bool = True
    is_intersect: bool = False
    """Whether its rows are the pairs of a many-to-many relationship."""

    @property
    def metadata_id(self) -> str:
        """The id of the table's own definition."""
        return str(uuid5(METADATA_NAMESPACE, self.logical_name))

    def column_for(self, property_name: str) -> Column | None:
        """Return the visible column with this name in JSON."""
        name = property_name
        if name.startswith("_") and name.endswith("_value"):
            name = name[1 : -len("_value")]
        column = self.columns.get(name)
        if column is None or column.hidden or column.property_name != property_name:
            return None
        return column

    def lookup_for(self, navigation: str) -> tuple[Column, str] | None:
        """Return the lookup column and target table of a navigation property."""
        for column in self.columns.values():
            target = column.navigations.get(navigation)
            if target is not None:
                return column, target
        return None


class Catalog:
    """Every table of an environment, by either of its names; imports change what there is."""

    tables: tuple[Table, ...]
    by_name: Mapping[str, Table]
    by_set: Mapping[str, Table]

    def __init__(self, tables: tuple[Table, ...], internal: tuple[Table, ...] = ()) -> None:
        """Begin with the platform's tables."""
        self.platform = tables
        self.internal = internal
        """What the emulator keeps for itself: stored, never served."""
        self.change(tables)

    def change(self, tables: tuple[Table, ...]) -> None:
        """Serve these tables from now on."""
        self.tables = tables
        self.by_name = {table.logical_name: table for table in self.stored}
        self.by_set = {table.entity_set_name: table for table in tables}

    @property
    def stored(self) -> tuple[Table, ...]:
        """Every table that has rows."""
        return (*self.tables, *self.internal)
