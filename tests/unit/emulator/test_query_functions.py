"""The CRM query functions of ``$filter``; it is Monday, 4 May 2026, noon."""

from functools import cache

import pytest

from d365pop.emulator import seed
from d365pop.emulator.odata.conditions import Asker
from d365pop.emulator.odata.filter import parse_filter
from d365pop.emulator.odata.sql import Translator
from d365pop.emulator.store import Layer
from tests.unit.emulator.harness import LocalEnvironment

CALLS = {
    "2019": "2019-12-31T23:59:59Z",
    "last year": "2025-05-04T00:00:00Z",
    "January": "2026-01-01T00:00:00Z",
    "April": "2026-04-10T08:00:00Z",
    "last Friday": "2026-05-01T08:00:00Z",
    "Sunday": "2026-05-03T00:00:00Z",
    "today 11:30": "2026-05-04T11:30:00Z",
    "today 13:00": "2026-05-04T13:00:00Z",
    "tomorrow": "2026-05-05T23:59:59Z",
    "next Monday": "2026-05-11T09:00:00Z",
    "June": "2026-06-30T09:00:00Z",
    "next year": "2027-02-01T00:00:00Z",
    "never": None,
}
TODAY = ["today 11:30", "today 13:00"]
THIS_WEEK = ["Sunday", *TODAY, "tomorrow"]


@cache
def environment() -> LocalEnvironment:
    """Return an environment with these calls; nothing here changes it."""
    local = LocalEnvironment()
    for number, (subject, moment) in enumerate(CALLS.items()):
        body = {"subject": subject, "scheduledstart": moment, "actualdurationminutes": number}
        local.create("phonecalls", body)
    return local


def matching(condition: str) -> list[str]:
    """Return the calls that a condition matches, in the order of time."""
    found = set(environment().filtered("phonecalls", "subject", condition))
    return [subject for subject in CALLS if subject in found]


def since(first: str, last: str = "next year") -> list[str]:
    names = list(CALLS)
    return names[names.index(first) : names.index(last) + 1]


@pytest.mark.parametrize(
    ("function", "values", "subjects"),
    [
        ("Today", "", TODAY),
        ("Yesterday", "", ["Sunday"]),
        ("Tomorrow", "", ["tomorrow"]),
        ("On", "PropertyValue='2026-05-04'", TODAY),
        ("On", "PropertyValue=2026-05-04T23:00:00Z", TODAY),
        ("OnOrAfter", "PropertyValue='2026-06-30'", ["June", "next year"]),
        ("OnOrBefore", "PropertyValue='2026-01-01'", since("2019", "January")),
        ("ThisWeek", "", THIS_WEEK),
        ("LastWeek", "", ["last Friday"]),
        ("NextWeek", "", ["next Monday"]),
        ("ThisMonth", "", since("last Friday", "next Monday")),
        ("LastMonth", "", ["April"]),
        ("NextMonth", "", ["June"]),
        ("ThisYear", "", since("January", "June")),
        ("LastYear", "", ["last year"]),
        ("NextYear", "", ["next year"]),
        ("Last7Days", "", ["last Friday", "Sunday", "today 11:30"]),
        ("Next7Days", "", ["today 13:00", "tomorrow", "next Monday"]),
        ("LastXHours", "PropertyValue=1", ["today 11:30"]),
        ("NextXHours", "PropertyValue=1", ["today 13:00"]),
        ("LastXDays", "PropertyValue=1", ["Sunday", "today 11:30"]),
        ("NextXDays", "PropertyValue=1", ["today 13:00", "tomorrow"]),
        ("LastXWeeks", "PropertyValue=1", ["last Friday", "Sunday", "today 11:30"]),
        ("NextXWeeks", "PropertyValue=1", ["today 13:00", "tomorrow", "next Monday"]),
        ("LastXMonths", "PropertyValue=1", since("April", "today 11:30")),
        ("NextXMonths", "PropertyValue=2", since("today 13:00", "June")),
        ("LastXYears", "PropertyValue='1'", since("last year", "today 11:30")),
        ("NextXYears", "PropertyValue=1", since("today 13:00", "next year")),
        ("OlderThanXMinutes", "PropertyValue=30", since("2019", "Sunday")),
        ("OlderThanXHours", "PropertyValue=1", since("2019", "Sunday")),
        ("OlderThanXDays", "PropertyValue=1", since("2019", "last Friday")),
        ("OlderThanXWeeks", "PropertyValue=1", since("2019", "April")),
        ("OlderThanXMonths", "PropertyValue=1", since("2019", "January")),
        ("OlderThanXYears", "PropertyValue=1", ["2019"]),
        ("ThisFiscalPeriod", "", since("April", "June")),
        ("LastFiscalPeriod", "", ["January"]),
        ("NextFiscalPeriod", "", []),
        ("ThisFiscalYear", "", since("January", "June")),
        ("LastXFiscalPeriods", "PropertyValue=1", since("January", "today 11:30")),
        ("NextXFiscalYears", "PropertyValue=1", since("today 13:00", "next year")),
        ("InFiscalYear", "PropertyValue=2025", ["last year"]),
        ("InFiscalPeriod", "PropertyValue=1", ["January", "next year"]),
        ("InFiscalPeriodAndYear", "PropertyValue1=1,PropertyValue2=2026", ["January"]),
        (
            "InOrBeforeFiscalPeriodAndYear",
            "PropertyValue1=2,PropertyValue2=2025",
            ["2019", "last year"],
        ),
        ("InOrAfterFiscalPeriodAndYear", "PropertyValue1=1,PropertyValue2=2027", ["next year"]),
        (
            "Between",
            'PropertyValues=["2026-05-01","2026-05-04"]',
            ["last Friday", "Sunday"],
        ),
        (
            "NotBetween",
            "PropertyValues=['2020-01-01','2027-01-01']",
            ["2019", "next year", "never"],
        ),
    ],
)
def test_date_function_matches(function: str, values: str, subjects: list[str]) -> None:
    parameters = ",".join(filter(None, ("PropertyName='scheduledstart'", values)))
    assert matching(f"Microsoft.Dynamics.CRM.{function}({parameters})") == subjects


