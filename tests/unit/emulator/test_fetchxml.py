"""FetchXML: what clients send, what comes back, and what is refused with which code."""

import xml.etree.ElementTree as ET
from functools import cache
from typing import Any
from urllib.parse import quote, unquote
from xml.sax.saxutils import quoteattr

import pytest

from tests.unit.emulator.harness import LocalEnvironment

ADMINISTRATOR_ROLE = "d3650000-0000-4000-8000-000000000071"
ALL = 'odata.include-annotations="*"'
FORMATTED = "@OData.Community.Display.V1.FormattedValue"
CRM = "@Microsoft.Dynamics.CRM."
CALLS = (
    ("Alpha", 10, "2026-01-05T10:00:00Z", 0, True),
    ("beta", 20, "2026-01-31T10:00:00Z", 0, False),
    ("Gamma", 31, "2026-04-10T08:00:00Z", 2, True),
    ("delta", None, None, 2, True),
)


@cache
def environment() -> LocalEnvironment:
    """Return an environment with these calls, two of them about a contact of an account."""
    local = LocalEnvironment()
    account = local.create("accounts", {"name": "Fetched", "numberofemployees": 7})
    bound = {"parentcustomerid_account@odata.bind": f"accounts({account})"}
    contact = local.create("contacts", {"firstname": "Fay", "lastname": "Fetch", **bound})
    for subject, minutes, start, priority, outgoing in CALLS:
        body: dict[str, object] = {
            "subject": subject,
            "actualdurationminutes": minutes,
            "scheduledstart": start,
            "prioritycode": priority,
            "directioncode": outgoing,
        }
        if not outgoing or minutes == 10:
            body["regardingobjectid_contact@odata.bind"] = f"contacts({contact})"
        local.create("phonecalls", body)
    return local


def address(entity_set_name: str, fetch: str, further: str = "") -> str:
    return f"{entity_set_name}?fetchXml={quote(fetch, safe='')}{further}"


def answer(
    fetch: str, entity_set_name: str = "phonecalls", further: str = "", **headers: str
) -> Any:
    return environment().get(address(entity_set_name, fetch, further), **headers)


def subjects(inner: str, options: str = "") -> list[str]:
    """Return the subjects of the calls that the inside of an entity selects."""
    order = "" if "<order" in inner else '<order attribute="scheduledstart"/>'
    fetch = (
        f'<fetch {options}><entity name="phonecall"><attribute name="subject"/>{order}{inner}'
        "</entity></fetch>"
    )
    return [row["subject"] for row in answer(fetch)["value"]]


def filtered(*conditions: str, kind: str = "and") -> list[str]:
    inner = "".join(f"<condition {condition}/>" for condition in conditions)
    return subjects(f'<filter type="{kind}">{inner}</filter>')


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ('attribute="subject" operator="eq" value="ALPHA"', ["Alpha"]),
        ('attribute="actualdurationminutes" operator="ne" value="10"', ["delta", "beta", "Gamma"]),
        (
            'attribute="actualdurationminutes" operator="neq" value="20"',
            ["delta", "Alpha", "Gamma"],
        ),
        ('attribute="actualdurationminutes" operator="gt" value="20"', ["Gamma"]),
        ('attribute="actualdurationminutes" operator="ge" value="20"', ["beta", "Gamma"]),
        ('attribute="actualdurationminutes" operator="lt" value="20"', ["Alpha"]),
        (
            'attribute="scheduledstart" operator="le" value="2026-01-31T10:00:00Z"',
            ["Alpha", "beta"],
        ),
        ('attribute="scheduledstart" operator="null"', ["delta"]),
        ('attribute="scheduledstart" operator="not-null"', ["Alpha", "beta", "Gamma"]),
        ('attribute="subject" operator="like" value="%LT%"', ["delta"]),
        ('attribute="subject" operator="like" value="_lpha"', ["Alpha"]),
        ('attribute="subject" operator="like" value="[_]lpha"', []),
        ('attribute="subject" operator="not-like" value="%a%"', []),
        ('attribute="subject" operator="begins-with" value="ga"', ["Gamma"]),
        ('attribute="subject" operator="not-begin-with" value="ga"', ["delta", "Alpha", "beta"]),
        ('attribute="subject" operator="ends-with" value="TA"', ["delta", "beta"]),
        ('attribute="subject" operator="not-end-with" value="ta"', ["Alpha", "Gamma"]),
        ('attribute="directioncode" operator="eq" value="0"', ["beta"]),
        ('attribute="directioncode" operator="eq" value="true"', ["delta", "Alpha", "Gamma"]),
        ('attribute="scheduledstart" operator="on" value="2026-01-31"', ["beta"]),
        ('attribute="scheduledstart" operator="last-x-months" value="1"', ["Gamma"]),
        ('attribute="scheduledstart" operator="this-year"', ["Alpha", "beta", "Gamma"]),
        ('attribute="ownerid" operator="ne-userid"', []),
        ('attribute="scheduledstart" operator="gt" valueof="createdon"', []),
        (
            'attribute="createdon" operator="eq" valueof="modifiedon"',
            ["delta", "Alpha", "beta", "Gamma"],
        ),
    ],
)
def test_condition_selects(condition: str, expected: list[str]) -> None:
    assert filtered(condition) == expected


