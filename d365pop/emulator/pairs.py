"""The pairs of many-to-many relationships: who is associated with whom."""

from d365pop.emulator.environment import Environment
from d365pop.emulator.metadata import Collection, Row, Table
from d365pop.emulator.store import Layer, Selection


def associate(environment: Environment, collection: Collection, row_id: str, other_id: str) -> None:
    """Associate two rows. ASSUMED: a second time changes nothing."""
    table = environment.table(collection.intersect)
    row: Row = {
        table.primary_id: environment.new_id(),
        collection.lookup: row_id,
        collection.far: other_id,
    }
    with environment.store.transaction():
        if not _found(environment, collection, row_id, other_id):
            environment.store.insert(table, row)
            # Who gets or loses a role may do other things from now on.
            environment.privileges.clear()


def disassociate(
    environment: Environment, collection: Collection, row_id: str, other_id: str
) -> bool:
    """End an association; tell whether there was one."""
    with environment.store.transaction():
        found = _found(environment, collection, row_id, other_id)
        for pair_id in found:
            environment.store.delete(environment.table(collection.intersect), pair_id)
        environment.privileges.clear()
    return bool(found)


def associated(environment: Environment, collection: Collection, row_id: str) -> list[str]:
    """Return the ids of the rows on the other side."""
    table = environment.table(collection.intersect)
    rows = environment.store.find(table, collection.lookup, row_id, Layer.DRAFT)
    return [str(row[collection.far]) for row in rows]


def forget_pairs(environment: Environment, table: Table, row_id: str) -> None:
    """Let the associations of a row go with it."""
    for collection in table.collections.values():
        if collection.intersect:
            for other_id in associated(environment, collection, row_id):
                disassociate(environment, collection, row_id, other_id)


def _found(
    environment: Environment, collection: Collection, row_id: str, other_id: str
) -> list[str]:
    table = environment.table(collection.intersect)
    where = f't."{collection.lookup}" = ? AND t."{collection.far}" = ?'
    rows = environment.store.select(table, Selection(where, (row_id, other_id)))
    return [str(row[table.primary_id]) for row in rows]
