"""Conditions as SQL, those on hierarchies too: above a row, under it; knows no syntax."""

# ruff: noqa: S608 - every name in the SQL comes from the catalog

from collections.abc import Iterator
from dataclasses import dataclass

from d365pop.emulator.faults import bad_request
from d365pop.emulator.metadata import Catalog, Column, Kind, Table
from d365pop.emulator.odata.codes import BAD_CONDITION
from d365pop.emulator.odata.conditions import (
    HIERARCHICAL,
    Asker,
    check_operator,
    condition_sql,
    plain_value,
)
from d365pop.emulator.odata.fragments import Sql
from d365pop.emulator.store import Layer, physical_name

DEEPEST = 100
"""How many levels the platform follows, as documented."""


@dataclass(frozen=True, slots=True)
class Conditions:
    """Conditions over one layer of the tables, whose rows may lie above one another."""

    catalog: Catalog
    layer: Layer

    def condition(self, operator: str, target: Sql, values: tuple[str, ...], asker: Asker) -> Sql:
        """Return a condition on the value of a column.

        Raises:
            Fault: there is no such operator, or it does not fit the values or the column.
        """
        if operator in HIERARCHICAL:
            return self._in_line(operator, target, values, asker)
        return condition_sql(operator, target, values, asker)

    def _in_line(self, operator: str, target: Sql, values: tuple[str, ...], asker: Asker) -> Sql:
        """Return whether a column leads to a row above or under another, or to that row."""
        check_operator(operator, len(values))
        if operator == "not-under":
            inner = self._in_line("under", target, values, asker)
            return Sql(f"({inner.text} IS NOT TRUE)", inner.parameters)
        if not values:
            # ASSUMED: managers see their reports without the hierarchy model being switched on.
            operator, values = "eq-or-under", (asker.user_id,)
        column = target.column or Column("")
        lines = [_line(self.layer, table, operator) for table in self._tables(column)]
        if not lines:
            raise bad_request(
                f"The condition operator '{operator}' is valid for hierarchies only, and the "
                f"column '{column.name}' leads into none.",
                BAD_CONDITION,
            )
        if operator.startswith("eq-or-"):
            lines.append("SELECT ?")
        row_id = plain_value(values[0], Column(column.name, Kind.ID))
        text = f"({target.text} IN ({' UNION '.join(lines)}))"
        return Sql(text, (*target.parameters, *[row_id] * len(lines)))

    def _tables(self, column: Column) -> Iterator[Table]:
        """Return the hierarchies that a column's value is a row of."""
        for table in self.catalog.tables:
            points_there = table.logical_name in column.navigations.values()
            if table.hierarchy and (column.name == table.primary_id or points_there):
                yield table


def children(layer: Layer, alias: str, table: Table) -> str:
    """Return how many rows lie directly under one.

    Raises:
        Fault: the table is no hierarchy.
    """
    if not table.hierarchy:
        raise bad_request(
            f"The table '{table.logical_name}' has no hierarchical relationship.", BAD_CONDITION
        )
    return (
        f'(SELECT count(*) FROM "{physical_name(table, layer)}" child '
        f'WHERE child."{table.hierarchy}" = {alias}."{table.primary_id}")'
    )


def _line(layer: Layer, table: Table, operator: str) -> str:
    """Return a SELECT of all that lies above a row, or under it; the row is the parameter."""
    source = physical_name(table, layer)
    there, here = table.hierarchy, table.primary_id
    if operator.endswith("under"):
        there, here = here, there
    return (
        "SELECT id FROM (WITH RECURSIVE line(id, depth) AS ("
        f'SELECT "{there}", 1 FROM "{source}" WHERE "{here}" = ? UNION '
        f'SELECT r."{there}", depth + 1 FROM "{source}" r JOIN line ON r."{here}" = id '
        f"WHERE depth < {DEEPEST}) SELECT id FROM line WHERE id IS NOT NULL)"
    )