@pytest.mark.parametrize(
    ("operator", "values", "expected"),
    [
        ("in", ("10", "31"), ["Alpha", "Gamma"]),
        ("not-in", ("10", "31"), ["delta", "beta"]),
        ("between", ("10", "20"), ["Alpha", "beta"]),
        ("not-between", ("10", "20"), ["delta", "Gamma"]),
    ],
)
def test_condition_takes_several_values(
    operator: str, values: tuple[str, ...], expected: list[str]
) -> None:
    listed = "".join(f"<value>{value}</value>" for value in values)
    name = f'attribute="actualdurationminutes" operator="{operator}"'
    assert subjects(f"<filter><condition {name}>{listed}</condition></filter>") == expected


def test_filters_combine() -> None:
    low = 'attribute="actualdurationminutes" operator="lt" value="15"'
    high = 'attribute="actualdurationminutes" operator="gt" value="25"'
    assert filtered(low, high, kind="or") == ["Alpha", "Gamma"]
    assert filtered(low, high) == []
    inner = f'<filter type="or"><condition {low}/><condition {high}/></filter>'
    outer = '<condition attribute="prioritycode" operator="eq" value="2"/>'
    assert subjects(f"<filter>{outer}{inner}</filter>") == ["Gamma"]


@pytest.mark.parametrize(
    ("orders", "expected"),
    [
        ('<order attribute="subject"/>', ["Alpha", "beta", "delta", "Gamma"]),
        ('<order attribute="subject" descending="true"/>', ["Gamma", "delta", "beta", "Alpha"]),
        (
            '<order attribute="prioritycode"/><order attribute="subject"/>',
            ["delta", "Gamma", "Alpha", "beta"],
        ),
        (
            '<order attribute="regardingobjectid" descending="1"/><order attribute="subject"/>',
            ["Alpha", "beta", "delta", "Gamma"],
        ),
    ],
    ids=["text", "descending", "choice-by-label", "lookup-by-name"],
)
def test_rows_are_ordered(orders: str, expected: list[str]) -> None:
    assert subjects(orders) == expected


def test_top_limits_the_rows() -> None:
    assert subjects('<order attribute="subject"/>', 'top="2"') == ["Alpha", "beta"]


