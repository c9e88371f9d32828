"""Rows of any table, as they are."""

from collections.abc import Iterator, Sequence

from d365pop.dataverse import odata
from d365pop.dataverse.client import Dataverse, Row
from d365pop.dataverse.reading import text
from d365pop.errors import DataverseError


def retrieve_rows(
    dv: Dataverse, entity_set_name: str, *, select: Sequence[str], filter_text: str = ""
) -> Iterator[Row]:
    """Walk over the rows that fit; values in ``filter_text`` are quoted with ``odata.quote``."""
    options = {"$select": ",".join(select), "$filter": filter_text}
    return dv.rows(f"list {entity_set_name}", odata.query(entity_set_name, options))


def first_record_id(dv: Dataverse, table: str) -> str:
    """Return the id of some row of ``table`` (its logical name).

    Raises:
        DataverseError: there is no such table, or it has no rows.
    """
    definitions = odata.query(
        "EntityDefinitions",
        {
            "$select": "LogicalName,EntitySetName,PrimaryIdAttribute",
            "$filter": f"LogicalName eq {odata.quote(table)}",
        },
    )
    # EntityDefinitions knows no paging.
    definition = _first(dv, f"look for the table {table}", definitions)
    column = text(definition, "PrimaryIdAttribute")
    rows = odata.query(text(definition, "EntitySetName"), {"$select": column, "$top": "1"})
    return text(_first(dv, f"find a row of {table}", rows), column)


def _first(dv: Dataverse, doing: str, path: str) -> Row:
    rows = dv.get(doing, path).get("value")
    if isinstance(rows, list) and rows and isinstance(rows[0], dict):
        return rows[0]
    raise DataverseError("dataverse-not-found", f"could not {doing}: there is none", status=404)
