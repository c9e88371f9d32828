"""Which tables a FetchXML query is about; knows no SQL."""

from collections.abc import Iterable, Iterator

from d365pop.emulator.faults import bad_request
from d365pop.emulator.fetchxml.model import Condition, Fetch, Filter, Link, Member, Node
from d365pop.emulator.metadata import Catalog, Table

NO_ENTITY = "0x80041102"


def tables_of(fetch: Fetch, catalog: Catalog) -> Iterator[Table]:
    """Return every table that a query reads."""
    yield from (table_named(catalog, name) for name in _names(fetch.entity))


def table_named(catalog: Catalog, name: str) -> Table:
    """Return the table with a logical name.

    Raises:
        Fault: nobody may ask for one of this name.
    """
    table = catalog.by_name.get(name)
    if table is None or table in catalog.internal:
        raise bad_request(
            f"The entity with a name = '{name}' with namemapping = 'Logical' was not found in "
            "the MetadataCache.",
            NO_ENTITY,
        )
    return table


def _names(node: Node) -> Iterator[str]:
    yield node.name
    for link in (*node.links, *_links_in(node.filters)):
        yield from _names(link.node)


def _links_in(filters: Iterable[Member]) -> Iterator[Link]:
    for member in filters:
        match member:
            case Link():
                yield member
            case Filter(_, members):
                yield from _links_in(members)
            case Condition():
                continue
