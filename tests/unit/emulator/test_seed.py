"""The seed: its forms are valid, its people are invented, its numbers belong to fiction."""

import json
import re

import pytest
from lxml import etree

from d365pop.emulator.security.privileges import all_privileges
from d365pop.emulator.security.roles import privileges_of_role, revoke
from d365pop.emulator.seed import plant
from d365pop.emulator.seed_forms import FORMS, SeedForm, form_xml
from d365pop.emulator.seed_people import ACCOUNTS, CONTACTS, LEADS
from d365pop.emulator.seed_roles import ADMINISTRATOR, KNOWN, MAKER, ROLES
from d365pop.emulator.tables import CATALOG
from tests.unit.emulator.harness import LocalEnvironment

FICTION = re.compile(
    r"(?:1?\d{3}55501\d\d(?:\d{1,2})?"  # 555-01xx, perhaps with an extension
    r"|(?:44|440|0)?(?:20794609\d\d|1134960\d{3}|1614960\d{3}|2920180\d{3}|7700900\d{3}))"
)


def numbers() -> list[str]:
    columns = ("telephone1", "telephone2", "mobilephone", "fax")
    rows = (*ACCOUNTS, *CONTACTS, *LEADS)
    return [row[column] for row in rows for column in columns if column in row]


@pytest.mark.parametrize("number", numbers())
def test_number_is_reserved_for_fiction(number: str) -> None:
    digits = re.sub(r"\D", "", number).removeprefix("00")
    assert FICTION.fullmatch(digits), number


def test_addresses_lead_nowhere() -> None:
    mails = [row["emailaddress1"] for row in (*ACCOUNTS, *CONTACTS, *LEADS)]
    assert all(mail.endswith(".example") for mail in mails)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.table)
def test_form_shows_only_columns_of_its_table(form: SeedForm) -> None:
    root = etree.fromstring(form_xml(form))
    names = {control.get("datafieldname") for control in root.iter("control")}
    assert names <= set(CATALOG.by_name[form.table].columns)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.table)
def test_form_has_no_id_twice(form: SeedForm) -> None:
    root = etree.fromstring(form_xml(form))
    ids = [item.get("id") for tag in ("tab", "section", "cell") for item in root.iter(tag)]
    assert len(ids) == len(set(ids)) > 5


@pytest.mark.parametrize("table", ["account", "contact", "lead"])
def test_each_searched_table_has_one_active_main_form(local: LocalEnvironment, table: str) -> None:
    query = f"objecttypecode eq '{table}' and type eq 2 and formactivationstate eq 1"
    rows = local.get(f"systemforms?$select=name&$filter={query}")["value"]
    assert len(rows) == 1


def test_table_definitions_are_found_as_clients_ask_for_them(local: LocalEnvironment) -> None:
    query = (
        "%24select=LogicalName%2CEntitySetName%2CPrimaryIdAttribute"
        "&%24filter=LogicalName+eq+%27webresource%27"
    )
    (row,) = local.get(f"EntityDefinitions?{query}")["value"]
    assert row.pop("MetadataId")
    assert row == {
        "LogicalName": "webresource",
        "EntitySetName": "webresourceset",
        "PrimaryIdAttribute": "webresourceid",
    }
    local.refusal(400, "GET", "EntityDefinitions?$select=Nope")
    local.refusal(400, "GET", "EntityDefinitions?$top=1")
    local.refusal(400, "GET", "EntityDefinitions?$filter=contains(LogicalName,'a')")
    local.refusal(400, "GET", "EntityDefinitions?$filter=Nope eq 'a'")
    local.refusal(405, "POST", "EntityDefinitions", {})
    either = "LogicalName eq 'lead' or LogicalName eq 'contact' and IsActivity eq false"
    found = local.get(f"EntityDefinitions?$select=LogicalName&$filter={either}")["value"]
    assert [item["LogicalName"] for item in found] == ["contact", "lead"]
    local.refusal(404, "GET", "EntityDefinitions(LogicalName='nope')")
    one = local.get("EntityDefinitions(LogicalName='contact')?$select=EntitySetName")
    assert one["EntitySetName"] == "contacts"


@pytest.mark.parametrize("noted", [True, False], ids=["noted", "before-notes"])
def test_roles_of_an_earlier_state_get_what_is_new_and_nothing_that_was_taken(
    local: LocalEnvironment, *, noted: bool
) -> None:
    store = local.environment.store
    later = {name for name in all_privileges(CATALOG) if "channelprovider" in name}
    held = later & privileges_of_role(local.environment, MAKER).keys()
    for role_id in ROLES:
        revoke(local.environment, role_id, later)
    revoke(local.environment, ADMINISTRATOR, ["prvReadContact"])
    known = set(json.loads(store.setting(KNOWN))) - later if noted else ()
    store.set_setting(KNOWN, json.dumps(sorted(known)) if noted else "")
    local.refusal(403, "GET", "msdyn_channelproviders")
    plant(local.environment)
    assert local.get("msdyn_channelproviders")["value"] == []
    assert later & privileges_of_role(local.environment, MAKER).keys() == held
    local.refusal(403, "GET", "contacts")
    revoke(local.environment, ADMINISTRATOR, later)
    plant(local.environment)
    local.refusal(403, "GET", "msdyn_channelproviders")
