"""Rows above and under one another, and how many: FetchXML and query functions alike."""

from functools import cache
from urllib.parse import quote

import pytest

from d365pop.emulator import seed
from tests.unit.emulator.harness import LocalEnvironment, PackageSource
from tests.unit.emulator.solution_parts import install
from tests.unit.emulator.test_custom_tables import attribute, entity

GONE = "00000000-0000-4000-8000-00000000dead"
CRM = "Microsoft.Dynamics.CRM."
TREE = {"top": "", "left": "top", "right": "top", "leaf": "left", "other": ""}
"""Accounts by name, each with the one above it."""
FUNCTIONS = {
    "above": "Above",
    "eq-or-above": "AboveOrEqual",
    "under": "Under",
    "eq-or-under": "UnderOrEqual",
    "not-under": "NotUnder",
}


@cache
def forest() -> tuple[LocalEnvironment, dict[str, str]]:
    """Return an environment with these accounts only, and their ids."""
    local, ids = LocalEnvironment(), dict[str, str]()
    for row in local.get("accounts?$select=accountid")["value"]:
        local.expect(204, "DELETE", f"accounts({row['accountid']})")
    for name, above in TREE.items():
        body = {"name": name}
        if above:
            body["parentaccountid@odata.bind"] = f"accounts({ids[above]})"
        ids[name] = local.create("accounts", body)
    return local, ids


def fetched(inner: str, entity: str = "account", path: str = "accounts") -> list[dict[str, object]]:
    local, _ = forest()
    fetch = f"<fetch><entity name='{entity}'>{inner}</entity></fetch>"
    rows: list[dict[str, object]] = local.get(f"{path}?fetchXml={quote(fetch)}")["value"]
    return rows


@pytest.mark.parametrize(
    ("operator", "name", "found"),
    [
        ("above", "leaf", ["left", "top"]),
        ("above", "top", []),
        ("eq-or-above", "leaf", ["leaf", "left", "top"]),
        ("under", "top", ["leaf", "left", "right"]),
        ("under", "leaf", []),
        ("eq-or-under", "left", ["leaf", "left"]),
        ("not-under", "top", ["other", "top"]),
    ],
)
def test_rows_are_found_by_their_place_in_a_hierarchy(
    operator: str, name: str, found: list[str]
) -> None:
    local, ids = forest()
    condition = f"<condition attribute='accountid' operator='{operator}' value='{ids[name]}'/>"
    fetch = f"<attribute name='name'/><order attribute='name'/><filter>{condition}</filter>"
    assert [row["name"] for row in fetched(fetch)] == found
    given = f"PropertyName='accountid',PropertyValue='{ids[name]}'"
    assert local.filtered("accounts", "name", f"{CRM}{FUNCTIONS[operator]}({given})") == found


def test_lookup_into_a_hierarchy_is_asked_alike() -> None:
    local, ids = forest()
    bound = {"parentcustomerid_account@odata.bind": f"accounts({ids['leaf']})"}
    local.create("contacts", {"lastname": "Low", **bound})
    under = f"{CRM}Under(PropertyName='_parentcustomerid_value',PropertyValue='{{}}')"
    assert local.filtered("contacts", "lastname", under.format(ids["top"])) == ["Low"]
    assert local.filtered("contacts", "lastname", under.format(ids["right"])) == []


def test_hierarchy_that_goes_in_a_circle_is_walked_once() -> None:
    local = LocalEnvironment()
    first = local.create("accounts", {"name": "first"})
    bound = {"parentaccountid@odata.bind": f"accounts({first})"}
    second = local.create("accounts", {"name": "second", **bound})
    back = {"parentaccountid@odata.bind": f"accounts({second})"}
    local.expect(204, "PATCH", f"accounts({first})", back)
    under = f"{CRM}Under(PropertyName='accountid',PropertyValue='{first}')"
    assert local.filtered("accounts", "name", under) == ["first", "second"]