def test_row_shows_what_was_asked_and_leaves_out_what_is_empty() -> None:
    fetch = (
        '<fetch><entity name="phonecall"><attribute name="subject"/>'
        '<attribute name="actualdurationminutes"/><attribute name="regardingobjectid"/>'
        '<attribute name="prioritycode" alias="urgency"/>'
        '<filter><condition attribute="subject" operator="in"><value>delta</value>'
        "<value>beta</value></condition></filter>"
        '<order attribute="subject"/></entity></fetch>'
    )
    found = answer(fetch)
    context = found["@odata.context"].rpartition("$metadata")[2]
    names = "activityid,subject,actualdurationminutes,_regardingobjectid_value,urgency"
    assert context == f"#phonecalls({names})"
    beta, delta = found["value"]
    assert beta.keys() == {
        *("@odata.etag", "activityid", "subject", "actualdurationminutes"),
        *("_regardingobjectid_value", "urgency"),
    }
    assert delta.keys() == {"@odata.etag", "activityid", "subject", "urgency"}


def test_all_columns_come_where_none_is_named() -> None:
    for inner in ("", "<all-attributes/>"):
        fetch = f'<fetch top="1"><entity name="phonecall">{inner}</entity></fetch>'
        (row,) = answer(fetch)["value"]
        assert {"createdon", "_ownerid_value", "statecode", "versionnumber"} <= row.keys()


def test_values_are_annotated_where_the_client_prefers_so() -> None:
    fetch = (
        '<fetch><entity name="phonecall"><attribute name="regardingobjectid"/>'
        '<attribute name="prioritycode" alias="urgency"/>'
        '<filter><condition attribute="subject" operator="eq" value="beta"/></filter>'
        '<link-entity name="contact" from="contactid" to="regardingobjectid" alias="c">'
        '<attribute name="parentcustomerid"/></link-entity></entity></fetch>'
    )
    (row,) = answer(fetch, prefer=ALL)["value"]
    shown = {key: value for key, value in row.items() if "@" in key and key != "@odata.etag"}
    assert shown == {
        f"_regardingobjectid_value{FORMATTED}": "Fay Fetch",
        f"_regardingobjectid_value{CRM}lookuplogicalname": "contact",
        f"_regardingobjectid_value{CRM}associatednavigationproperty": "regardingobjectid_contact",
        f"urgency{FORMATTED}": "Low",
        "urgency@OData.Community.Display.V1.AttributeName": "prioritycode",
        f"c.parentcustomerid{FORMATTED}": "Fetched",
        f"c.parentcustomerid{CRM}lookuplogicalname": "account",
        "c.parentcustomerid@OData.Community.Display.V1.AttributeName": "parentcustomerid",
    }


CONTACT = 'name="contact" from="contactid" to="regardingobjectid"'
ACCOUNT = 'name="account" from="accountid" to="parentcustomerid"'
FAY = '<filter><condition attribute="lastname" operator="eq" value="Fetch"/></filter>'
ACME = '<filter><condition attribute="name" operator="eq" value="Acme"/></filter>'


@pytest.mark.parametrize(
    ("inner", "expected"),
    [
        (f"<link-entity {CONTACT}/>", ["Alpha", "beta"]),
        (f'<link-entity {CONTACT} link-type="outer"/>', ["delta", "Alpha", "beta", "Gamma"]),
        (
            (
                f'<link-entity {CONTACT} link-type="outer" alias="c"/><filter>'
                '<condition entityname="c" attribute="contactid" operator="null"/></filter>'
            ),
            ["delta", "Gamma"],
        ),
        (f"<link-entity {CONTACT}>{FAY}</link-entity>", ["Alpha", "beta"]),
        (
            f"<link-entity {CONTACT}><link-entity {ACCOUNT}>{ACME}</link-entity></link-entity>",
            [],
        ),
        (
            (
                f'<link-entity {CONTACT} link-type="outer"><link-entity {ACCOUNT}>{ACME}'
                "</link-entity></link-entity>"
            ),
            ["delta", "Alpha", "beta", "Gamma"],
        ),
        (f'<link-entity {CONTACT} link-type="exists">{FAY}</link-entity>', ["Alpha", "beta"]),
        (f'<link-entity {CONTACT} link-type="in"/>', ["Alpha", "beta"]),
        (
            f'<filter><link-entity {CONTACT} link-type="any">{FAY}</link-entity></filter>',
            ["Alpha", "beta"],
        ),
        (
            f'<filter><link-entity {CONTACT} link-type="not any">{FAY}</link-entity></filter>',
            ["delta", "Gamma"],
        ),
        (f'<filter><link-entity {CONTACT} link-type="all">{FAY}</link-entity></filter>', []),
        (
            f'<link-entity {CONTACT} link-type="matchfirstrowusingcrossapply">{FAY}</link-entity>',
            ["Alpha", "beta"],
        ),
        (
            (
                f'<link-entity {CONTACT} alias="c"/><filter><condition attribute="subject" '
                'operator="ne" valueof="c.lastname"/></filter>'
            ),
            ["Alpha", "beta"],
        ),
    ],
)
def test_link_joins(inner: str, expected: list[str]) -> None:
    assert subjects(inner) == expected


