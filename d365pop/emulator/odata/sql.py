"""Turns a filter or an order into SQL over checked columns; values are always parameters."""

# ruff: noqa: S608 - every name in the SQL comes from the catalog

from collections.abc import Sequence
from dataclasses import dataclass, replace

from d365pop.emulator.faults import bad_request, unknown_property
from d365pop.emulator.metadata import Catalog, Collection, Column, Kind, SqlValue, Table
from d365pop.emulator.odata.ast import (
    Comparison,
    Condition,
    Expression,
    Lambda,
    Literal,
    Logical,
    Not,
    Operand,
    Path,
    TextMatch,
)
from d365pop.emulator.odata.conditions import Asker
from d365pop.emulator.odata.cookies import Level
from d365pop.emulator.odata.fragments import Sql
from d365pop.emulator.odata.hierarchies import Conditions
from d365pop.emulator.odata.several import ordered
from d365pop.emulator.odata.values import is_guid, sql_datetime
from d365pop.emulator.store import Layer, physical_name

OPERATOR_NAMES = {
    "eq": "Equal",
    "ne": "NotEqual",
    "gt": "GreaterThan",
    "ge": "GreaterThanOrEqual",
    "lt": "LessThan",
    "le": "LessThanOrEqual",
}
# OData compares null like any value; a row without value is "not equal" to one.
OPERATORS = {"eq": "IS", "ne": "IS NOT", "gt": ">", "ge": ">=", "lt": "<", "le": "<="}
PATTERNS = {"contains": "%{}%", "startswith": "{}%", "endswith": "%{}"}
NUMERIC = frozenset({Kind.INTEGER, Kind.BIG, Kind.NUMBER})


@dataclass(frozen=True, slots=True)
class Translator:
    """Knows which table ``t`` stands for and which layer is asked."""

    catalog: Catalog
    table: Table
    layer: Layer
    asker: Asker

    def condition(self, expression: Expression) -> Sql:
        """Return the condition for a filter.

        Raises:
            Fault: a column that does not exist, or a value that does not fit it.
        """
        match expression:
            case Logical():
                return self._chain(expression)
            case Not(operand):
                inner = self.condition(operand)
                return Sql(f"(NOT {inner.text})", inner.parameters)
            case Comparison():
                return self._comparison(expression)
            case TextMatch():
                return self._text_match(expression)
            case Lambda():
                return self._quantified(expression)
            case Condition(operator, path, values):
                conditions = Conditions(self.catalog, self.layer)
                return conditions.condition(operator, self.column(path), values, self.asker)

    def _quantified(self, quantified: Lambda) -> Sql:
        """Return whether any, or all, of the rows in a collection fulfil a condition.

        ASSUMED: ``all`` holds where there is no row, as in OData.
        """
        *navigations, name = quantified.path.segments
        here = self.table_behind(navigations)
        collection = here.collections.get(name)
        if collection is None:
            raise unknown_property(name, here.logical_name)
        other = self._related(collection.table)
        inner = Translator(self.catalog, other, self.layer, self.asker)
        condition = Sql("1")
        if quantified.condition is not None:
            condition = inner.condition(quantified.condition)
        wanted, held = (
            ("IN", "IS TRUE") if quantified.operator == "any" else ("NOT IN", "IS NOT TRUE")
        )
        source, owner = f'"{physical_name(other, self.layer)}" t', f't."{collection.lookup}"'
        if collection.intersect:
            owner, pair = f'p."{collection.lookup}"', f'p."{collection.far}"'
            source += f' JOIN "{collection.intersect}" p ON {pair} = t."{other.primary_id}"'
            points_here = "1"
        else:
            points_here = f"{owner[:-1]}__type\" = '{here.logical_name}'"
        key = self.column(Path((*navigations, here.primary_id)))
        text = (
            f"({key.text} {wanted} (SELECT {owner} FROM {source} "
            f"WHERE {points_here} AND ({condition.text}) {held}))"
        )
        return Sql(text, condition.parameters)

    def table_behind(self, navigations: Sequence[str]) -> Table:
        """Return the table that lookups lead to, one behind the other."""
        table = self.table
        for navigation in navigations:
            found = table.lookup_for(navigation)
            if found is None:
                raise unknown_property(navigation, table.logical_name)
            table = self._related(found[1])
        return table

    def _related(self, name: str) -> Table:
        """Return a table beside the one that is asked: who asks must be allowed to read it, too."""
        table = self.catalog.by_name[name]
        self.asker.check_readable(table)
        return table

    def column(self, path: Path) -> Sql:
        """Return the value of a column, behind lookups where the path has several segments."""
        *navigations, last = self._without_managed_value(path)
        table, value, alias = self.table, "", "t"
        for depth, navigation in enumerate(navigations, start=1):
            found = table.lookup_for(navigation)
            if found is None:
                raise unknown_property(navigation, table.logical_name)
            column, target = found
            inner, table = f"n{depth}", self._related(target)
            source = physical_name(table, self.layer)
            here = value.format(f'{alias}."{column.name}"') if value else f't."{column.name}"'
            value = f'(SELECT {{}} FROM "{source}" {inner} WHERE {inner}."{table.primary_id}" = '
            value += f"{here})"
            alias = inner
        leaf = table.column_for(last) or _through_lookup(table, last)
        if leaf is None:
            raise unknown_property(last, table.logical_name)
        name = f'{alias}."{leaf.name}"'
        return Sql(value.format(name) if value else name, (), leaf)

    def _without_managed_value(self, path: Path) -> tuple[str, ...]:
        """Return the path; ``iscustomizable/Value`` means the managed property itself."""
        *_, last = path.segments
        if last == "Value" and len(path.segments) == len(("property", "Value")):
            column = self.table.columns.get(path.segments[0])
            if column is not None and column.kind is Kind.MANAGED:
                return path.segments[:1]
        return path.segments

    def order(self, text: str) -> tuple[Level, ...]:
        """Return the order for ``$orderby``, made unambiguous by the id."""
        levels: list[Level] = []
        for item in filter(None, (part.strip() for part in text.split(","))):
            name, _, direction = item.partition(" ")
            if direction.strip() not in {"", "asc", "desc"}:
                raise bad_request(f"Syntax error at position {len(name) + 1} in '{item}'.")
            path = name.split("/")
            found = self.column(Path(tuple(path)))
            column = found.column or Column(name)
            called, text = ".".join([*path[:-1], column.name]), found.text
            if column.kind is Kind.LOOKUP:
                # Documented so: by the name of the row behind it, which no cookie tells.
                called += ".name"
                text = name_sql(self.catalog, self.layer, column, text)
                column = Column(called)
            levels.append(Level(called, text, column, direction.strip() == "desc"))
        own = self.table.columns[self.table.primary_id]
        return (*levels, Level(own.name, f't."{own.name}"', own))

    def _chain(self, logical: Logical) -> Sql:
        """Return ``a OR b OR c`` flat: SQLite's parser takes few brackets within brackets."""
        operands: list[Expression] = []
        rest: Expression = logical
        while isinstance(rest, Logical) and rest.operator == logical.operator:
            operands.append(rest.right)
            rest = rest.left
        parts = [self.condition(operand) for operand in (rest, *reversed(operands))]
        text = f" {logical.operator.upper()} ".join(part.text for part in parts)
        return Sql(f"({text})", tuple(value for part in parts for value in part.parameters))

    def _comparison(self, comparison: Comparison) -> Sql:
        operator = comparison.operator
        left, right = self._operand(comparison.left), self._operand(comparison.right)
        left, right = _fit(left, right, operator), _fit(right, left, operator)
        text = f"({left.text} {OPERATORS[operator]} {right.text} COLLATE NOCASE)"
        return Sql(text, left.parameters + right.parameters)

    def _operand(self, operand: Operand) -> Sql:
        match operand:
            case Path():
                return self.column(operand)
            case Literal(value, kind):
                plain = int(value) if isinstance(value, bool) else value
                return Sql("?", (plain,), Column("", kind) if kind else None)

    def _text_match(self, match: TextMatch) -> Sql:
        column = self.column(match.path)
        kind = column.column.kind if column.column else Kind.TEXT
        if kind is not Kind.TEXT or not isinstance(match.literal.value, str):
            raise bad_request(
                f"No function signature for the function with name '{match.function}' matches the "
                f"specified arguments: '{kind}'. The function signatures considered are: "
                f"{match.function}(Edm.String Nullable=true, Edm.String Nullable=true)."
            )
        # Dataverse keeps % and _ as wildcards, so they are passed on as they are.
        pattern = PATTERNS[match.function].format(match.literal.value)
        return Sql(f"({column.text} LIKE ?)", (*column.parameters, pattern))


