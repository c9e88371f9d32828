"""Makes drafts what everybody sees; knows no request."""

from collections.abc import Mapping

from d365pop.emulator.environment import Environment
from d365pop.emulator.store import Layer, Selection

Ids = Mapping[str, list[str]]
PENDING = 't."componentstate" = 1'
_COUNT = "publications"


def publish_rows(environment: Environment, ids: Ids) -> None:
    """Publish rows, given by their tables' logical names."""
    store, now = environment.store, environment.timestamp()
    with store.transaction():
        made = [
            store.publish(environment.table(name), row_ids, now) for name, row_ids in ids.items()
        ]
        if any(made):
            store.set_setting(_COUNT, str(publications(environment) + 1))


def publications(environment: Environment) -> int:
    """Return how often something was published: a page that knows a smaller number is old."""
    return int(environment.store.setting(_COUNT) or 0)


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