@pytest.mark.parametrize(
    "kind", ["any", "not any", "all", "not all", "exists", "in", "matchfirstrowusingcrossapply"]
)
def test_what_is_joined_inside_of_a_condition_gives_no_columns(kind: str) -> None:
    asked = '<attribute name="name"/><order attribute="name"/>'
    link = f'<link-entity {CONTACT} link-type="{kind}"><link-entity {ACCOUNT} alias="a">{asked}'
    inner = f"{link}</link-entity></link-entity>"
    if kind not in {"exists", "in", "matchfirstrowusingcrossapply"}:
        inner = f"<filter>{inner}</filter>"
    fetch = f'<fetch><entity name="phonecall"><attribute name="subject"/>{inner}</entity></fetch>'
    for row in answer(fetch)["value"]:
        assert set(row) == {"@odata.etag", "subject", "activityid"}
    outside = '<filter><condition entityname="a" attribute="name" operator="not-null"/></filter>'
    refused = fetch.replace("</entity>", f"{outside}</entity>")
    code, _ = environment().refusal(400, "GET", address("phonecalls", refused))
    assert code == "0x8004110b"


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        (
            (
                "<link-entity name='systemuserroles' from='systemuserid' to='systemuserid'>"
                "<link-entity name='role' from='roleid' to='roleid' alias='r'>"
                "<attribute name='name'/></link-entity></link-entity>"
            ),
            [("Robin Agent", "Basic User")],
        ),
        (
            "<link-entity name='role' alias='r'><attribute name='name'/></link-entity>",
            [("Robin Agent", "Basic User")],
        ),
        (
            (
                "<link-entity name='role' alias='r' link-type='outer'><attribute name='name'/>"
                "<filter><condition attribute='name' operator='eq' value='x'/></filter>"
                "</link-entity>"
            ),
            [("Robin Agent", None)],
        ),
        (
            (
                "<filter><link-entity name='role' link-type='not any'><filter>"
                "<condition attribute='name' operator='like' value='Basic%'/>"
                "</filter></link-entity></filter>"
            ),
            [],
        ),
    ],
)
def test_many_to_many_relationship_is_taken_where_no_column_is_named(
    link: str, expected: list[tuple[str, str | None]]
) -> None:
    whom = "<filter><condition attribute='fullname' operator='eq' value='Robin Agent'/></filter>"
    inner = f"<attribute name='fullname'/>{whom}{link}"
    fetch = f"<fetch><entity name='systemuser'>{inner}</entity></fetch>"
    found = answer(fetch, "systemusers")["value"]
    assert [(row["fullname"], row.get("r.name")) for row in found] == expected


def test_columns_of_links_carry_their_alias() -> None:
    fetch = (
        '<fetch><entity name="phonecall"><attribute name="subject"/>'
        '<filter><condition attribute="subject" operator="eq" value="beta"/></filter>'
        f'<link-entity {CONTACT}><attribute name="lastname"/><link-entity {ACCOUNT} alias="a">'
        '<attribute name="name"/><attribute name="numberofemployees" alias="size"/>'
        "</link-entity></link-entity></entity></fetch>"
    )
    (row,) = answer(fetch)["value"]
    assert (row["contact1.lastname"], row["a.name"], row["size"]) == ("Fetch", "Fetched", 7)


