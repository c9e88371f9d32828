from d365pop.dataverse.environment import WhoAmI, version, who_am_i
from d365pop.dataverse.records import retrieve_rows
from tests.unit.dataverse.fake import answer, environment, rows


def test_rows_are_asked_for_by_columns_and_filter() -> None:
    server = environment(rows({"accountid": "1"}, {"accountid": "2"}))
    found = retrieve_rows(
        server.client, "accounts", select=["accountid", "name"], filter_text="name ne null"
    )
    assert found == ({"accountid": "1"}, {"accountid": "2"})
    assert server.calls == ["GET accounts?$select=accountid,name&$filter=name ne null"]


def test_who_am_i_has_three_ids() -> None:
    server = environment(answer(200, {"UserId": "u", "BusinessUnitId": "b", "OrganizationId": "o"}))
    assert who_am_i(server.client) == WhoAmI("u", "b", "o")
    assert server.calls == ["GET WhoAmI"]


def test_version_is_a_text() -> None:
    server = environment(answer(200, {"Version": "9.2.26034.167"}))
    assert version(server.client) == "9.2.26034.167"
    assert server.calls == ["GET RetrieveVersion()"]
