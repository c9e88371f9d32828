"""Makes drafts what everybody sees; knows no request."""

from d365pop.emulator.environment import Environment
from d365pop.emulator.store import Layer, Selection


def publish_rows(environment: Environment, form_ids: list[str], resource_ids: list[str]) -> None:
    """Publish these forms and web resources."""
    now = environment.timestamp()
    with environment.store.transaction():
        environment.store.publish(environment.table("systemform"), form_ids, now)
        environment.store.publish(environment.table("webresource"), resource_ids, now)


def publish_everything(environment: Environment) -> None:
    """Publish every draft."""
    pending = Selection('t."componentstate" = 1')
    ids: list[list[str]] = []
    for name in ("systemform", "webresource"):
        table = environment.table(name)
        rows = environment.store.select(table, pending, Layer.DRAFT)
        ids.append([str(row[table.primary_id]) for row in rows])
    publish_rows(environment, ids[0], ids[1])
