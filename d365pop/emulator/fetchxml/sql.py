"""Turns a FetchXML query into SQL over checked tables and columns; values are parameters."""

# ruff: noqa: S608 - every name in the SQL comes from the catalog

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from d365pop.emulator.faults import bad_request
from d365pop.emulator.fetchxml.entities import table_named
from d365pop.emulator.fetchxml.model import (
    Attribute,
    Condition,
    Fetch,
    Filter,
    Link,
    Member,
    Node,
    Order,
)
from d365pop.emulator.fetchxml.outputs import (
    BAD_AGGREGATE,
    Output,
    Source,
    aggregated_output,
    order_level,
    plain_output,
)
from d365pop.emulator.fetchxml.parsing import JOINS
from d365pop.emulator.metadata import Catalog, Column, Kind
from d365pop.emulator.odata.codes import BAD_CONDITION
from d365pop.emulator.odata.conditions import COMPARISONS, Asker
from d365pop.emulator.odata.cookies import Level
from d365pop.emulator.odata.fragments import Sql, all_of
from d365pop.emulator.odata.hierarchies import Conditions
from d365pop.emulator.store import Layer, physical_name

NO_ALIAS = "0x8004110b"
DUPLICATE_ALIAS = "0x80041130"
ORDER_NEEDS_ATTRIBUTE = "0x80041133"
# ASSUMED: the code.
ORDER_NEEDS_ALIAS = "0x80041132"
PLAIN_JOINS = frozenset({"inner", "outer"})
TYPE_CODES = frozenset({"objecttypecode", "returnedtypecode"})
"""Columns that hold a table's name here and its number in FetchXML, as was seen live."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A query in SQL: what to read from where, not yet how many."""

    root: Source
    outputs: tuple[Output, ...]
    body: Sql
    """FROM and WHERE."""
    tail: str
    """GROUP BY and ORDER BY."""
    has_ids: bool
    """Whether each row is one row of the entity."""
    levels: tuple[Level, ...] = ()
    """The order, where a paging cookie can tell a place in it."""


def statement(
    fetch: Fetch, catalog: Catalog, layer: Layer, asker: Asker, further: Sequence[Sql] = ()
) -> Statement:
    """Return a query in SQL, with further conditions on its entity ``t``.

    Raises:
        Fault: it names what does not exist, or compares what cannot be compared.
    """
    return _Builder(fetch, catalog, layer, asker).statement(further)