@pytest.mark.parametrize("suffix", ["", "andteams"])
def test_reports_of_the_caller_are_found(suffix: str) -> None:
    local = LocalEnvironment()
    manager = {"parentsystemuserid@odata.bind": f"systemusers({seed.ADMINISTRATOR_ID})"}
    condition = f"<condition attribute='ownerid' operator='eq-useroruserhierarchy{suffix}'/>"
    fetch = f"<fetch><entity name='account'><filter>{condition}</filter></entity></fetch>"
    path = f"accounts?fetchXml={quote(fetch)}"
    assert local.get(path)["value"] == []
    local.expect(204, "PATCH", f"systemusers({seed.AGENT_ID})", manager)
    owners = {row["_ownerid_value"] for row in local.get(path)["value"]}
    assert owners == {seed.AGENT_ID}


def test_children_are_counted_row_by_row() -> None:
    inner = (
        "<attribute name='name'/><order attribute='name'/>"
        "<attribute name='accountid' rowaggregate='CountChildren' alias='children'/>"
    )
    counted = {row["name"]: row["children"] for row in fetched(inner)}
    assert counted == {"top": 2, "left": 1, "right": 0, "leaf": 0, "other": 0}


@pytest.mark.parametrize(
    ("inner", "code"),
    [
        ("<attribute name='accountid' rowaggregate='CountAll' alias='x'/>", "0x8004111a"),
        ("<attribute name='name' rowaggregate='CountChildren' alias='x'/>", "0x8004111a"),
        ("<attribute name='accountid' rowaggregate='CountChildren'/>", "0x80041109"),
        (
            f"<filter><condition attribute='name' operator='under' value='{GONE}'/></filter>",
            "0x80041106",
        ),
        (
            "<filter><condition attribute='accountid' operator='above' value='x'/></filter>",
            "0x80041108",
        ),
        ("<filter><condition attribute='accountid' operator='above'/></filter>", "0x80041106"),
    ],
)
def test_wrong_question_about_a_hierarchy_is_refused(inner: str, code: str) -> None:
    fetch = f"<fetch><entity name='account'>{inner}</entity></fetch>"
    assert forest()[0].refusal(400, "GET", f"accounts?fetchXml={quote(fetch)}")[0] == code


def test_relationship_of_a_package_makes_a_hierarchy() -> None:
    local = LocalEnvironment()
    ticket = entity(
        "smp_Ticket",
        attribute("smp_TicketId", "primarykey"),
        attribute("smp_Name", "nvarchar", "<DisplayMask>PrimaryName</DisplayMask>"),
        attribute("smp_Parent", "lookup"),
    )
    relationship = (
        '<EntityRelationship Name="smp_ticket_ticket">'
        "<EntityRelationshipType>OneToMany</EntityRelationshipType><IsHierarchical>1"
        "</IsHierarchical><ReferencingEntityName>smp_Ticket</ReferencingEntityName>"
        "<ReferencedEntityName>smp_Ticket</ReferencedEntityName>"
        "<ReferencingAttributeName>smp_Parent</ReferencingAttributeName></EntityRelationship>"
    )
    sections = (
        f"<Entities>{ticket}</Entities><EntityRelationships>{relationship}</EntityRelationships>"
    )
    install(local, PackageSource(unique_name="Desk", customizations=sections))
    top = local.create("smp_tickets", {"smp_name": "top"})
    local.create("smp_tickets", {"smp_name": "low", "smp_Parent@odata.bind": f"smp_tickets({top})"})
    under = f"{CRM}Under(PropertyName='smp_ticketid',PropertyValue='{top}')"
    assert local.filtered("smp_tickets", "smp_name", under) == ["low"]


def test_children_of_a_table_without_hierarchy_are_refused() -> None:
    fetch = (
        "<fetch><entity name='contact'><attribute name='contactid' "
        "rowaggregate='CountChildren' alias='x'/></entity></fetch>"
    )
    code, message = forest()[0].refusal(400, "GET", f"contacts?fetchXml={quote(fetch)}")
    assert (code, "no hierarchical relationship" in message) == ("0x80041106", True)