def test_distinct_rows_come_once_and_without_an_id() -> None:
    fetch = (
        '<fetch distinct="true"><entity name="phonecall"><attribute name="prioritycode"/>'
        '<order attribute="prioritycode"/></entity></fetch>'
    )
    assert answer(fetch)["value"] == [{"prioritycode": 2}, {"prioritycode": 0}]


PAGES = (
    '<fetch count="3" page="{page}"{cookie}><entity name="phonecall"><attribute name="subject"/>'
    '<order attribute="subject"/></entity></fetch>'
)


def test_pages_are_read_with_the_cookie_as_documented() -> None:
    wanted = (
        'odata.include-annotations="Microsoft.Dynamics.CRM.fetchxmlpagingcookie,'
        'Microsoft.Dynamics.CRM.morerecords"'
    )
    first = answer(PAGES.format(page=1, cookie=""), prefer=wanted)
    assert first[f"{CRM}morerecords"] is True
    outer = ET.fromstring(first[f"{CRM}fetchxmlpagingcookie"])
    inner = unquote(unquote(outer.attrib["pagingcookie"]))
    assert ET.fromstring(inner).attrib == {"page": "1"}
    cookie = f" paging-cookie={quoteattr(inner)}"
    second = answer(PAGES.format(page=2, cookie=cookie), prefer=wanted)
    assert [row["subject"] for row in second["value"]] == ["Gamma"]
    assert second[f"{CRM}morerecords"] is False
    assert f"{CRM}fetchxmlpagingcookie" not in second


def test_preference_that_was_followed_is_named() -> None:
    response = environment().call(
        "GET", address("phonecalls", PAGES.format(page=1, cookie="")), prefer=ALL
    )
    assert response.header("Preference-Applied") == ALL


@pytest.mark.parametrize(
    ("options", "further"), [('returntotalrecordcount="true" ', ""), ("", "&$count=true")]
)
def test_rows_are_counted_in_all(options: str, further: str) -> None:
    fetch = PAGES.format(page=1, cookie="").replace("<fetch ", f"<fetch {options}")
    found = answer(fetch, further=further, prefer=ALL)
    assert found["@odata.count"] == found[f"{CRM}totalrecordcount"] == len(CALLS)
    assert found[f"{CRM}totalrecordcountlimitexceeded"] is False


def test_uncounted_answer_says_so() -> None:
    found = answer(PAGES.format(page=1, cookie=""), prefer=ALL)
    assert (found[f"{CRM}totalrecordcount"], "@odata.count" in found) == (-1, False)


def aggregate(attributes: str, further: str = "", **headers: str) -> Any:
    fetch = (
        f'<fetch aggregate="true"><entity name="phonecall">{attributes}{further}</entity></fetch>'
    )
    return answer(fetch, **headers)["value"]


def test_columns_are_aggregated() -> None:
    functions = ("count", "countcolumn", "sum", "avg", "min", "max")
    attributes = "".join(
        f'<attribute name="actualdurationminutes" alias="{name}" aggregate="{name}"/>'
        for name in functions
    )
    attributes += (
        '<attribute name="prioritycode" alias="different" aggregate="countcolumn" distinct="true"/>'
        '<attribute name="scheduledstart" alias="latest" aggregate="max"/>'
    )
    assert aggregate(attributes) == [
        {
            "count": 4,
            "countcolumn": 3,
            "sum": 61,
            "avg": 20,
            "min": 10,
            "max": 31,
            "different": 2,
            "latest": "2026-04-10T08:00:00Z",
        }
    ]


def test_nothing_is_counted_and_has_no_sum() -> None:
    attributes = (
        '<attribute name="activityid" alias="n" aggregate="count"/>'
        '<attribute name="actualdurationminutes" alias="sum" aggregate="sum"/>'
    )
    none = '<filter><condition attribute="subject" operator="eq" value="x"/></filter>'
    assert aggregate(attributes, none) == [{"n": 0}]


