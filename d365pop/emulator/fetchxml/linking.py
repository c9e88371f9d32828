"""Finds the columns of links that name none, by the relationship of the two tables."""

from dataclasses import replace

from d365pop.emulator.faults import bad_request, not_implemented
from d365pop.emulator.fetchxml.entities import NO_ENTITY, table_named
from d365pop.emulator.fetchxml.model import Fetch, Filter, Link, Member, Node
from d365pop.emulator.metadata import Catalog, Collection

EACH_ROW = frozenset({"all", "not all"})


def with_columns(fetch: Fetch, catalog: Catalog) -> Fetch:
    """Return the query with links that say by which columns.

    Source: the reference of ``link-entity``: without ``from`` and ``to`` Dataverse takes the
    system many-to-many relationship of the two tables.

    Raises:
        Fault: there is none, or a table that does not exist is named.
    """
    return replace(fetch, entity=_node(fetch.entity, catalog))


def _node(node: Node, catalog: Catalog) -> Node:
    return replace(
        node,
        links=tuple(_link(node.name, link, catalog) for link in node.links),
        filters=tuple(_filter(node.name, part, catalog) for part in node.filters),
    )


def _filter(parent: str, part: Filter, catalog: Catalog) -> Filter:
    def member(item: Member) -> Member:
        match item:
            case Link():
                return _link(parent, item, catalog)
            case Filter():
                return _filter(parent, item, catalog)
            case _:
                return item

    return replace(part, members=tuple(member(item) for item in part.members))


def _link(parent: str, link: Link, catalog: Catalog) -> Link:
    inner = replace(link, node=_node(link.node, catalog))
    if link.source:
        return inner
    if link.kind in EACH_ROW:
        raise not_implemented(f"A link-entity of type '{link.kind}' without 'from' and 'to'")
    between = _relationship(parent, link.node.name, catalog)
    table, other = table_named(catalog, parent), table_named(catalog, link.node.name)
    far = replace(inner, source=other.primary_id, target=between.far)
    if link.kind != "outer":
        far = replace(far, kind="inner")
    pairs = Node(between.intersect, links=(far,))
    return Link(pairs, between.lookup, table.primary_id, "", link.kind)


def _relationship(parent: str, linked: str, catalog: Catalog) -> Collection:
    # ASSUMED: the first, where there are several.
    for collection in table_named(catalog, parent).collections.values():
        if (collection.table, bool(collection.intersect)) == (linked, True) and not (
            catalog.by_name[collection.intersect].is_custom
        ):
            return collection
    raise bad_request(
        f"No system many-to-many relationship exists between {parent} and {linked}.  If "
        "attempting to link through a custom many-to-many relationship ensure that you provide "
        "the from and to attributes.",
        NO_ENTITY,
    )
