"""The client `dataverse-api`, unmodified, against the local Dataverse."""

from collections.abc import Iterator

import pytest
import requests
from dataverse_api import DataverseClient
from dataverse_api.entity import DataverseEntity
from dataverse_api.errors import DataverseAPIError
from dataverse_api.utils.batching import BatchCommand, RequestMethod

from d365pop.emulator.server import EmulatorOptions, start

GONE = "00000000-0000-4000-8000-00000000dead"
FORMATTED = "@OData.Community.Display.V1.FormattedValue"


@pytest.fixture(scope="module")
def client() -> Iterator[DataverseClient]:
    with start(EmulatorOptions()) as server, requests.Session() as session:
        session.headers["Authorization"] = f"Bearer {server.token()}"
        yield DataverseClient(session, f"{server.url}/")


@pytest.fixture(scope="module")
def accounts(client: DataverseClient) -> DataverseEntity:
    return client.entity("account")


def names(entity: DataverseEntity, condition: str) -> list[str]:
    rows = entity.read(select=["name"], filter=condition, order_by="name")
    return [row["name"] for row in rows]


def test_table_is_learned_from_its_definition(accounts: DataverseEntity) -> None:
    assert (accounts.entity_set_name, accounts.primary_id_attr) == ("accounts", "accountid")
    assert accounts.supports_create_multiple
    assert accounts.supports_update_multiple
    assert accounts.alternate_keys == {}
    assert "contact_customer_accounts" in accounts.relationships.collection_valued
    assert "primarycontactid" in accounts.relationships.single_valued


@pytest.mark.parametrize("mode", ["individual", "multiple", "batch"])
def test_rows_are_created_read_and_deleted(accounts: DataverseEntity, mode: str) -> None:
    wanted = [f"{mode} {number}" for number in range(3)]
    accounts.create([{"name": name} for name in wanted], mode=mode)
    condition = f"startswith(name,'{mode} ')"
    assert names(accounts, condition) == wanted
    ids = {row["accountid"] for row in accounts.read(select=["accountid"], filter=condition)}
    accounts.delete(ids=ids, mode="batch" if mode == "batch" else "individual")
    assert names(accounts, condition) == []


def test_created_row_comes_back_where_it_is_wanted(accounts: DataverseEntity) -> None:
    (response,) = accounts.create([{"name": "Shown", "fax": "1"}], return_created=True)
    assert (response.status_code, response.json()["fax"]) == (201, "1")


def test_row_is_changed_by_its_id(accounts: DataverseEntity) -> None:
    (response,) = accounts.create([{"name": "Before"}], return_created=True)
    row_id = response.json()["accountid"]
    accounts.upsert([{"accountid": row_id, "name": "After"}])
    assert names(accounts, f"accountid eq {row_id}") == ["After"]


@pytest.mark.parametrize("mode", ["individual", "batch"])
def test_row_is_upserted_by_an_alternate_key(client: DataverseClient, mode: str) -> None:
    definitions = client.entity("environmentvariabledefinition")
    (key,) = definitions.alternate_keys
    schema = f"new_Foreign & {mode}"
    for name in ("First", "Second"):
        row = {"schemaname": schema, "displayname": name, "type": 100000000}
        definitions.upsert([row], mode=mode, altkey_name=key)
    rows = definitions.read(select=["displayname"], filter=f"schemaname eq '{schema}'")
    assert [row["displayname"] for row in rows] == ["Second"]


def test_column_is_emptied(accounts: DataverseEntity) -> None:
    (response,) = accounts.create([{"name": "Emptied", "fax": "5"}], return_created=True)
    row_id = response.json()["accountid"]
    accounts.delete_columns(columns=["fax"], ids=[row_id])
    (row,) = accounts.read(select=["fax"], filter=f"accountid eq {row_id}")
    assert row["fax"] is None


def test_rows_come_in_pages(accounts: DataverseEntity) -> None:
    accounts.create([{"name": f"Paged {number}"} for number in range(5)], mode="multiple")
    pages = accounts.read(
        select=["name"],
        filter="startswith(name,'Paged ')",
        page_size=2,
        return_responses=True,
        return_formatted_values=True,
    )
    assert [len(page.json()["value"]) for page in pages] == [2, 2, 1]
    assert pages[0].headers["Preference-Applied"] == (
        'odata.include-annotations="OData.Community.Display.V1.FormattedValue", odata.maxpagesize=2'
    )


def test_values_come_formatted(accounts: DataverseEntity) -> None:
    accounts.create([{"name": "Formatted", "revenue": 1234.5}])
    (row,) = accounts.read(
        select=["revenue", "statecode"],
        filter="name eq 'Formatted'",
        return_formatted_values=True,
    )
    assert (row[f"revenue{FORMATTED}"], row[f"statecode{FORMATTED}"]) == ("1,234.50", "Active")


def test_related_rows_are_expanded(accounts: DataverseEntity) -> None:
    rows = accounts.read(
        select=["name"],
        expand="primarycontactid($select=fullname)",
        filter="name eq 'Larkspur Outfitters'",
    )
    assert [row["primarycontactid"]["fullname"] for row in rows] == ["Marta Lindqvist"]


def test_error_reaches_the_caller_with_its_text(
    accounts: DataverseEntity, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(DataverseAPIError) as caught:
        accounts.read(filter="nonsense eq 1")
    assert str(caught.value) == (
        "GET request failed: Could not find a property named 'nonsense' on type "
        "'Microsoft.Dynamics.CRM.account'."
    )
    (response,) = accounts.delete(ids=[GONE])
    assert response.status_code == 404
    assert f"Entity 'account' With Id = {GONE} Does Not Exist" in caplog.text


def test_batch_of_ones_own_is_submitted(client: DataverseClient, accounts: DataverseEntity) -> None:
    commands = [
        BatchCommand("accounts", RequestMethod.POST, data={"name": "Own batch"}),
        BatchCommand("accounts?$filter=name eq 'Own batch'", RequestMethod.GET),
    ]
    (response,) = client.submit_batch(commands)
    assert response.text.count("HTTP/1.1 2") == len(commands)
    assert names(accounts, "name eq 'Own batch'") == ["Own batch"]
