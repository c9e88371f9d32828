"""``?sql=``: the subset of SELECT that Microsoft's Python client documents, over seeded rows."""

from typing import Any
from urllib.parse import quote

import pytest

from d365pop.emulator.security.privileges import privilege_id
from d365pop.emulator.seed_roles import ADMINISTRATOR
from tests.unit.emulator.harness import LocalEnvironment

ETAG = "@odata.etag"


def select(local: LocalEnvironment, text: str, entity_set: str = "contacts") -> list[Any]:
    rows = local.get(f"{entity_set}?sql={quote(text, safe='')}")["value"]
    return [{name: value for name, value in row.items() if name != ETAG} for row in rows]


def names(local: LocalEnvironment, condition: str) -> list[str]:
    text = f"SELECT lastname FROM contact WHERE {condition} ORDER BY lastname"  # noqa: S608 - a test
    return [row["lastname"] for row in select(local, text)]


@pytest.mark.parametrize(
    ("condition", "option"),
    [
        ("lastname = 'Whitlock'", "lastname eq 'Whitlock'"),
        ("lastname = N'O''Malley'", "lastname eq 'O''Malley'"),
        ("lastname <> 'Whitlock'", "lastname ne 'Whitlock'"),
        ("lastname != 'Whitlock' AND lastname > 'K'", "lastname ne 'Whitlock' and lastname gt 'K'"),
        ("lastname LIKE 'A%'", "startswith(lastname,'A')"),
        ("lastname NOT LIKE '%a%'", "not contains(lastname,'a')"),
        ("lastname IN ('Whitlock','Karagul')", "lastname eq 'Whitlock' or lastname eq 'Karagul'"),
        ("lastname NOT IN ('Whitlock')", "lastname ne 'Whitlock'"),
        ("jobtitle IS NULL", "jobtitle eq null"),
        ("[jobtitle] IS NOT NULL;", "jobtitle ne null"),
        ("statecode = 0 and statecode <= 1", "statecode eq 0"),
        ("statecode BETWEEN 1 AND 2", "statecode eq 1"),
        (
            "lastname = 'Karagul' OR lastname = 'Whitlock' AND firstname = 'x'",
            "lastname eq 'Karagul'",
        ),
        (
            "(lastname = 'Karagul' OR lastname = 'Whitlock') AND firstname = 'Deniz'",
            "lastname eq 'Karagul' and firstname eq 'Deniz'",
        ),
    ],
)
def test_condition_selects_the_rows_of_the_same_filter(
    local: LocalEnvironment, condition: str, option: str
) -> None:
    wanted = local.get(f"contacts?$select=lastname&$filter={option}&$orderby=lastname")["value"]
    found = names(local, condition.removesuffix(";"))
    assert found == [row["lastname"] for row in wanted]


def test_columns_may_have_other_names_and_rows_an_order(local: LocalEnvironment) -> None:
    rows = select(local, "select top 2 c.lastname as family from contact as c order by family desc")
    assert [row["family"] for row in rows] == ["Whitlock", "Ravenscroft"]


def test_joined_tables_bring_their_columns(local: LocalEnvironment) -> None:
    text = (
        "SELECT a.name, c.fullname AS person, u.fullname FROM account a "
        "INNER JOIN contact c ON a.primarycontactid = c.contactid "
        "LEFT JOIN systemuser u ON u.systemuserid = c.ownerid "
        "WHERE c.lastname = 'Lindqvist' ORDER BY c.lastname, a.name"
    )
    (row,) = select(local, text, "accounts")
    assert (row["name"], row["person"], row["fullname"]) == (
        "Larkspur Outfitters",
        "Marta Lindqvist",
        "Robin Agent",
    )


