from d365pop.dataverse.tables import retrieve_columns
from tests.unit.dataverse.fake import environment, rows


def test_columns_come_by_table_and_absent_tables_are_left_out() -> None:
    server = environment(
        rows({"LogicalName": "contact", "Attributes": [{"LogicalName": "fullname"}]})
    )
    assert retrieve_columns(server.client, ["contact", "nothing"]) == {
        "contact": frozenset({"fullname"})
    }
    assert server.calls == [
        (
            "GET EntityDefinitions?$select=LogicalName"
            "&$filter=(LogicalName eq 'contact' or LogicalName eq 'nothing')"
            "&$expand=Attributes($select=LogicalName)"
        )
    ]