def test_rows_are_grouped_and_groups_ordered_by_an_alias() -> None:
    attributes = (
        '<attribute name="prioritycode" alias="priority" groupby="true"/>'
        '<attribute name="activityid" alias="n" aggregate="count"/>'
        '<attribute name="actualdurationminutes" alias="minutes" aggregate="sum"/>'
        '<order alias="minutes" descending="true"/>'
    )
    found = aggregate(attributes, prefer='odata.include-annotations="OData.*"')
    assert found == [
        {
            f"priority{FORMATTED}": "High",
            "priority@OData.Community.Display.V1.AttributeName": "prioritycode",
            "priority": 2,
            f"n{FORMATTED}": "2",
            "n": 2,
            f"minutes{FORMATTED}": "31",
            "minutes": 31,
        },
        {
            f"priority{FORMATTED}": "Low",
            "priority@OData.Community.Display.V1.AttributeName": "prioritycode",
            "priority": 0,
            f"n{FORMATTED}": "2",
            "n": 2,
            f"minutes{FORMATTED}": "30",
            "minutes": 30,
        },
    ]


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        ("day", [{"n": 1}, {"part": 5, "n": 1}, {"part": 10, "n": 1}, {"part": 31, "n": 1}]),
        ("week", [{"n": 1}, {"part": 2, "n": 1}, {"part": 5, "n": 1}, {"part": 15, "n": 1}]),
        ("month", [{"n": 1}, {"part": 1, "n": 2}, {"part": 4, "n": 1}]),
        ("quarter", [{"n": 1}, {"part": 1, "n": 2}, {"part": 2, "n": 1}]),
        ("fiscal-period", [{"n": 1}, {"part": 1, "n": 2}, {"part": 2, "n": 1}]),
        ("year", [{"n": 1}, {"part": 2026, "n": 3}]),
        ("fiscal-year", [{"n": 1}, {"part": 2026, "n": 3}]),
    ],
)
def test_dates_are_grouped_by_their_parts(part: str, expected: list[dict[str, int]]) -> None:
    attributes = (
        f'<attribute name="scheduledstart" alias="part" groupby="true" dategrouping="{part}"/>'
        '<attribute name="activityid" alias="n" aggregate="count"/><order alias="part"/>'
    )
    assert aggregate(attributes) == expected


def test_links_are_grouped_by() -> None:
    further = (
        f'<link-entity {CONTACT} link-type="outer"><attribute name="fullname" alias="who" '
        'groupby="true"/><order alias="who"/></link-entity>'
    )
    attributes = '<attribute name="activityid" alias="n" aggregate="count"/>'
    assert aggregate(attributes, further) == [{"n": 2}, {"n": 2, "who": "Fay Fetch"}]


def test_aggregate_over_more_rows_than_its_limit_is_refused() -> None:
    fetch = (
        '<fetch aggregate="true" aggregatelimit="{}"><entity name="phonecall">'
        '<attribute name="activityid" alias="n" aggregate="count"/></entity></fetch>'
    )
    assert answer(fetch.format(4))["value"] == [{"n": 4}]
    code, message = environment().refusal(400, "GET", address("phonecalls", fetch.format(3)))
    assert code == "0x8004e023"
    assert message == "The maximum record limit is exceeded. Reduce the number of records."


def test_form_is_found_by_the_number_of_its_table() -> None:
    fetch = (
        '<fetch top="1"><entity name="systemform"><attribute name="objecttypecode"/><filter>'
        '<condition attribute="objecttypecode" operator="eq" value="1"/></filter></entity></fetch>'
    )
    (row,) = answer(fetch, "systemforms")["value"]
    assert row["objecttypecode"] == "account"


ENTITY = '<entity name="phonecall">{}</entity>'


