"""Microsoft's own Python client, unmodified, against the local Dataverse over https."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from azure.core.credentials import AccessToken
from PowerPlatform.Dataverse.client import DataverseClient
from PowerPlatform.Dataverse.core.errors import HttpError
from PowerPlatform.Dataverse.models import UpsertItem, col

from d365pop.emulator.server import EmulatorOptions, RunningEmulator, start

GONE = "00000000-0000-4000-8000-00000000dead"
FORMATTED = "@OData.Community.Display.V1.FormattedValue"


class Credential:
    """What the client asks for tokens."""

    def __init__(self, server: RunningEmulator) -> None:
        self.server = server

    def get_token(self, *_scopes: str, **_options: Any) -> AccessToken:
        return AccessToken(self.server.token(), int(time.time()) + 3600)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DataverseClient]:
    folder = tmp_path_factory.mktemp("tls")
    with start(EmulatorOptions(tls=folder)) as server, pytest.MonkeyPatch.context() as patch:
        patch.setenv("REQUESTS_CA_BUNDLE", str(folder / "ca.pem"))
        with DataverseClient(server.url, Credential(server)) as connected:
            yield connected


def test_row_is_created_read_changed_and_deleted(client: DataverseClient) -> None:
    row_id = client.records.create("account", {"name": "Foreign", "telephone1": "1"})
    client.records.update("account", row_id, {"telephone1": "2"})
    row = client.records.retrieve("account", row_id, select=["name", "telephone1"])
    assert row is not None
    assert (row["name"], row["telephone1"]) == ("Foreign", "2")
    client.records.delete("account", row_id)
    assert client.records.retrieve("account", row_id, select=["name"]) is None


def test_many_rows_are_created_and_changed_at_once(client: DataverseClient) -> None:
    ids = client.records.create("account", [{"name": f"Bulk {n}"} for n in range(3)])
    assert len(set(ids)) == len(ids)
    client.records.update("account", ids, {"fax": "7"})
    query = client.query.builder("account").select("name").where(col("fax") == "7")
    rows: list[Any] = list(query.execute())
    assert sorted(row["name"] for row in rows) == ["Bulk 0", "Bulk 1", "Bulk 2"]


def test_choice_is_written_by_its_label(client: DataverseClient) -> None:
    row_id = client.records.create("phonecall", {"subject": "Label", "prioritycode": "High"})
    row = client.records.retrieve("phonecall", row_id, select=["prioritycode"])
    assert row is not None
    assert row["prioritycode"] == 2


def test_rows_come_in_pages(client: DataverseClient) -> None:
    client.records.create("account", [{"name": f"Paged {n}"} for n in range(5)])
    pages = client.records.list_pages(
        "account",
        select=["name"],
        filter="startswith(name,'Paged')",
        orderby=["name"],
        page_size=2,
    )
    assert [[row["name"] for row in page] for page in pages] == [
        ["Paged 0", "Paged 1"],
        ["Paged 2", "Paged 3"],
        ["Paged 4"],
    ]


def test_upsert_by_alternate_key_creates_and_then_changes(client: DataverseClient) -> None:
    table, key = "environmentvariabledefinition", {"schemaname": "new_Foreign"}
    for name in ("First", "Second"):
        record = {"displayname": name, "type": 100000000}
        client.records.upsert(table, [UpsertItem(alternate_key=key, record=record)])
    rows = client.records.list(table, select=["displayname"], filter="schemaname eq 'new_Foreign'")
    assert [row["displayname"] for row in rows] == ["Second"]


def test_rows_are_selected_by_sql(client: DataverseClient) -> None:
    rows = client.query.sql(
        "SELECT TOP 1 a.name, COUNT(c.contactid) AS cnt FROM account a "
        "INNER JOIN contact c ON a.accountid = c.parentcustomerid "
        "WHERE a.name LIKE 'Lark%' GROUP BY a.name"
    )
    assert [(row["name"], row["cnt"]) for row in rows] == [("Larkspur Outfitters", 2)]


def test_all_pages_of_a_selection_are_followed(client: DataverseClient) -> None:
    client.records.create("account", [{"name": f"Many {n}"} for n in range(1000)])
    for _ in range(5):
        client.records.create("account", [{"name": "More"} for _ in range(1000)])
    rows = client.query.sql("SELECT accountid FROM account WHERE name LIKE 'M%'")
    assert len({row["accountid"] for row in rows}) == len(rows) == 6000


def test_several_rows_are_upserted_in_one_request(client: DataverseClient) -> None:
    table, names = "environmentvariabledefinition", ("new_Many1", "new_Many2")
    for shown in ("First", "Second"):
        record = {"displayname": shown, "type": 100000000}
        first, second = (
            UpsertItem(alternate_key={"schemaname": name}, record=record) for name in names
        )
        client.records.upsert(table, [first, second])
    wanted = "startswith(schemaname,'new_Many')"
    rows = client.records.list(table, select=["schemaname", "displayname"], filter=wanted)
    found = {row["schemaname"]: row["displayname"] for row in rows}
    assert found == dict.fromkeys(names, "Second")


def test_batch_with_a_change_set_happens_together_or_not_at_all(client: DataverseClient) -> None:
    batch = client.batch.new()
    with batch.changeset() as changes:
        made = changes.records.create("account", {"name": "Together"})
        changes.records.update("account", made, {"fax": "8"})
    assert not batch.execute().has_errors
    failing = client.batch.new()
    with failing.changeset() as changes:
        changes.records.create("account", {"name": "Undone"})
        changes.records.update("account", GONE, {"nonsense": "8"})
    assert failing.execute(continue_on_error=True).has_errors
    rows = client.records.list("account", select=["name", "fax"], filter="fax eq '8'")
    assert [row["name"] for row in rows] == ["Together"]
    assert not list(client.records.list("account", select=["name"], filter="name eq 'Undone'"))


def test_error_reaches_the_caller_with_its_code(client: DataverseClient) -> None:
    with pytest.raises(HttpError) as caught:
        client.records.create("account", {"nonsense": 1})
    assert caught.value.status_code == 400
    assert caught.value.details["service_error_code"] == "0x80048d19"


def test_table_is_described(client: DataverseClient) -> None:
    found = client.tables.get("account")
    assert found is not None
    assert found["entity_set_name"] == "accounts"
    assert client.tables.get("new_Nothing") is None


def test_formatted_values_are_annotated(client: DataverseClient) -> None:
    row_id = client.records.create("account", {"name": "Annotated"})
    row = client.records.retrieve("account", row_id, select=["statecode"], include_annotations="*")
    assert row is not None
    assert row[f"statecode{FORMATTED}"] == "Active"
