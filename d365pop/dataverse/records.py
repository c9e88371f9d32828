"""Rows of any table, as they are."""

from collections.abc import Sequence

from d365pop.dataverse import odata
from d365pop.dataverse.client import Dataverse, Row


def retrieve_rows(
    dv: Dataverse, entity_set_name: str, *, select: Sequence[str], filter_text: str = ""
) -> tuple[Row, ...]:
    """Return the rows that fit; values in ``filter_text`` are quoted with ``odata.quote``."""
    options = {"$select": ",".join(select), "$filter": filter_text}
    return tuple(dv.rows(f"list {entity_set_name}", odata.query(entity_set_name, options)))
