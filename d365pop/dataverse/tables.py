"""Tables and the columns that they have."""

from collections.abc import Sequence

from d365pop.dataverse import odata
from d365pop.dataverse.client import Dataverse
from d365pop.dataverse.reading import nested_list, text


def retrieve_columns(dv: Dataverse, tables: Sequence[str]) -> dict[str, frozenset[str]]:
    """Return the logical names of the columns of each of ``tables`` that exists."""
    found = {}
    for part in odata.chunks(tables):
        path = odata.query(
            "EntityDefinitions",
            {
                "$select": "LogicalName",
                "$filter": odata.in_filter("LogicalName", part),
                "$expand": "Attributes($select=LogicalName)",
            },
        )
        for row in dv.rows("look at the tables", path):
            columns = nested_list(row, "Attributes")
            found[text(row, "LogicalName")] = frozenset(
                text(column, "LogicalName") for column in columns
            )
    return found


def retrieve_table_id(dv: Dataverse, table: str) -> str:
    """Return the ``MetadataId`` of a table, by its logical name."""
    path = f"EntityDefinitions(LogicalName={odata.quote(table)})?$select=MetadataId"
    return text(dv.get(f"look at the table {table}", path), "MetadataId")
