"""Pages of rows: each row once, in order, though others come and go between two pages."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, unquote
from xml.sax.saxutils import quoteattr

import pytest

from tests.unit.emulator.harness import LocalEnvironment

COOKIE = "@Microsoft.Dynamics.CRM.fetchxmlpagingcookie"
NUMBERS = (3, None, 20, 3, None, 20, 1)


@pytest.fixture
def local() -> LocalEnvironment:
    local = LocalEnvironment()
    (contact,) = local.get("contacts?$select=contactid&$top=1")["value"]
    for number, minutes in enumerate(NUMBERS):
        body: dict[str, object] = {
            "subject": f"{'Cc' if number % 2 else 'cC'} <{number // 3}> & \"'",
            "description": "\x01" if number == 2 else None,
            "prioritycode": number % 3,
            "actualdurationminutes": minutes,
        }
        if number % 2:
            body["regardingobjectid_contact@odata.bind"] = f"contacts({contact['contactid']})"
        local.create("phonecalls", body)
    return local


def by_odata(local: LocalEnvironment, order: str, size: int) -> Iterator[list[Any]]:
    """Return page after page, as far as they are wanted."""
    path = f"phonecalls?$select=subject&$orderby={order}"
    while path:
        found = local.get(path, prefer=f"odata.maxpagesize={size}")
        yield found["value"]
        path = found.get("@odata.nextLink", "").partition("/api/data/v9.2/")[2]


def by_fetch(local: LocalEnvironment, order: str, size: int) -> Iterator[list[Any]]:
    """Return page after page with the cookie of the one before."""
    levels = "".join(
        f'<order attribute="{name}" descending="{direction == "desc"!s}"/>'
        for name, _, direction in (level.partition(" ") for level in order.split(","))
    )
    cookie, page = "", 1
    while cookie or page == 1:
        given = f" paging-cookie={quoteattr(cookie)}" if cookie else ""
        fetch = (
            f'<fetch count="{size}" page="{page}"{given}><entity name="phonecall">'
            f'<attribute name="subject"/>{levels}</entity></fetch>'
        )
        path = f"phonecalls?fetchXml={quote(fetch, safe='')}"
        found = local.get(path, prefer='odata.include-annotations="*"')
        yield found["value"]
        carried = re.search('pagingcookie="([^"]*)"', found.get(COOKIE, ""))
        cookie, page = unquote(unquote(carried[1])) if carried else "", page + 1


READERS = pytest.mark.parametrize("read", [by_odata, by_fetch], ids=["odata", "fetchxml"])


@READERS
@pytest.mark.parametrize(
    "order",
    [
        "subject",
        "subject desc",
        "actualdurationminutes",
        "actualdurationminutes desc",
        "actualdurationminutes desc,subject",
        "prioritycode,actualdurationminutes desc",
        "createdon desc",
    ],
)
def test_pages_hold_each_row_once_and_in_order(
    local: LocalEnvironment, read: Any, order: str
) -> None:
    (whole,) = read(local, order, 100)
    pages = list(read(local, order, 2))
    assert [len(page) for page in pages] == [2, 2, 2, 1]
    ids = [row["activityid"] for page in pages for row in page]
    assert ids == [row["activityid"] for row in whole]


@READERS
def test_rows_deleted_between_two_pages_make_none_be_skipped(
    local: LocalEnvironment, read: Any
) -> None:
    seen = 0
    for page in read(local, "subject", 2):
        seen += len(page)
        for row in page:
            local.expect(204, "DELETE", f"phonecalls({row['activityid']})")
    assert seen == len(NUMBERS)


def test_order_behind_a_lookup_is_paged_by_number(local: LocalEnvironment) -> None:
    order = "regardingobjectid_contact/fullname desc"
    (whole,) = by_odata(local, order, 100)
    pages = list(by_odata(local, order, 3))
    ids = [row["activityid"] for page in pages for row in page]
    assert ids == [row["activityid"] for row in whole]


def test_fetch_pages_by_what_people_read(local: LocalEnvironment) -> None:
    for order in ("regardingobjectid,prioritycode", "prioritycode desc"):
        (whole,) = by_fetch(local, order, 100)
        paged = [row for page in by_fetch(local, order, 2) for row in page]
        assert paged == whole


def test_text_that_no_cookie_can_hold_is_paged_by_number(local: LocalEnvironment) -> None:
    pages = list(by_odata(local, "description desc", 1))
    assert len({row["activityid"] for page in pages for row in page}) == len(NUMBERS)


def test_cookie_has_the_shape_of_the_platform(local: LocalEnvironment) -> None:
    first = local.get("phonecalls?$orderby=createdon", prefer="odata.maxpagesize=1")
    token = unquote(first["@odata.nextLink"].partition("$skiptoken=")[2])
    found = re.fullmatch('<cookie pagenumber="2" pagingcookie="(.*)" istracking="False" />', token)
    assert found
    row_id = first["value"][0]["activityid"].upper()
    moment = first["value"][0]["createdon"]
    assert unquote(unquote(found[1])) == (
        f'<cookie page="1"><createdon last="{moment}" first="{moment}" />'
        f'<activityid last="{{{row_id}}}" first="{{{row_id}}}" /></cookie>'
    )


INNER = '<cookie page="1"><activityid last="{}" /></cookie>'


@pytest.mark.parametrize(
    ("token", "code"),
    [
        ("x", "0x80040203"),
        ("<cookie/>", "0x80040203"),
        ('<cookie pagenumber="0"/>', "0x80040203"),
        ('<page pagenumber="2"/>', "0x80040203"),
        ('<cookie pagenumber="2" pagingcookie="x"/>', "0x80040203"),
        ('<cookie pagenumber="2" pagingcookie="%3Ccookie/%3E"/>', "0x8004112a"),
        (f'<cookie pagenumber="2" pagingcookie="{quote(INNER.format(""))}"/>', "0x80041108"),
        (
            f'<cookie pagenumber="2" pagingcookie="{quote(INNER.replace("last", "x"))}"/>',
            "0x80040203",
        ),
        (
            f'<cookie pagenumber="2" pagingcookie="{quote(INNER.replace("activityid", "x"))}"/>',
            "0x80041129",
        ),
    ],
)
def test_wrong_cookie_is_refused(local: LocalEnvironment, token: str, code: str) -> None:
    path = f"phonecalls?$skiptoken={quote(token, safe='')}"
    assert local.refusal(400, "GET", path)[0] == code
