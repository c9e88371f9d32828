"""Makes drafts what everybody sees; knows no request."""

from collections.abc import Mapping

from d365pop.emulator.environment import Environment
from d365pop.emulator.store import Layer, Selection

Ids = Mapping[str, list[str]]
PENDING = 't."componentstate" = 1'


def publish_rows(environment: Environment, ids: Ids) -> None:
    """Publish rows, given by their tables' logical names."""
    now = environment.timestamp()
    with environment.store.transaction():
        for name, row_ids in ids.items():
            environment.store.publish(environment.table(name), row_ids, now)


def publish_everything(environment: Environment) -> None:
    """Publish every draft."""
    publish_rows(environment, _drafts(environment, Selection(PENDING)))


def hanging_on(environment: Environment, logical_name: str) -> Ids:
    """Return what is published with a table: its forms and whatever else hangs on it."""
    found: dict[str, list[str]] = {}
    for table in environment.catalog.tables:
        if table.hangs_on:
            rows = environment.store.find(table, table.hangs_on, logical_name, Layer.DRAFT)
            found[table.logical_name] = [str(row[table.primary_id]) for row in rows]
    return found


def _drafts(environment: Environment, pending: Selection) -> Ids:
    return {
        table.logical_name: [
            str(row[table.primary_id])
            for row in environment.store.select(table, pending, Layer.DRAFT)
        ]
        for table in environment.catalog.tables
        if table.publishable
    }