@pytest.mark.parametrize(
    ("fetch", "code"),
    [
        ("<fetch>", "0x80040201"),
        ("<!DOCTYPE x><fetch/>", "0x80040201"),
        ("<fetch/>", "0x80041123"),
        ("<query><entity name='phonecall'/></query>", "0x8004111c"),
        ("<fetch><entity/></fetch>", "0x80041123"),
        ("<fetch><entity name='contact'/></fetch>", "0x80041128"),
        ("<fetch top='1' page='1'><entity name='phonecall'/></fetch>", "0x80040203"),
        ("<fetch top='0'><entity name='phonecall'/></fetch>", "0x8004110c"),
        ("<fetch count='x'><entity name='phonecall'/></fetch>", "0x8004110c"),
        ("<fetch distinct='maybe'><entity name='phonecall'/></fetch>", "0x80041115"),
        ("<fetch page='2' paging-cookie='x'><entity name='phonecall'/></fetch>", "0x80040203"),
        (
            "<fetch page='2' paging-cookie='&lt;cookie/&gt;'><entity name='phonecall'/></fetch>",
            "0x8004112a",
        ),
        ("<attribute name='nope'/>", "0x80041103"),
        ("<attribute name='_ownerid_value'/>", "0x80041103"),
        ("<attribute/>", "0x80041123"),
        ("<attribute name='subject'/><attribute name='subject'/>", "0x80041130"),
        ("<attribute name='subject' alias='n' aggregate='count'/>", "0x8004111a"),
        ("<attribute name='createdon' dategrouping='decade'/>", "0x80041135"),
        ("<nope/>", "0x8004111c"),
        ("<order attribute='nope'/>", "0x80041103"),
        ("<order alias='n'/>", "0x80041133"),
        ("<order attribute='subject' descending='down'/>", "0x80041119"),
        ("<filter type='xor'/>", "0x80041122"),
        ("<filter><nope/></filter>", "0x8004111c"),
        (f"<filter><link-entity {CONTACT}/></filter>", "0x80041117"),
        ("<filter><condition operator='null'/></filter>", "0x80041123"),
        ("<filter><condition attribute='subject' operator='is'/></filter>", "0x80041120"),
        ("<filter><condition attribute='subject' operator='eq'/></filter>", "0x80041106"),
        (
            "<filter><condition attribute='subject' operator='null' value='1'/></filter>",
            "0x80041106",
        ),
        (
            "<filter><condition attribute='prioritycode' operator='eq' value='High'/></filter>",
            "0x80041108",
        ),
        (
            "<filter><condition attribute='ownerid' operator='eq' value='Robin'/></filter>",
            "0x80041108",
        ),
        (
            "<filter><condition attribute='createdon' operator='like' value='2%'/></filter>",
            "0x80041106",
        ),
        (
            "<filter><condition entityname='c' attribute='subject' operator='null'/></filter>",
            "0x8004110b",
        ),
        (
            "<filter><condition attribute='subject' operator='eq' valueof='createdon'/></filter>",
            "0x80041106",
        ),
        ("<link-entity name='nope' from='a' to='b'/>", "0x80041102"),
        ("<link-entity name='contact' from='contactid'/>", "0x80041111"),
        ("<link-entity name='contact'/>", "0x80041102"),
        ("<link-entity name='contact' from='nope' to='regardingobjectid'/>", "0x80041103"),
        (
            "<link-entity name='contact' from='contactid' to='ownerid' link-type='left'/>",
            "0x80041117",
        ),
        (f"<link-entity {CONTACT} alias='c'/><link-entity {CONTACT} alias='C'/>", "0x80041130"),
        (f"<link-entity {CONTACT}/>" * 16, "0x8004430d"),
        (
            "<filter>" + "<condition attribute='subject' operator='null'/>" * 501 + "</filter>",
            "0x8004430c",
        ),
        ("<filter>" * 60 + "</filter>" * 60, "0x80040201"),
    ],
)
def test_wrong_query_is_refused(fetch: str, code: str) -> None:
    whole = fetch if fetch.startswith(("<fetch", "<!", "<query")) else ""
    text = whole or f"<fetch>{ENTITY.format(fetch)}</fetch>"
    assert environment().refusal(400, "GET", address("phonecalls", text))[0] == code


