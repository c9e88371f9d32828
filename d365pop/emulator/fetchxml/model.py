"""What a FetchXML query says, as values; knows no XML, no table and no SQL."""

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Attribute:
    """A column to return, as it is, grouped by or aggregated."""

    name: str
    alias: str = ""
    aggregate: str = ""
    group: bool = False
    date_grouping: str = ""
    distinct: bool = False
    row_aggregate: str = ""


@dataclass(frozen=True, slots=True)
class Order:
    """One level of the order: by a column, or by the alias of an aggregate."""

    attribute: str = ""
    alias: str = ""
    descending: bool = False
    entity_name: str = ""


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition on a column, compared with values or with another column of the row."""

    attribute: str
    operator: str
    values: tuple[str, ...] = ()
    entity_name: str = ""
    value_of: str = ""


@dataclass(frozen=True, slots=True)
class Filter:
    """Conditions, filters and links that must hold together (``and``) or of which one must."""

    operator: str = "and"
    members: tuple["Condition | Filter | Link", ...] = ()


@dataclass(frozen=True, slots=True)
class Node:
    """An entity of the query with what is asked of it."""

    name: str
    attributes: tuple[Attribute, ...] = ()
    all_attributes: bool = False
    orders: tuple[Order, ...] = ()
    filters: tuple[Filter, ...] = ()
    links: tuple["Link", ...] = ()


@dataclass(frozen=True, slots=True)
class Link:
    """A linked entity: its column ``source`` equals the column ``target`` of its parent."""

    node: Node
    source: str
    target: str
    alias: str
    kind: str = "inner"


@dataclass(frozen=True, slots=True)
class Fetch:
    """The whole query."""

    entity: Node
    top: int | None = None
    count: int | None = None
    page: int = 1
    cookie: str = ""
    distinct: bool = False
    aggregate: bool = False
    aggregate_limit: int | None = None
    total: bool = False
    raw_order: bool = False


Member: TypeAlias = "Condition | Filter | Link"