@pytest.mark.parametrize(
    ("condition", "subjects"),
    [
        ("In(PropertyName='actualdurationminutes',PropertyValues=['0','2'])", ["2019", "January"]),
        (
            "In(PropertyValues=[\"JUNE\",'never'],PropertyName='subject')",
            ["June", "never"],
        ),
        (
            "Between(PropertyName='actualdurationminutes',PropertyValues=[1,2])",
            since("last year", "January"),
        ),
        ("EqualUserId(PropertyName='ownerid') and subject eq 'June'", ["June"]),
        ("NotEqualUserId(PropertyName='ownerid')", []),
        ("EqualUserOrUserTeams(PropertyName='_ownerid_value') and subject eq 'June'", ["June"]),
        ("EqualUserTeams(PropertyName='ownerid')", []),
        ("EqualBusinessId(PropertyName='owningbusinessunit') and subject eq 'June'", ["June"]),
    ],
)
def test_other_function_matches(condition: str, subjects: list[str]) -> None:
    assert matching(f"Microsoft.Dynamics.CRM.{condition}") == subjects


@pytest.mark.parametrize(
    ("condition", "code"),
    [
        ("LastXDays(PropertyName='subject',PropertyValue=1)", "0x80041106"),
        ("LastXDays(PropertyName='scheduledstart')", "0x80041106"),
        ("LastXDays(PropertyName='scheduledstart',PropertyValue=0)", "0x8004110c"),
        ("LastXDays(PropertyName='scheduledstart',PropertyValue=99999999999)", "0x80041108"),
        ("LastXYears(PropertyName='scheduledstart',PropertyValue=3000)", "0x80041108"),
        ("InFiscalYear(PropertyName='scheduledstart',PropertyValue=0)", "0x80041108"),
        (
            (
                "InFiscalPeriodAndYear(PropertyName='scheduledstart',PropertyValue1=5,"
                "PropertyValue2=2026)"
            ),
            "0x80041108",
        ),
        ("On(PropertyName='scheduledstart',PropertyValue='soon')", "0x80060888"),
        ("On(PropertyName='nope',PropertyValue='2026-05-04')", "0x80060888"),
        ("Today(PropertyValue='2026-05-04')", "0x80060888"),
        ("Today(PropertyName='scheduledstart',Nope=1)", "0x80060888"),
        ("Sometime(PropertyName='scheduledstart')", "0x80060888"),
    ],
)
def test_wrong_use_of_a_function_is_refused(condition: str, code: str) -> None:
    path = f"phonecalls?$filter=Microsoft.Dynamics.CRM.{condition}"
    assert environment().refusal(400, "GET", path)[0] == code