def test_groups_are_counted_and_ordered(local: LocalEnvironment) -> None:
    text = (
        "SELECT a.name, COUNT(c.contactid) AS n FROM account a "
        "JOIN contact c ON a.accountid = c.parentcustomerid GROUP BY a.name ORDER BY n DESC, a.name"
    )
    rows = select(local, text, "accounts")
    assert rows[0] == {"name": "Larkspur Outfitters", "n": 2}
    assert [row["n"] for row in rows[1:]] == [1] * (len(rows) - 1)
    assert select(local, "SELECT COUNT(*) AS n FROM contact") == [{"n": 9}]
    distinct = select(local, "SELECT COUNT(DISTINCT statecode) AS n FROM contact")
    assert distinct == [{"n": 1}]


def test_pages_are_asked_for_by_number_or_followed(local: LocalEnvironment) -> None:
    text = "SELECT lastname FROM contact ORDER BY lastname OFFSET {} ROWS FETCH NEXT 4 ROWS ONLY"
    pages = [select(local, text.format(offset)) for offset in (0, 4, 8)]
    assert [len(page) for page in pages] == [4, 4, 1]
    assert [row["lastname"] for page in pages for row in page] == names(local, "statecode = 0")


def test_conditions_nest_as_deep_as_is_allowed(local: LocalEnvironment) -> None:
    opened, closed = "(lastname = 'x' OR (lastname <> 'x' AND " * 12, "))" * 12
    assert names(local, f"{opened}lastname = 'Whitlock'{closed}") == ["Whitlock"]


FROM = "SELECT c.lastname FROM contact c "
WHERE = "SELECT lastname FROM contact WHERE "
JOINS = " ".join(f"JOIN account a{n} ON a{n}.accountid = c.parentcustomerid" for n in range(16))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("DELETE FROM contact", "0x80040203"),
        ("SELECT TOP " + "9" * 5000 + " lastname FROM contact", "0x80040203"),
        (f"{WHERE}{' OR '.join(501 * ['a = 1'])}", "0x80040203"),
        (f"{WHERE}{'(' * 25}a = 1{')' * 25}", "0x80040203"),
        (f"{FROM}{JOINS}", "0x80040203"),
        ("SELECT * FROM contact", "0x80040203"),
        ("SELECT fullname FROM contact HAVING 1", "0x80040203"),
        ("SELECT fullname FROM contact WHERE fullname", "0x80040203"),
        ("SELECT fullname FROM contact WHERE fullname = (SELECT 1)", "0x80040203"),
        ("SELECT fullname FROM contact; DROP TABLE contact", "0x80040203"),
        ("SELECT UPPER(fullname) FROM contact", "0x80040203"),
        ("SELECT fullname, COUNT(*) FROM contact", "0x80040203"),
        ("SELECT TOP 5001 fullname FROM contact", "0x80040203"),
        ("SELECT x.fullname FROM contact c", "0x80040203"),
        ("SELECT fullname FROM contact c JOIN account c ON c.a = c.b", "0x80040203"),
        ("SELECT fullname FROM contact WHERE fullname = 'x", "0x80040203"),
        ("SELECT fullname FROM contact WHERE " + "(" * 60, "0x80040203"),
        ('SELECT fullname FROM contact "; --', "0x80040203"),
        ("SELECT nope FROM contact", "0x80041103"),
        ("SELECT name FROM account", "0x80041128"),
    ],
)
def test_what_is_outside_of_the_subset_is_refused(
    local: LocalEnvironment, text: str, code: str
) -> None:
    assert local.refusal(400, "GET", f"contacts?sql={quote(text, safe='')}")[0] == code


def test_joined_table_needs_its_own_privilege(local: LocalEnvironment) -> None:
    role = f"roles({ADMINISTRATOR})/Microsoft.Dynamics.CRM.RemovePrivilegeRole"
    local.expect(204, "POST", role, {"PrivilegeId": privilege_id("prvReadAccount")})
    text = "SELECT c.fullname FROM contact c JOIN account a ON c.parentcustomerid = a.accountid"
    local.refusal(403, "GET", f"contacts?sql={quote(text)}")