class _Builder:
    """Gives each entity its alias, then writes the parts in the order in which SQL has them."""

    def __init__(self, fetch: Fetch, catalog: Catalog, layer: Layer, asker: Asker) -> None:
        self.fetch = fetch
        self.catalog = catalog
        self.layer = layer
        self.asker = asker
        self.root = Source("t", table_named(catalog, fetch.entity.name))
        self.joined: list[tuple[Source, Node]] = [(self.root, fetch.entity)]
        self.names: set[str] = {self.root.name.lower()}
        self.used = Counter[str]()
        self.count = 0

    def statement(self, further: Sequence[Sql]) -> Statement:
        joins, tests = self.links(self.root, self.fetch.entity.links)
        filters = [self.members(self.root, item) for item in self.fetch.entity.filters]
        where = all_of((*filters, *tests, *further))
        body = Sql(
            f"FROM {self.named(self.root)}{joins.text} WHERE {where.text}",
            (*joins.parameters, *where.parameters),
        )
        outputs = self.outputs()
        levels = () if self.fetch.aggregate else self.levels()
        tail = self.group(outputs) + self.order(outputs, levels)
        with_ids = not (self.fetch.aggregate or self.fetch.distinct)
        apart = with_ids and not any(node.orders for _, node in self.joined[1:])
        return Statement(self.root, outputs, body, tail, with_ids, levels if apart else ())

    def named(self, source: Source) -> str:
        return f'"{physical_name(source.table, self.layer)}" {source.alias}'

    def links(self, parent: Source, links: Iterable[Link]) -> tuple[Sql, list[Sql]]:
        """Return the joins, and the conditions that other links are."""
        joins: list[Sql] = []
        tests: list[Sql] = []
        for link in links:
            (joins if link.kind in JOINS else tests).append(self.link(parent, link))
        text = "".join(join.text for join in joins)
        return Sql(text, tuple(v for join in joins for v in join.parameters)), tests

    def link(self, parent: Source, link: Link) -> Sql:
        source = self.source(link)
        if link.kind in JOINS:
            self.joined.append((source, link.node))
            self.names.add(source.name.lower())
        beside = len(self.joined)
        joins, tests = self.links(source, link.node.links)
        inner = f"{self.named(source)}{joins.text}"
        pair = Sql(f"{source.column(link.source).text} = {parent.column(link.target).text}")
        filters = [self.members(source, item) for item in link.node.filters]
        where = all_of((pair, *filters, *tests))
        if link.kind not in PLAIN_JOINS:
            # What is joined inside of a subquery gives the rest of the query no columns.
            del self.joined[beside:]
        parameters = (*joins.parameters, *where.parameters)
        exists = f"EXISTS (SELECT 1 FROM {inner} WHERE {where.text})"
        match link.kind:
            case "inner" | "outer":
                word = "LEFT JOIN" if link.kind == "outer" else "JOIN"
                joined = f"({inner})" if joins.text else inner
                return Sql(f" {word} {joined} ON {where.text}", parameters)
            case "matchfirstrowusingcrossapply":
                key = f'{source.alias}."{source.table.primary_id}"'
                first = f"SELECT {key} FROM {inner} WHERE {where.text} ORDER BY {key} LIMIT 1"
                return Sql(f" JOIN {self.named(source)} ON {key} = ({first})", parameters)
            case "not any":
                return Sql(f"NOT {exists}", parameters)
            case "all":
                # Documented so: related rows exist, and none of them fulfils the filter.
                some = f"EXISTS (SELECT 1 FROM {self.named(source)} WHERE {pair.text})"
                return Sql(f"({some} AND NOT {exists})", parameters)
            case _:
                return Sql(exists, parameters)

    def source(self, link: Link) -> Source:
        table = table_named(self.catalog, link.node.name)
        self.count += 1
        self.used[link.node.name] += 1
        name = link.alias or f"{link.node.name}{self.used[link.node.name]}"
        if name.lower() in self.names:
            raise bad_request("FetchXML should have unique aliases.", DUPLICATE_ALIAS)
        return Source(f"l{self.count}", table, name)

    def members(self, source: Source, item: Filter) -> Sql:
        parts = [self.member(source, member) for member in item.members]
        if not parts:
            return Sql("1")
        text = f" {item.operator.upper()} ".join(part.text for part in parts)
        return Sql(f"({text})", tuple(value for part in parts for value in part.parameters))

    def member(self, source: Source, member: Member) -> Sql:
        match member:
            case Condition():
                return self.condition(source, member)
            case Filter():
                return self.members(source, member)
            case Link():
                return self.link(source, member)

    def condition(self, source: Source, condition: Condition) -> Sql:
        source = self.called(condition.entity_name) if condition.entity_name else source
        column = source.column(condition.attribute)
        if condition.value_of:
            return self.between_columns(source, column, condition)
        values = condition.values
        if condition.attribute in TYPE_CODES and column.column and column.column.kind is Kind.TEXT:
            names = {str(t.object_type_code): t.logical_name for t in self.catalog.tables}
            values = tuple(names.get(value, value) for value in values)
        conditions = Conditions(self.catalog, self.layer)
        return conditions.condition(condition.operator, column, values, self.asker)

    def between_columns(self, source: Source, column: Sql, condition: Condition) -> Sql:
        name, dot, attribute = condition.value_of.partition(".")
        other = self.called(name).column(attribute) if dot else source.column(name)
        sign = {**COMPARISONS, "ne": "IS NOT"}.get(condition.operator)
        kinds = {side.column.kind for side in (column, other) if side.column}
        if sign is None or len(kinds) > 1:
            raise bad_request(
                f"'{condition.attribute}' cannot be compared with '{condition.value_of}' by "
                f"'{condition.operator}'.",
                BAD_CONDITION,
            )
        return Sql(f"({column.text} {sign} {other.text} COLLATE NOCASE)")

    def called(self, name: str) -> Source:
        """Return the joined entity with an alias, else the first one with the name."""
        by_alias = (source for source, _ in self.joined if source.name == name)
        by_name = (source for source, node in self.joined if node.name == name)
        for source in (*by_alias, *by_name):
            return source
        raise bad_request(
            f"No alias for the given entity in the condition was found: '{name}'.", NO_ALIAS
        )

    def outputs(self) -> tuple[Output, ...]:
        found: list[Output] = []
        for source, node in self.joined:
            if self.fetch.aggregate:
                found += (aggregated_output(source, item) for item in node.attributes)
            else:
                asked = self.attributes(source, node)
                found += (plain_output(source, item, self.layer) for item in asked)
        twice = [key for key, times in Counter(item.key for item in found).items() if times > 1]
        if not found:
            raise bad_request(
                "An error occurred while processing Aggregates in Query: nothing is asked for.",
                BAD_AGGREGATE,
            )
        if twice:
            raise bad_request(
                f"FetchXML should have unique aliases: '{twice[0]}'.", DUPLICATE_ALIAS
            )
        return tuple(found)

    def attributes(self, source: Source, node: Node) -> Iterator[Attribute]:
        """Return the columns asked for; the entity's own id comes unasked."""
        table, is_root = source.table, source is self.root
        everything = node.all_attributes or (is_root and not node.attributes)
        asked = {item.name for item in node.attributes}
        if is_root and not self.fetch.distinct and not everything:
            asked_plainly = {item.name for item in node.attributes if not item.alias}
            if table.primary_id not in asked_plainly:
                yield Attribute(table.primary_id)
        yield from node.attributes
        if everything:
            shown = (column for column in table.columns.values() if not column.hidden)
            yield from (Attribute(column.name) for column in shown if column.name not in asked)

    def group(self, outputs: tuple[Output, ...]) -> str:
        groups = [
            f"{item.sql} COLLATE NOCASE" if item.column.kind is Kind.TEXT else item.sql
            for item in outputs
            if item.attribute.group
        ]
        return f" GROUP BY {', '.join(groups)}" if self.fetch.aggregate and groups else ""

    def order(self, outputs: tuple[Output, ...], levels: tuple[Level, ...]) -> str:
        parts = [level.order for level in levels]
        if self.fetch.aggregate:
            orders = (item for _, node in self.joined for item in node.orders)
            parts = [
                f"{_named(item, outputs)}{' DESC' if item.descending else ''}" for item in orders
            ]
        return f" ORDER BY {', '.join(parts)}" if parts else ""

    def levels(self) -> tuple[Level, ...]:
        """Return the order of rows, made unambiguous by the id where they have one."""
        levels = [self.level(source, item) for source, node in self.joined for item in node.orders]
        if not self.fetch.distinct:
            key = self.root.column(self.root.table.primary_id)
            name = self.root.table.primary_id
            levels.append(Level(name, key.text, key.column or Column(name)))
        return tuple(levels)

    def level(self, source: Source, item: Order) -> Level:
        if not item.attribute:
            raise bad_request(
                "An attribute is required for an order clause for a non-aggregate Query.",
                ORDER_NEEDS_ATTRIBUTE,
            )
        source = self.called(item.entity_name) if item.entity_name else source
        raw = self.fetch.raw_order
        return order_level(self.catalog, self.layer, source, item, raw=raw)


def _named(item: Order, outputs: tuple[Output, ...]) -> str:
    """Return the column of an answer that an order names by its alias."""
    for place, output in enumerate(outputs):
        if item.alias and output.key == item.alias:
            return f"c{place}"
    raise bad_request(
        "An attribute can not be specified for an order clause for an aggregate Query. "
        "Use an alias.",
        ORDER_NEEDS_ALIAS,
    )


def selected(found: Statement, *, distinct: bool, after: Sql | None = None) -> Sql:
    """Return the SELECT of a statement, from a place of its order on.

    Each value comes with the table that it points to; levels and version come last.
    """
    values = [
        part
        for place, item in enumerate(found.outputs)
        for part in (f"{item.sql} AS c{place}", f"{item.target_sql} AS k{place}")
    ]
    values += [f"{level.sql} AS o{place}" for place, level in enumerate(found.levels)]
    if found.has_ids:
        values.append('t."versionnumber" AS version')
    body = found.body
    if after is not None:
        body = Sql(f"{body.text} AND {after.text}", (*body.parameters, *after.parameters))
    words = "SELECT DISTINCT" if distinct else "SELECT"
    return Sql(f"{words} {', '.join(values)} {body.text}{found.tail}", body.parameters)