@pytest.mark.parametrize(
    ("attribute", "code"),
    [
        ("", "0x8004111a"),
        ("<attribute name='subject' aggregate='count'/>", "0x80041109"),
        ("<attribute name='subject' alias='x'/>", "0x8004111a"),
        ("<attribute name='subject' alias='x' aggregate='sum'/>", "0x8004112f"),
        ("<attribute name='subject' alias='x' aggregate='median'/>", "0x8004112f"),
        ("<attribute name='subject' alias='x' groupby='true' dategrouping='day'/>", "0x8004112f"),
        ("<attribute name='subject' alias='x' groupby='maybe'/>", "0x8004112e"),
        (
            "<attribute name='subject' alias='x' groupby='true'/><order attribute='subject'/>",
            "0x80041132",
        ),
    ],
)
def test_wrong_aggregate_is_refused(attribute: str, code: str) -> None:
    text = f"<fetch aggregate='true'>{ENTITY.format(attribute)}</fetch>"
    assert environment().refusal(400, "GET", address("phonecalls", text))[0] == code


def test_link_to_all_rows_without_columns_is_named_as_not_built() -> None:
    link = "<filter><link-entity name='role' link-type='all'/></filter>"
    fetch = f"<fetch><entity name='systemuser'>{link}</entity></fetch>"
    _, message = environment().refusal(501, "GET", address("systemusers", fetch))
    assert "without 'from' and 'to'" in message


def test_other_options_beside_a_fetch_are_refused() -> None:
    fetch = f"<fetch>{ENTITY.format('')}</fetch>"
    environment().refusal(400, "GET", address("phonecalls", fetch, "&$top=1"))


def test_joined_table_needs_its_own_privilege(local: LocalEnvironment) -> None:
    query = "privileges?$select=privilegeid&$filter=name eq 'prvReadContact'"
    (privilege,) = local.get(query)["value"]
    fetch = f"<fetch>{ENTITY.format(f'<link-entity {CONTACT}/>')}</fetch>"
    local.get(address("phonecalls", fetch))
    action = f"roles({ADMINISTRATOR_ROLE})/Microsoft.Dynamics.CRM.RemovePrivilegeRole"
    local.expect(204, "POST", action, {"PrivilegeId": privilege["privilegeid"]})
    code, message = local.refusal(403, "GET", address("phonecalls", fetch))
    assert (code, "prvReadContact" in message) == ("0x80040220", True)


def test_views_are_answered_by_their_own_queries(local: LocalEnvironment) -> None:
    views = local.get("savedqueries?$select=returnedtypecode,fetchxml,name")["value"]
    assert views
    tables = {table.logical_name: table.entity_set_name for table in local.catalog.tables}
    for view in views:
        rows = f"{tables[view['returnedtypecode']]}?savedQuery={view['savedqueryid']}"
        by_view = local.get(rows)
        assert by_view == local.get(address(rows.partition("?")[0], view["fetchxml"]))


def test_own_views_are_answered_as_those_of_all(local: LocalEnvironment) -> None:
    body = {
        "name": "Mine",
        "returnedtypecode": "account",
        "fetchxml": "<fetch><entity name='account'><attribute name='name'/>"
        "<order attribute='name'/></entity></fetch>",
    }
    mine = local.create("userqueries", body)
    answered = local.get(f"accounts?userQuery={mine}")
    assert answered == local.get(address("accounts", body["fetchxml"]))
    assert len(answered["value"]) > 1
    assert local.refusal(404, "GET", f"accounts?savedQuery={mine}")[0] == "0x80040217"
    local.refusal(400, "GET", f"accounts?userQuery={mine}&$top=1")


def test_view_that_does_not_fit_is_refused(local: LocalEnvironment) -> None:
    gone = "00000000-0000-4000-8000-00000000dead"
    (view,) = local.get("savedqueries?$filter=returnedtypecode eq 'account'&$top=1")["value"]
    assert local.refusal(404, "GET", f"accounts?savedQuery={gone}")[0] == "0x80040217"
    path = f"contacts?savedQuery={view['savedqueryid']}"
    assert local.refusal(400, "GET", path)[0] == "0x80041128"