def belonging(collection: Collection, other: Table) -> str:
    """Return the condition that a row of the other table hangs on one row of this."""
    if not collection.intersect:
        return f't."{collection.lookup}" = ?'
    return (
        f't."{other.primary_id}" IN (SELECT p."{collection.far}" FROM "{collection.intersect}" p '
        f'WHERE p."{collection.lookup}" = ?)'
    )


def _through_lookup(table: Table, name: str) -> Column | None:
    found = table.lookup_for(name)
    return found[0] if found else None


def _choices(value: SqlValue) -> SqlValue:
    """Return choices in the order of rows; what is none equals none."""
    try:
        return ordered(str(value))
    except ValueError:
        return value


def _fit(side: Sql, other: Sql, operator: str) -> Sql:
    """Convert a constant to the type of what it is compared with."""
    if side.text != "?" or other.column is None or side.column is None or other.text == "?":
        return side
    wanted, given = other.column.kind, side.column.kind
    value = side.parameters[0]
    if other.column.several:
        return replace(side, parameters=(_choices(value),))
    if wanted in {Kind.ID, Kind.LOOKUP}:
        if given in {Kind.ID, Kind.TEXT} and is_guid(str(value)):
            return replace(side, parameters=(str(value).strip("{}").lower(),))
    elif wanted is Kind.DATETIME:
        if given in {Kind.DATETIME, Kind.TEXT}:
            return replace(side, parameters=(sql_datetime(str(value)),))
    elif (
        wanted is given
        or (wanted in NUMERIC and given in NUMERIC)
        or (wanted is Kind.MANAGED and given is Kind.BOOLEAN)
    ):
        return side
    raise bad_request(
        "A binary operator with incompatible types was detected. Found operand types "
        f"'{wanted}' and '{given}' for operator kind '{OPERATOR_NAMES[operator]}'."
    )


def name_sql(catalog: Catalog, layer: Layer, column: Column, text: str) -> str:
    """Return the name of the row that a lookup points to; ``text`` is the lookup in SQL."""
    targets = dict.fromkeys(column.navigations.values())
    names = [
        f'(SELECT o."{other.primary_name}" FROM "{physical_name(other, layer)}" o '
        f'WHERE o."{other.primary_id}" = {text})'
        for other in (catalog.by_name[target] for target in targets)
    ]
    return f"coalesce({', '.join([*names, 'NULL', 'NULL'])})"
