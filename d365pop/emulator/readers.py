"""Makes the reader that fits a request: its caller, its layer, its preferences."""

from d365pop.emulator.exchange import ANNOTATIONS, Exchange
from d365pop.emulator.metadata import Table
from d365pop.emulator.odata.annotations import wanted_annotations
from d365pop.emulator.odata.conditions import Asker
from d365pop.emulator.odata.options import Expand
from d365pop.emulator.odata.reading import Reader
from d365pop.emulator.security.guard import check_rows
from d365pop.emulator.store import Layer

PAGE_SIZE = "odata.maxpagesize"


def reader_for(exchange: Exchange, layer: Layer = Layer.PUBLISHED) -> Reader:
    """Return a reader that answers as the request prefers."""
    annotations = wanted_annotations(exchange.preferences().get(ANNOTATIONS, ""))
    return Reader(
        exchange.environment,
        exchange.root,
        _asker(exchange),
        layer,
        annotations,
        exchange.number_preferred(PAGE_SIZE),
    )


def check_expanded(exchange: Exchange, table: Table, expands: tuple[Expand, ...]) -> None:
    """Demand that the caller may read what is asked for beside the rows.

    Raises:
        Fault: a privilege is missing.
    """
    for expand in expands:
        lookup = table.lookup_for(expand.navigation)
        collection = table.collections.get(expand.navigation)
        target = lookup[1] if lookup else collection.table if collection else ""
        if target:
            other = exchange.environment.table(target)
            check_rows(exchange.environment, exchange.caller, other, "GET")
            check_expanded(exchange, other, expand.query.expand)


def _asker(exchange: Exchange) -> Asker:
    environment, user_id = exchange.environment, exchange.caller.user_id

    def business_unit() -> str:
        user = environment.store.get(environment.table("systemuser"), user_id)
        return str(user["businessunitid"]) if user else ""

    def check_readable(table: Table) -> None:
        check_rows(environment, exchange.caller, table, "GET")

    return Asker(environment.moment(), user_id, business_unit, check_readable)
