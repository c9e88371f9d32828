"""A SELECT of the subset that Microsoft's Python client documents, as a query of FetchXML's model.

ASSUMED: what a column without an alias is called in the answer: as FetchXML calls it, in a joined
table by its own name.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from d365pop.emulator.faults import not_implemented
from d365pop.emulator.fetchxml.model import Attribute, Fetch, Filter, Link, Member, Node, Order
from d365pop.emulator.fetchxml.parsing import MOST_CONDITIONS, MOST_LINKS
from d365pop.emulator.tsql.conditions import Name, read_column, read_filter
from d365pop.emulator.tsql.tokens import Tokens, refused

AGGREGATES = {
    "COUNT": "countcolumn",
    "SUM": "sum",
    "AVG": "avg",
    "MIN": "min",
    "MAX": "max",
}
CLAUSES = frozenset(
    {
        *("FROM", "AS", "INNER", "LEFT", "RIGHT", "FULL", "CROSS", "OUTER", "JOIN", "ON"),
        *("WHERE", "GROUP", "HAVING", "ORDER", "OFFSET", "UNION"),
    }
)
T = TypeVar("T")
MOST_ROWS = 5000


@dataclass(frozen=True, slots=True)
class _Item:
    """One thing that is selected."""

    name: Name
    """Its column is empty in ``COUNT(*)``."""
    alias: str = ""
    aggregate: str = ""
    distinct: bool = False


@dataclass
class _Table:
    """A table of the query, with what hangs on it."""

    name: str
    alias: str
    source: str = ""
    target: str = ""
    kind: str = "inner"
    attributes: list[Attribute] = field(default_factory=list)
    joined: list["_Table"] = field(default_factory=list)

    def node(self, orders: tuple[Order, ...] = (), filters: tuple[Filter, ...] = ()) -> Node:
        """Return it as an entity of the query."""
        links = tuple(
            Link(other.node(), other.source, other.target, other.alias, other.kind)
            for other in self.joined
        )
        return Node(self.name, tuple(self.attributes), orders=orders, filters=filters, links=links)


def parse_select(text: str, page: int, primary_id: str) -> Fetch:
    """Return what a SELECT asks for; ``page`` counts from 1, where it has no TOP and no OFFSET.

    ``primary_id`` is the column that ``COUNT(*)`` counts.

    Raises:
        Fault: it is none, or not of the supported subset.
    """
    tokens = Tokens(text)
    tokens.expect("SELECT")
    distinct = tokens.skip("DISTINCT")
    top = tokens.natural() if tokens.skip("TOP") else None
    if top is not None and top > MOST_ROWS:
        raise refused(f"TOP takes at most {MOST_ROWS}")
    items = _several(tokens, _item)
    tokens.expect("FROM")
    tables = _tables(tokens)
    root = next(iter(tables.values()))
    filters = (read_filter(tokens, root.alias),) if tokens.skip("WHERE") else ()
    if len(tables) > MOST_LINKS + 1 or sum(map(_conditions, filters)) > MOST_CONDITIONS:
        raise refused(f"it holds more than {MOST_LINKS} joins or {MOST_CONDITIONS} conditions")
    grouped = _several(tokens, read_column) if tokens.skip("GROUP", "BY") else []
    aggregate = bool(grouped) or any(item.aggregate for item in items)
    for item in items:
        _place(item, tables, grouped if aggregate else None, primary_id)
    orders = _several(tokens, _order) if tokens.skip("ORDER", "BY") else []
    count, page = _window(tokens, page)
    if tokens.ahead.kind != "end":
        raise refused(f"'{tokens.ahead.text}' is not expected")
    shown = tuple(
        _ordered(name, items, root, descending=descending, aggregate=aggregate)
        for name, descending in orders
    )
    return Fetch(
        root.node(shown, filters),
        top=top,
        count=count,
        page=page,
        distinct=distinct,
        aggregate=aggregate,
    )


def _conditions(member: Member) -> int:
    return sum(map(_conditions, member.members)) if isinstance(member, Filter) else 1


def _several(tokens: Tokens, read: Callable[[Tokens], T]) -> list[T]:
    found = [read(tokens)]
    while tokens.skip(","):
        found.append(read(tokens))
    return found


def _item(tokens: Tokens) -> _Item:
    if tokens.skip("*"):
        raise refused("SELECT * is not allowed, name the columns")
    name = read_column(tokens)
    aggregate, distinct = "", False
    if not name.table and tokens.skip("("):
        aggregate = AGGREGATES.get(name.column.upper(), "")
        if not aggregate:
            raise refused(f"there is no function '{name.column}'")
        distinct = tokens.skip("DISTINCT")
        if aggregate == "countcolumn" and tokens.skip("*"):
            name, aggregate = Name(""), "count"
        else:
            name = read_column(tokens)
        tokens.expect(")")
    return _Item(name, _alias(tokens), aggregate, distinct)


def _alias(tokens: Tokens) -> str:
    if tokens.skip("AS"):
        return tokens.name()
    ahead = tokens.ahead
    return tokens.name() if ahead.kind == "name" and ahead.text.upper() not in CLAUSES else ""


def _tables(tokens: Tokens) -> dict[str, _Table]:
    """Read FROM and the joins; the first table is the one that the query is about."""
    name = tokens.name()
    alias = _alias(tokens) or name
    tables = {alias: _Table(name, alias)}
    while tokens.ahead.says("INNER", "LEFT", "JOIN"):
        kind = "outer" if tokens.skip("LEFT") else "inner"
        tokens.skip("OUTER" if kind == "outer" else "INNER")
        tokens.expect("JOIN")
        name = tokens.name()
        alias = _alias(tokens) or name
        if alias in tables:
            raise refused(f"two tables are called '{alias}'")
        tokens.expect("ON")
        left = read_column(tokens)
        tokens.expect("=")
        own, other = left, read_column(tokens)
        if other.table == alias:
            own, other = other, own
        if own.table != alias or other.table not in tables:
            raise refused(f"'{alias}' is joined to no table before it")
        table = _Table(name, alias, own.column, other.column, kind)
        tables[other.table].joined.append(table)
        tables[alias] = table
    return tables


def _place(
    item: _Item, tables: dict[str, _Table], grouped: list[Name] | None, primary_id: str
) -> None:
    """Give a selected thing to its table; ``grouped`` is None where nothing is aggregated."""
    root = next(iter(tables.values()))
    table = tables.get(item.name.table) if item.name.table else root
    if table is None:
        raise refused(f"no table is called '{item.name.table}'")
    column = item.name.column
    if item.aggregate:
        alias = item.alias or _unnamed(root)
        shown = Attribute(column or primary_id, alias, item.aggregate, distinct=item.distinct)
    elif grouped is None:
        shown = Attribute(column, item.alias or ("" if table is root else column))
    elif not any(_same(item.name, name, root) for name in grouped):
        raise refused(f"'{column}' is neither aggregated nor in GROUP BY")
    else:
        shown = Attribute(column, item.alias or column, group=True)
    table.attributes.append(shown)


def _unnamed(root: _Table) -> str:
    """Return the name of an aggregate without one. ASSUMED."""
    return f"aggregate{len(root.attributes)}"


def _same(one: Name, other: Name, root: _Table) -> bool:
    return (one.table or root.alias, one.column) == (other.table or root.alias, other.column)


def _order(tokens: Tokens) -> tuple[Name, bool]:
    name = read_column(tokens)
    descending = tokens.skip("DESC")
    if not descending:
        tokens.skip("ASC")
    return name, descending


def _ordered(
    name: Name, items: list[_Item], root: _Table, *, descending: bool, aggregate: bool
) -> Order:
    for item in items:
        named = not name.table and item.alias == name.column
        if aggregate and (named or (not item.aggregate and _same(item.name, name, root))):
            return Order(alias=item.alias or item.name.column, descending=descending)
        if named and name.column != item.name.column:
            name = item.name
            break
    table = "" if name.table in {"", root.alias} else name.table
    return Order(name.column, descending=descending, entity_name=table)


def _window(tokens: Tokens, page: int) -> tuple[int | None, int]:
    """Read ``OFFSET n ROWS FETCH NEXT m ROWS ONLY`` as a size and the number of a page."""
    if not tokens.skip("OFFSET"):
        return None, page
    skipped = tokens.natural()
    if not (tokens.skip("ROWS") or tokens.skip("ROW")):
        raise refused("'ROWS' is expected after OFFSET")
    if not tokens.skip("FETCH", "NEXT"):
        raise not_implemented("An OFFSET without FETCH NEXT")
    size = tokens.natural()
    if size < 1 or not (tokens.skip("ROWS", "ONLY") or tokens.skip("ROW", "ONLY")):
        raise refused("FETCH NEXT takes a number above zero and 'ROWS ONLY'")
    if skipped % size:
        raise not_implemented("An OFFSET that is no multiple of its FETCH NEXT")
    return size, skipped // size + 1
