"""Which queries count phone calls, and what their answers and refusals mean."""

from datetime import UTC, datetime
from xml.etree import ElementTree as ET

import pytest

from d365pop.dataverse.phone_calls import (
    MOST_GROUPS,
    AgentGroup,
    CallGroup,
    TooManyCallsError,
    count_agents,
    count_calls,
)
from d365pop.errors import DataverseError
from d365pop.models import Json
from d365pop.transport import Response
from tests.unit.dataverse.fake import answer, environment, refusal, rows

BEGIN, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 8, tzinfo=UTC)
GROUP: dict[str, Json] = {"outgoing": True, "minutes": 3, "calls": 7, "known": 5}


def test_calls_are_grouped_by_direction_and_length_in_their_span() -> None:
    server = environment(rows(GROUP, {"outgoing": False, "calls": 2}))
    assert count_calls(server.client, BEGIN, END) == [
        CallGroup(outgoing=True, minutes=3, calls=7, known=5),
        CallGroup(outgoing=False, minutes=0, calls=2, known=0),
    ]
    method, _, text = server.calls[0].partition("phonecalls?fetchXml=")
    assert method == "GET "
    conditions = [each.attrib for each in ET.fromstring(text).iter("condition")]
    assert conditions == [
        {"attribute": "actualstart", "operator": "ge", "value": "2026-01-01T00:00:00Z"},
        {"attribute": "actualstart", "operator": "lt", "value": "2026-01-08T00:00:00Z"},
    ]


@pytest.mark.parametrize("names", [True, False])
def test_agents_have_names_only_where_they_are_asked_for(*, names: bool) -> None:
    label = {"agent@OData.Community.Display.V1.FormattedValue": "Ann"} if names else {}
    server = environment(rows({"agent": "a", "calls": 4, "minutes": 20, **label}))
    found = count_agents(server.client, BEGIN, END, names=names)
    assert found == [AgentGroup("a", "Ann" if names else "", 4, 20)]
    assert ("include-annotations" in server.requests[0].headers.get("Prefer", "")) is names


@pytest.mark.parametrize(
    "too_much",
    [refusal(400, "0x8004E023"), rows(*[GROUP] * MOST_GROUPS)],
    ids=["rows", "groups"],
)
def test_too_much_for_one_query_is_told_apart(too_much: Response) -> None:
    with pytest.raises(TooManyCallsError):
        count_calls(environment(too_much).client, BEGIN, END)


@pytest.mark.parametrize("status_and_code", [(403, "0x80040220"), (403, "")])
def test_missing_privilege_is_explained_to_a_reader(status_and_code: tuple[int, str]) -> None:
    with pytest.raises(DataverseError) as refused:
        count_calls(environment(refusal(*status_and_code, "no way")).client, BEGIN, END)
    assert refused.value.reference == "metrics-privilege-missing"
    assert "no way" in refused.value.context
    assert "prvReadActivity" in refused.value.hint


def test_other_refusals_stay_what_they_are() -> None:
    with pytest.raises(DataverseError) as refused:
        count_calls(environment(refusal(400, "0x80041103")).client, BEGIN, END)
    assert refused.value.reference == "dataverse-error"


@pytest.mark.parametrize("body", [{}, {"value": 3}, {"value": [{"calls": "many"}]}])
def test_answer_of_another_shape_is_an_error(body: dict[str, object]) -> None:
    with pytest.raises(DataverseError) as refused:
        count_calls(environment(answer(200, body)).client, BEGIN, END)  # type: ignore[arg-type]
    assert refused.value.reference == "dataverse-unexpected-answer"
