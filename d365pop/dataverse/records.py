"""Rows of any table, as they are."""

from d365pop.dataverse import odata
from d365pop.dataverse.client import Dataverse
from d365pop.dataverse.reading import text


def first_record_id(dv: Dataverse, table: str) -> str:
    """Return the id of some row of ``table`` (its logical name); empty where there is none."""
    definitions = odata.query(
        "EntityDefinitions",
        {
            "$select": "LogicalName,EntitySetName,PrimaryIdAttribute",
            "$filter": f"LogicalName eq {odata.quote(table)}",
        },
    )
    for definition in dv.rows(f"look for the table {table}", definitions):
        column = text(definition, "PrimaryIdAttribute")
        path = odata.query(text(definition, "EntitySetName"), {"$select": column})
        for row in dv.rows(f"find a row of {table}", path, page_size=1):
            return text(row, column)
    return ""
