"""What each row of an answer carries: columns, groups and aggregates, as SQL; knows no joins."""

from collections.abc import Mapping
from dataclasses import dataclass

from d365pop.emulator.choices import choices_of
from d365pop.emulator.faults import Fault, bad_request
from d365pop.emulator.fetchxml.model import Attribute, Order
from d365pop.emulator.metadata import Catalog, Column, Kind, Table
from d365pop.emulator.odata.cookies import Level
from d365pop.emulator.odata.fragments import Sql
from d365pop.emulator.odata.hierarchies import children
from d365pop.emulator.odata.sql import name_sql
from d365pop.emulator.store import Layer

NO_ATTRIBUTE = "0x80041103"
BAD_AGGREGATE = "0x8004111a"
AGGREGATE_TYPE = "0x8004112f"
BAD_ALIAS = "0x80041109"
NUMBERS = frozenset({Kind.INTEGER, Kind.BIG, Kind.NUMBER})
ORDERED = NUMBERS | {Kind.DATETIME}
FUNCTIONS: Mapping[str, frozenset[Kind]] = {
    "count": frozenset(Kind),
    "countcolumn": frozenset(Kind),
    "sum": NUMBERS,
    "avg": NUMBERS,
    "min": ORDERED,
    "max": ORDERED,
}
"""Which types of column an aggregate takes."""
YEAR, MONTH = "CAST(substr({0}, 1, 4) AS INTEGER)", "CAST(substr({0}, 6, 2) AS INTEGER)"
QUARTER = f"(({MONTH} + 2) / 3)"
# Weeks begin on Sunday and the first one holds 1 January, as DATEPART(week) counts.
WEEK = (
    "((CAST(strftime('%j', {0}) AS INTEGER) "
    "+ CAST(strftime('%w', {0}, 'start of year') AS INTEGER) - 1) / 7 + 1)"
)
DATE_PARTS = {
    "day": "CAST(substr({0}, 9, 2) AS INTEGER)",
    "week": WEEK,
    "month": MONTH,
    "quarter": QUARTER,
    "year": YEAR,
    # ASSUMED: the number of a fiscal period; its label is documented.
    "fiscal-period": QUARTER,
    "fiscal-year": YEAR,
}


@dataclass(frozen=True, slots=True)
class Source:
    """One entity of a query: how SQL calls it, and how FetchXML and answers do."""

    alias: str
    table: Table
    name: str = ""
    """Empty for the entity that the query is about."""

    def column(self, name: str) -> Sql:
        """Return the value of a column.

        Raises:
            Fault: there is none of this name.
        """
        column = self.table.columns.get(name)
        if column is None or column.hidden:
            raise no_attribute(self.table, name)
        return Sql(f'{self.alias}."{name}"', (), column)


@dataclass(frozen=True, slots=True)
class Output:
    """One value of each row."""

    key: str
    sql: str
    source: Source
    column: Column
    attribute: Attribute

    @property
    def target_sql(self) -> str:
        """The table that a lookup points to, NULL for everything else."""
        if self.column.kind is not Kind.LOOKUP or self.attribute.aggregate:
            return "NULL"
        return f'{self.source.alias}."{self.column.type_column}"'

    @property
    def is_named(self) -> bool:
        """Whether the key is not the column's own name in JSON."""
        return bool(self.attribute.alias or self.source.name)

    @property
    def is_counted(self) -> bool:
        """Whether the value is none of a column's."""
        return bool(self.attribute.aggregate or self.attribute.row_aggregate)


def no_attribute(table: Table, name: str) -> Fault:
    """Return the fault for a column that a table does not have."""
    return bad_request(
        f"'{table.logical_name.capitalize()}' entity doesn't contain attribute with Name = "
        f"'{name}' and NameMapping = 'Logical'.",
        NO_ATTRIBUTE,
    )