@pytest.mark.parametrize(
    "query",
    [
        "$filter=subject eq @p1&@p1='June'",
        "$filter=subject eq @p1 and actualdurationminutes gt @p2&@p1='June'&@p2=3",
        (
            "$filter=Microsoft.Dynamics.CRM.In(PropertyName=@n,PropertyValues=@v)"
            "&@n='subject'&@v=['June']"
        ),
        "$filter=subject eq @p1&$orderby=@o&@o=createdon desc&@p1='June'",
        "%24filter=subject+eq+%40p1&%40p1=%27June%27",
    ],
)
def test_alias_stands_for_its_value(query: str) -> None:
    found = environment().get(f"phonecalls?$select=subject&{query}")["value"]
    assert [row["subject"] for row in found] == ["June"]


def test_alias_without_a_value_is_null() -> None:
    found = environment().get("phonecalls?$select=subject&$filter=subject ne @p1")["value"]
    assert found == environment().get("phonecalls?$select=subject")["value"]
    assert environment().get("phonecalls?$filter=subject eq @p1")["value"] == []


def test_aliases_name_the_columns_of_an_order() -> None:
    path = "phonecalls?$select=subject&$orderby="
    named = environment().get(f"{path}@a desc,@b asc&@a=directioncode&@b=subject")["value"]
    assert named == environment().get(f"{path}directioncode desc,subject asc")["value"]


def test_lambda_within_a_lambda_matches(local: LocalEnvironment) -> None:
    account = local.create("accounts", {"name": "Outer"})
    contact = local.create(
        "contacts",
        {"lastname": "Middle", "parentcustomerid_account@odata.bind": f"accounts({account})"},
    )
    local.create(
        "phonecalls",
        {"subject": "Inner", "regardingobjectid_contact@odata.bind": f"contacts({contact})"},
    )
    for subject, expected in (("Inner", ["Outer"]), ("Other", [])):
        inner = f"c/Contact_Phonecalls/any(p:p/subject eq '{subject}')"
        condition = f"contact_customer_accounts/any(c:c/lastname eq 'Middle' and {inner})"
        assert local.filtered("accounts", "name", condition) == expected


def test_function_asks_for_rows_of_the_caller(local: LocalEnvironment) -> None:
    token = local.gateway.sessions.issue_token(seed.AGENT_ID)
    condition = "Microsoft.Dynamics.CRM.EqualUserId(PropertyName='ownerid')"
    path = f"contacts?$select=fullname&$filter={condition}"
    assert local.get(path)["value"] == []
    assert local.get(path, authorization=f"Bearer {token}")["value"]


@pytest.mark.parametrize(
    "condition",
    [
        "createdon ge 2026-05-04T00:00:00Z and createdon lt 2026-05-05T00:00:00Z",
        "Microsoft.Dynamics.CRM.On(PropertyName='createdon',PropertyValue='2026-05-04')",
        (
            "Microsoft.Dynamics.CRM.Between(PropertyName='createdon',"
            "PropertyValues=['2026-05-04','2026-05-05'])"
        ),
    ],
)
def test_calls_of_a_day_are_found_by_the_index(condition: str) -> None:
    known = environment().environment
    asker = Asker(known.now(), "", str, lambda _table: None)
    translator = Translator(known.catalog, known.table("phonecall"), Layer.PUBLISHED, asker)
    sql = translator.condition(parse_filter(condition))
    query = f"EXPLAIN QUERY PLAN SELECT count(*) FROM phonecall t WHERE {sql.text}"  # noqa: S608
    plan = [row["detail"] for row in known.store.read(query, sql.parameters)]
    assert "phonecall_createdon" in plan[0]
