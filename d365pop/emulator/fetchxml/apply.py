"""Answers ``$apply``: an aggregate query like those of FetchXML, in the words of OData."""

from d365pop.emulator.exchange import ANNOTATIONS, Exchange
from d365pop.emulator.faults import bad_request, unknown_property
from d365pop.emulator.fetchxml.answering import Answer, check_tables
from d365pop.emulator.fetchxml.model import Attribute, Fetch, Link, Node
from d365pop.emulator.fetchxml.sql import statement
from d365pop.emulator.metadata import Catalog, Column, Kind, Table
from d365pop.emulator.odata.apply import Aggregated, Apply, parse_apply
from d365pop.emulator.odata.filter import parse_filter
from d365pop.emulator.odata.options import forbid_options, split_query
from d365pop.emulator.protocol import Response
from d365pop.emulator.readers import reader_for

OPTION = "$apply"
Path = tuple[str, ...]


def answer(exchange: Exchange, table: Table) -> Response:
    """Answer an aggregation over the rows of a table.

    Raises:
        Fault: it is none, or names what is not there or not allowed.
    """
    options = split_query(exchange.request.query)
    if "$orderby" in options:
        raise bad_request("The query node SingleValueOpenPropertyAccess is not supported")
    forbid_options(exchange.request.query, frozenset({OPTION}))
    apply = parse_apply(options[OPTION])
    reader, catalog = reader_for(exchange), exchange.environment.catalog
    fetch = as_fetch(apply, catalog, table)
    check_tables(exchange, fetch)
    aliases = tuple(item for item in options.items() if item[0].startswith("@"))
    translator = reader.translator(table)
    conditions = [translator.condition(parse_filter(text, aliases)) for text in apply.filters]
    found = statement(fetch, catalog, reader.layer, reader.asker, conditions)
    value = Answer(reader, fetch, found).json(counted=False)
    return exchange.answer(value, headers=exchange.applied(ANNOTATIONS))


def as_fetch(apply: Apply, catalog: Catalog, table: Table) -> Fetch:
    """Return an aggregation as the query that FetchXML has for it.

    Raises:
        Fault: it names a column that does not exist, or groups by a date.
    """
    columns = [
        *(_grouped(catalog, table, path) for path in apply.groups),
        *(_aggregated(catalog, table, item) for item in apply.aggregates),
    ]
    entity = Node(
        table.logical_name,
        attributes=tuple(attribute for attribute, link in columns if link is None),
        links=tuple(link for _, link in columns if link is not None),
    )
    return Fetch(entity, aggregate=True)


def _grouped(catalog: Catalog, table: Table, path: Path) -> tuple[Attribute, Link | None]:
    owner, column = _column(catalog, table, path)
    if column.kind is Kind.DATETIME:
        # ASSUMED: the text; that dates cannot be grouped by is documented.
        raise bad_request(f"Grouping by the date '{path[-1]}' is not supported.")
    alias = path[-1] if owner is table else f"{owner.logical_name}_{column.name}"
    attribute = Attribute(column.name, alias, group=True)
    return attribute, _link(catalog, table, path, attribute)


def _aggregated(catalog: Catalog, table: Table, item: Aggregated) -> tuple[Attribute, Link | None]:
    if not item.path:
        return Attribute(table.primary_id, item.alias, aggregate="count"), None
    _, column = _column(catalog, table, item.path)
    attribute = Attribute(column.name, item.alias, aggregate=item.function)
    return attribute, _link(catalog, table, item.path, attribute)


def _column(catalog: Catalog, table: Table, path: Path) -> tuple[Table, Column]:
    """Return the column that a path leads to, and whose it is."""
    owner = _owner(catalog, table, path)
    column = owner.column_for(path[-1])
    if column is None:
        raise unknown_property(path[-1], owner.logical_name)
    return owner, column


def _owner(catalog: Catalog, table: Table, path: Path) -> Table:
    for navigation in path[:-1]:
        found = table.lookup_for(navigation)
        if found is None:
            raise unknown_property(navigation, table.logical_name)
        table = catalog.by_name[found[1]]
    return table


def _link(catalog: Catalog, table: Table, path: Path, attribute: Attribute) -> Link | None:
    """Return the joins that lead to a column behind lookups, None where it is the table's own."""
    found = table.lookup_for(path[0])
    if len(path) == 1 or found is None:
        return None
    column, target = found
    other = catalog.by_name[target]
    further = _link(catalog, other, path[1:], attribute)
    node = Node(
        target,
        attributes=() if further else (attribute,),
        links=(further,) if further else (),
    )
    return Link(node, other.primary_id, column.name, "", "outer")
