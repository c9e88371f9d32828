"""``$apply``: sums and groups in the words of OData."""

from functools import cache
from typing import Any

import pytest

from tests.unit.emulator.harness import LocalEnvironment

FORMATTED = "@OData.Community.Display.V1.FormattedValue"
ACCOUNTS = (
    ("One", "WA", 10, 100.0, "Jim"),
    ("Two", "WA", 20, None, "Jim"),
    ("Three", "OR", 40, 300.5, "Maria"),
    ("Four", None, None, 7.0, None),
)


@cache
def environment() -> LocalEnvironment:
    """Return an environment with these accounts and no others."""
    local = LocalEnvironment()
    for row in local.get("accounts?$select=accountid")["value"]:
        local.expect(204, "DELETE", f"accounts({row['accountid']})")
    contacts: dict[str, str] = {}
    for name, state, employees, revenue, contact in ACCOUNTS:
        body: dict[str, object] = {
            "name": name,
            "address1_stateorprovince": state,
            "numberofemployees": employees,
            "revenue": revenue,
        }
        if contact:
            if contact not in contacts:
                contacts[contact] = local.create("contacts", {"lastname": contact})
            body["primarycontactid@odata.bind"] = f"contacts({contacts[contact]})"
        local.create("accounts", body)
    return local


def applied(text: str, further: str = "", **headers: str) -> list[Any]:
    rows: list[Any] = environment().get(f"accounts?$apply={text}{further}", **headers)["value"]
    return sorted(rows, key=str)


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("aggregate($count as n)", [{"n": 4}]),
        ("aggregate(revenue with sum as total)", [{"total": 407.5}]),
        ("aggregate(revenue with average as mean,$count as n)", [{"mean": 407.5 / 3, "n": 4}]),
        (
            "aggregate(numberofemployees with min as low, numberofemployees with max as high)",
            [{"low": 10, "high": 40}],
        ),
        ("aggregate(createdon with max as latest)", [{"latest": "2026-05-04T12:00:00Z"}]),
        (
            "groupby((address1_stateorprovince))",
            [{"address1_stateorprovince": "OR"}, {"address1_stateorprovince": "WA"}, {}],
        ),
        (
            "groupby((statecode,address1_stateorprovince),aggregate($count as n))",
            [
                {"statecode": 0, "address1_stateorprovince": "OR", "n": 1},
                {"statecode": 0, "address1_stateorprovince": "WA", "n": 2},
                {"statecode": 0, "n": 1},
            ],
        ),
        (
            "groupby((primarycontactid/fullname),aggregate(revenue with sum as total))",
            [
                {"contact_fullname": "Jim", "total": 100.0},
                {"contact_fullname": "Maria", "total": 300.5},
                {"total": 7.0},
            ],
        ),
        (
            "filter(address1_stateorprovince eq 'WA')/groupby((primarycontactid/fullname))",
            [{"contact_fullname": "Jim"}],
        ),
        (
            "filter(numberofemployees gt 15)/filter(revenue gt 1)/aggregate($count as n)",
            [{"n": 1}],
        ),
        ("filter(name eq 'Nobody')/aggregate(revenue with sum as total)", [{}]),
        ("filter(name eq @p)/aggregate($count as n)&@p='One'", [{"n": 1}]),
    ],
)
def test_rows_are_aggregated(text: str, rows: list[dict[str, object]]) -> None:
    assert applied(text) == sorted(rows, key=str)


def test_values_come_formatted_where_the_client_prefers_so() -> None:
    text = "groupby((statuscode),aggregate($count as count,revenue with sum as total))"
    prefer = 'odata.include-annotations="OData.Community.Display.V1.FormattedValue"'
    assert applied(text, prefer=prefer) == [
        {
            f"statuscode{FORMATTED}": "Active",
            "statuscode": 1,
            f"count{FORMATTED}": "4",
            "count": 4,
            f"total{FORMATTED}": "407.50",
            "total": 407.5,
        }
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "Syntax error"),
        ("groupby(statecode)", "Syntax error"),
        ("groupby((statecode),groupby((statuscode)))", "Syntax error"),
        ("aggregate(revenue with sum)", "Syntax error"),
        ("aggregate($count as n)/filter(n gt 1)", "Syntax error"),
        ("groupby((a//b))", "Syntax error"),
        ("identity", "Syntax error"),
        ("filter(nope eq 1)/aggregate($count as n)", "named 'nope'"),
        ("groupby((nope))", "named 'nope'"),
        ("groupby((nope/fullname))", "named 'nope'"),
        ("groupby((createdon))", "Grouping by the date"),
        ("aggregate(nope with sum as n)", "named 'nope'"),
        ("aggregate(name with sum as n)", "Aggregate sum is not supported"),
        ("aggregate(name with countdistinct as n)", "'countdistinct' is not supported"),
        ("groupby((statecode),aggregate($count as statecode))", "unique aliases"),
        ("aggregate($count as n)&$orderby=n", "SingleValueOpenPropertyAccess"),
        ("aggregate($count as n)&$top=1", "not supported"),
        ("aggregate($count as n)&fetchXml=<fetch/>", "cannot be used here"),
    ],
)
def test_wrong_aggregation_is_refused(text: str, message: str) -> None:
    _, told = environment().refusal(400, "GET", f"accounts?$apply={text}")
    assert message in told


def test_aggregation_of_one_row_is_refused(local: LocalEnvironment) -> None:
    (row,) = local.get("accounts?$select=accountid&$top=1")["value"]
    local.refusal(400, "GET", f"accounts({row['accountid']})?$apply=aggregate($count as n)")
