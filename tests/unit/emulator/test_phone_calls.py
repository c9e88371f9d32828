"""The life of a phone call: open, closed, read-only, reopened."""

import pytest

from tests.unit.emulator.harness import LocalEnvironment


@pytest.fixture
def call_id(local: LocalEnvironment) -> str:
    return local.create("phonecalls", {"subject": "Life"})


def state(local: LocalEnvironment, call_id: str) -> tuple[int, int]:
    row = local.get(f"phonecalls({call_id})?$select=statecode,statuscode")
    return row["statecode"], row["statuscode"]


def test_state_is_not_taken_on_create(local: LocalEnvironment) -> None:
    call_id = local.create("phonecalls", {"subject": "Early", "statecode": 1})
    assert state(local, call_id) == (0, 1)


def test_status_of_another_state_is_refused_on_create(local: LocalEnvironment) -> None:
    body = {"subject": "Early", "statecode": 1, "statuscode": 2}
    code, message = local.refusal(400, "POST", "phonecalls", body)
    assert code == "0x80048408"
    assert message.startswith("2 is not a valid status code for state code PhoneCallState.Open")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"statecode": 1}, (1, 2)),
        ({"statecode": 1, "statuscode": 4}, (1, 4)),
        ({"statecode": 2}, (2, 3)),
        ({"statecode": 1, "description": "Wrapped up"}, (1, 2)),
    ],
)
def test_call_is_closed(
    local: LocalEnvironment, call_id: str, change: dict[str, object], expected: tuple[int, int]
) -> None:
    local.expect(204, "PATCH", f"phonecalls({call_id})", change)
    assert state(local, call_id) == expected


@pytest.mark.parametrize(
    "change", [{"statecode": 1, "statuscode": 3}, {"statuscode": 2}, {"statecode": 7}]
)
def test_status_that_does_not_fit_the_state_is_refused(
    local: LocalEnvironment, call_id: str, change: dict[str, object]
) -> None:
    code, _ = local.refusal(400, "PATCH", f"phonecalls({call_id})", change)
    assert (code, state(local, call_id)) == ("0x80048408", (0, 1))


def test_closed_call_is_read_only_until_it_is_reopened(
    local: LocalEnvironment, call_id: str
) -> None:
    row = f"phonecalls({call_id})"
    local.expect(204, "PATCH", row, {"statecode": 1, "statuscode": 2})
    _, message = local.refusal(400, "PATCH", row, {"description": "Late"})
    assert "closed and read-only" in message
    local.expect(204, "PATCH", row, {"statecode": 0, "statuscode": 1})
    local.expect(204, "PATCH", row, {"description": "Late"})
    assert local.get(row)["description"] == "Late"


MARTA = "d3650000-0000-4000-8000-000200000001"
PARTIES = "phonecall_activity_parties"


def masks(local: LocalEnvironment, call_id: str) -> list[int]:
    """Return how the parties of a call take part in it."""
    rows = local.get(f"phonecalls({call_id})/{PARTIES}?$select=participationtypemask")["value"]
    return sorted(row["participationtypemask"] for row in rows)


def test_parties_are_put_in_place_of_others(local: LocalEnvironment) -> None:
    first = {"partyid_contact@odata.bind": f"contacts({MARTA})", "participationtypemask": 1}
    call_id = local.create("phonecalls", {"subject": "Life", PARTIES: [first]})
    put = {"value": [{**first, "participationtypemask": 2}, first]}
    local.expect(204, "PUT", f"phonecalls({call_id})/{PARTIES}", put)
    assert masks(local, call_id) == [1, 2]


@pytest.mark.parametrize("body", [{}, {"value": [{"nonsense": 1}]}, {"value": 5}])
def test_parties_stay_where_their_replacement_is_refused(
    local: LocalEnvironment, body: dict[str, object]
) -> None:
    call_id = local.create("phonecalls", {"subject": "L", PARTIES: [{"participationtypemask": 1}]})
    local.refusal(400, "PUT", f"phonecalls({call_id})/{PARTIES}", body)
    assert masks(local, call_id) == [1]


def test_no_other_collection_is_replaced(local: LocalEnvironment, call_id: str) -> None:
    account = "accounts(d3650000-0000-4000-8000-000100000001)"
    local.refusal(405, "PUT", f"{account}/contact_customer_accounts", {"value": []})
    local.expect(204, "PATCH", f"phonecalls({call_id})", {"statecode": 1})
    local.refusal(400, "PUT", f"phonecalls({call_id})/{PARTIES}", {"value": []})