def plain_output(source: Source, attribute: Attribute, layer: Layer) -> Output:
    """Return a column as it is, or how many rows lie under each.

    Raises:
        Fault: there is none, or it is aggregated in a query that does not aggregate.
    """
    if attribute.aggregate or attribute.group:
        raise bad_request(
            "An error occurred while processing Aggregates in Query: the query is no aggregate.",
            BAD_AGGREGATE,
        )
    if attribute.row_aggregate:
        return _counted_children(source, attribute, layer)
    found = source.column(attribute.name)
    column = found.column or Column(attribute.name)
    own = column.property_name if not source.name else f"{source.name}.{attribute.name}"
    return Output(attribute.alias or own, found.text, source, column, attribute)


def _counted_children(source: Source, attribute: Attribute, layer: Layer) -> Output:
    """Return how many rows lie directly under each; ASSUMED: how the others are refused."""
    if attribute.row_aggregate != "CountChildren" or attribute.name != source.table.primary_id:
        raise bad_request(
            f"The rowaggregate '{attribute.row_aggregate}' of '{attribute.name}' is none.",
            BAD_AGGREGATE,
        )
    if not attribute.alias:
        raise bad_request("Invalid alias for aggregate operation.", BAD_ALIAS)
    text = children(layer, source.alias, source.table)
    return Output(attribute.alias, text, source, Column("", Kind.INTEGER), attribute)


def aggregated_output(source: Source, attribute: Attribute) -> Output:
    """Return a group or an aggregate.

    Raises:
        Fault: the attribute is neither, has no alias, or does not fit the column.
    """
    if not attribute.alias:
        raise bad_request("Invalid alias for aggregate operation.", BAD_ALIAS)
    found = source.column(attribute.name)
    column = found.column or Column(attribute.name)
    if attribute.row_aggregate:
        raise _unsupported(attribute.row_aggregate, column)
    if attribute.group:
        sql = _group(found.text, column, attribute)
    elif attribute.aggregate:
        sql = _aggregate(found.text, column, attribute)
    else:
        raise bad_request(
            f"An error occurred while processing Aggregates in Query: '{attribute.name}' is "
            "neither aggregated nor grouped by.",
            BAD_AGGREGATE,
        )
    return Output(attribute.alias, sql, source, column, attribute)


def _group(text: str, column: Column, attribute: Attribute) -> str:
    if not attribute.date_grouping:
        return text
    if column.kind is not Kind.DATETIME:
        raise _unsupported(attribute.date_grouping, column)
    return DATE_PARTS[attribute.date_grouping].format(text)


def _aggregate(text: str, column: Column, attribute: Attribute) -> str:
    function = attribute.aggregate
    if column.kind not in FUNCTIONS.get(function, frozenset()):
        raise _unsupported(function, column)
    match function:
        case "count":
            return "count(*)"
        case "countcolumn":
            collation = " COLLATE NOCASE" if column.kind is Kind.TEXT else ""
            return f"count({'DISTINCT ' if attribute.distinct else ''}{text}{collation})"
        case "avg" if column.kind is not Kind.NUMBER:
            # Whole numbers have a whole average, as SQL Server makes it.
            return f"CAST(avg({text}) AS INTEGER)"
        case _:
            return f"{function}({text})"


def _unsupported(what: str, column: Column) -> Fault:
    return bad_request(
        f"Aggregate {what} is not supported for attribute of type {column.kind}.", AGGREGATE_TYPE
    )


def order_level(
    catalog: Catalog, layer: Layer, source: Source, order: Order, *, raw: bool
) -> Level:
    """Return what rows are ordered by: names of lookups and choices, as people read them."""
    found = source.column(order.attribute)
    column = found.column or Column(order.attribute)
    labels = {} if raw else choices_of(source.table, column.name)
    if column.kind is Kind.LOOKUP and not raw:
        sql = name_sql(catalog, layer, column, found.text)
    elif labels:
        cases = " ".join(f"WHEN {number} THEN {_quoted(label)}" for number, label in labels.items())
        sql = f"CASE {found.text} {cases} END"
    else:
        return Level(column.name, found.text, column, order.descending)
    return Level(column.name, sql, Column(column.name), order.descending)


def _quoted(text: str) -> str:
    """Return a text as SQL writes it: labels come from packages."""
    doubled = text.replace("'", "''")
    return f"'{doubled}'"
