"""``$filter``: what it matches in the seed, and what it refuses with which words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from d365pop.emulator.faults import Fault
from d365pop.emulator.odata.filter import parse_filter
from tests.unit.emulator.harness import LocalEnvironment

MARTA = "Marta Lindqvist"
WREN = "Wren Abernathy"
OMALLEY = "Siobhan O'Malley"
LARKSPUR = "d3650000-0000-4000-8000-000100000001"


@pytest.mark.parametrize(
    ("condition", "names"),
    [
        pytest.param("fullname eq 'Marta Lindqvist'", [MARTA], id="eq"),
        pytest.param("fullname eq 'MARTA lindqvist'", [MARTA], id="without-case"),
        pytest.param("fullname eq 'Siobhan O''Malley'", [OMALLEY], id="doubled-quote"),
        pytest.param("startswith(fullname,'mar')", [MARTA], id="startswith"),
        pytest.param("endswith(fullname,'malley')", [OMALLEY], id="endswith"),
        pytest.param("contains(telephone1,'555-010')", [MARTA], id="contains"),
        pytest.param("not contains(fullname,'a')", ["Idris Pembroke"], id="not"),
        pytest.param(
            f"_parentcustomerid_value eq {LARKSPUR}", [MARTA, WREN], id="lookup-bare-guid"
        ),
        pytest.param(
            f"_parentcustomerid_value eq '{LARKSPUR}'", [MARTA, WREN], id="lookup-quoted-guid"
        ),
        pytest.param(
            "parentcustomerid_account/name eq 'Larkspur Outfitters'",
            [MARTA, WREN],
            id="behind-a-lookup",
        ),
        pytest.param(
            "parentcustomerid_account/primarycontactid/fullname eq 'Marta Lindqvist'",
            [MARTA, WREN],
            id="behind-two-lookups",
        ),
        pytest.param(
            "telephone1 eq '2065550102' or fullname eq 'Marta Lindqvist' and 1 eq 2",
            [WREN],
            id="and-binds-stronger",
        ),
        pytest.param(
            "(telephone1 eq '2065550102' or fullname eq 'Marta Lindqvist') and jobtitle ne null",
            [MARTA, WREN],
            id="parentheses",
        ),
        pytest.param(
            "Microsoft.Dynamics.CRM.In(PropertyName='telephone1',"
            "PropertyValues=['2065550102','2025550164'])",
            ["Ansel Whitlock", WREN],
            id="in-single-quotes",
        ),
        pytest.param(
            "Microsoft.Dynamics.CRM.In(PropertyName='telephone1',"
            'PropertyValues=["2065550102","+1 (206) 555-0102"])',
            [MARTA, WREN],
            id="in-double-quotes",
        ),
        pytest.param("mobilephone eq null", [WREN], id="null"),
        pytest.param(
            "mobilephone ne '206-555-0103' and startswith(telephone1,'206')",
            [WREN],
            id="ne-matches-rows-without-value",
        ),
        pytest.param("statecode eq 0 and donotphone eq true", [], id="boolean"),
        pytest.param(
            "createdon ge 2020-01-01 and contains(fullname,'lindq')", [MARTA], id="date-only"
        ),
        pytest.param(
            "(" * 20 + "fullname eq 'Marta Lindqvist'" + ")" * 20, [MARTA], id="many-brackets"
        ),
        pytest.param(
            " or ".join(["fullname eq 'Marta Lindqvist'"] * 500), [MARTA], id="500-conditions"
        ),
        pytest.param(
            "Microsoft.Dynamics.CRM.In(PropertyName='preferredcontactmethodcode',"
            "PropertyValues=['1']) and Microsoft.Dynamics.CRM.NotIn(PropertyName='jobtitle',"
            "PropertyValues=['Printer']) and startswith(lastname,'O')",
            [],
            id="in-of-numbers-and-not-in",
        ),
        pytest.param(
            "createdon ge 2020-01-01T00:00:00Z and createdon lt 2020-01-02", [], id="dates"
        ),
    ],
)
def test_filter_matches(local: LocalEnvironment, condition: str, names: list[str]) -> None:
    assert local.filtered("contacts", "fullname", condition) == names


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        pytest.param("nosuch eq 1", "Could not find a property named 'nosuch'", id="column"),
        pytest.param("name eq", "end of text is not expected", id="no-operand"),
        pytest.param("name", "end of text is not expected", id="no-operator"),
        pytest.param("name eq 'a' 'b'", "''b'' is not expected", id="rest"),
        pytest.param("name eq 'a", "unterminated literal at position 10", id="open-quote"),
        pytest.param("(name eq 'a'", "end of text is not expected", id="open-bracket"),
        pytest.param("name like 'a'", "'like' is not expected", id="operator"),
        pytest.param("name eq 5", "incompatible types", id="number-for-text"),
        pytest.param("statecode eq 'x'", "incompatible types", id="text-for-number"),
        pytest.param("_ownerid_value eq 'x'", "incompatible types", id="no-guid"),
        pytest.param("createdon gt 'yesterday'", "DateTimeOffset text 'yesterday'", id="no-date"),
        pytest.param("contains(statecode,'1')", "No function signature", id="contains-number"),
        pytest.param(
            "not Microsoft.Dynamics.CRM.Last7Days(PropertyName='createdon')",
            "Not operator along with the Custom Named Condition operators is not allowed",
            id="not-condition",
        ),
        pytest.param("concat(name,'1') eq '1'", "unknown function with name 'concat'", id="concat"),
        pytest.param(
            " or ".join(["name eq 'a'"] * 501), "exceeded maximum limit", id="501-conditions"
        ),
        pytest.param(
            "Microsoft.Dynamics.CRM.In(PropertyName='statecode',PropertyValues=['x1'])",
            "Cannot convert the literal 'x1'",
            id="in-of-no-number",
        ),
        pytest.param("primarycontactid/nope eq 'x'", "named 'nope'", id="column-behind-lookup"),
        pytest.param("nope/fullname eq 'x'", "named 'nope'", id="lookup"),
        pytest.param("name eq guid'5'", "is not expected", id="version-2-guid"),
        pytest.param("name eq 'a'; drop table account", "character ';'", id="injection"),
    ],
)
def test_filter_is_refused_with_the_reason(
    local: LocalEnvironment, condition: str, message: str
) -> None:
    path = f"accounts?$select=name&$filter={condition.replace(';', '%3B')}"
    code, text = local.refusal(400, "GET", path)
    assert (code in {"0x80060888", "0x80041108", "0x8004430c"}, message in text) == (True, True), (
        text
    )


@pytest.mark.parametrize(
    "shape", ["({} or lastname eq 'a')", "lastname eq 'a' and ({})", "not {}", "({})"]
)
@pytest.mark.parametrize(("depth", "status"), [(20, 200), (30, 400), (5000, 400)])
def test_nesting_is_answered_up_to_a_limit_and_then_refused(
    local: LocalEnvironment, shape: str, depth: int, status: int
) -> None:
    before, _, after = shape.partition("{}")
    condition = before * depth + "lastname eq 'b'" + after * depth
    response = local.call("GET", f"contacts?$select=lastname&$filter={condition}")
    assert response.status == status
    assert (b"recursion limit" in response.body) is (status == 400)


@given(st.text(max_size=60))
def test_any_text_is_parsed_or_refused(text: str) -> None:
    statuses = {200}
    try:
        parse_filter(text)
    except Fault as fault:
        statuses = {fault.status}
    assert statuses <= {200, 400, 501}
