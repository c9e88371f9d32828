import pytest

from d365pop.dataverse.environment import WhoAmI, version, who_am_i
from d365pop.dataverse.records import first_record_id
from d365pop.transport import Response
from tests.unit.dataverse.fake import answer, environment, rows


def test_first_record_is_looked_for_under_the_names_that_the_table_has() -> None:
    server = environment(
        rows({"EntitySetName": "opportunities", "PrimaryIdAttribute": "opportunityid"}),
        rows({"opportunityid": "1"}),
    )
    assert first_record_id(server.client, "opportunity") == "1"
    assert server.calls[1] == "GET opportunities?$select=opportunityid"
    assert server.requests[1].headers["Prefer"] == "odata.maxpagesize=1"


@pytest.mark.parametrize(
    "answers",
    [(rows(),), (rows({"EntitySetName": "leads", "PrimaryIdAttribute": "leadid"}), rows())],
    ids=["no-table", "no-row"],
)
def test_first_record_of_nothing_is_empty(answers: tuple[Response, ...]) -> None:
    assert first_record_id(environment(*answers).client, "lead") == ""


def test_who_am_i_has_three_ids() -> None:
    server = environment(answer(200, {"UserId": "u", "BusinessUnitId": "b", "OrganizationId": "o"}))
    assert who_am_i(server.client) == WhoAmI("u", "b", "o")
    assert server.calls == ["GET WhoAmI"]


def test_version_is_a_text() -> None:
    server = environment(answer(200, {"Version": "9.2.26034.167"}))
    assert version(server.client) == "9.2.26034.167"
    assert server.calls == ["GET RetrieveVersion()"]
