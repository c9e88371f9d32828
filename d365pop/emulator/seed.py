"""What a fresh environment holds: our own invented data under the platform's own names."""

from d365pop.emulator.applications import Application, register
from d365pop.emulator.auth import CLIENT_ID, CLIENT_SECRET, STRANGER_ID
from d365pop.emulator.environment import Caller, Environment
from d365pop.emulator.metadata import Row
from d365pop.emulator.seed_forms import FORMS, form_xml
from d365pop.emulator.seed_people import (
    ACCOUNT_IDS,
    ACCOUNTS,
    CONTACT_IDS,
    CONTACTS,
    LEAD_IDS,
    LEADS,
    Person,
)
from d365pop.emulator.seed_roles import plant_assignments, plant_new_privileges, plant_roles
from d365pop.emulator.seed_views import app, profile, views
from d365pop.emulator.store import Selection
from d365pop.emulator.writing import new_row

ORGANIZATION_ID = "d3650000-0000-4000-8000-000000000010"
BUSINESS_UNIT_ID = "d3650000-0000-4000-8000-000000000020"
ADMINISTRATOR_ID = "d3650000-0000-4000-8000-000000000030"
AGENT_ID = "d3650000-0000-4000-8000-000000000031"
DEFAULT_PUBLISHER_ID = "d21aab71-79e7-11dd-8874-00188b01e34f"
MICROSOFT_PUBLISHER_ID = "d3650000-0000-4000-8000-000000000041"
DEFAULT_SOLUTION_ID = "fd140aaf-4df4-11dd-bd17-0019b9312238"
ACTIVE_SOLUTION_ID = "fd140aae-4df4-11dd-bd17-0019b9312238"
SYSTEM_SOLUTION_ID = "fd140aad-4df4-11dd-bd17-0019b9312238"
ICON_ID = "d3650000-0000-4000-8000-000000000061"
PLATFORM_VERSION = "9.2.0.0"
READ_WRITE, NON_INTERACTIVE = 0, 4
CUSTOMERS = frozenset({"account", "contact", "lead"})

SYSTEM_ICON = "msdyn_/Images/AppModule_Default_Icon.png"
# One transparent pixel: the platform's picture is not ours to copy.
PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk"
    "+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)

PUBLISHERS = (
    (
        DEFAULT_PUBLISHER_ID,
        "DefaultPublisherd365poplocal",
        "Default Publisher for d365pop-local",
        "new",
    ),
    (MICROSOFT_PUBLISHER_ID, "MicrosoftCorporation", "MicrosoftCorporation", ""),
)
SOLUTIONS = (
    (DEFAULT_SOLUTION_ID, "Default", "Default Solution", "1.0", False, DEFAULT_PUBLISHER_ID),
    (ACTIVE_SOLUTION_ID, "Active", "Active Solution", "1.0", False, DEFAULT_PUBLISHER_ID),
    (SYSTEM_SOLUTION_ID, "System", "System Solution", "1.0", True, MICROSOFT_PUBLISHER_ID),
    (
        "d3650000-0000-4000-8000-000000000051",
        "Basic",
        "Basic Solution",
        PLATFORM_VERSION,
        True,
        MICROSOFT_PUBLISHER_ID,
    ),
    (
        "d3650000-0000-4000-8000-000000000052",
        "AppModuleWebResources",
        "App Module Web Resources",
        "2.5",
        True,
        MICROSOFT_PUBLISHER_ID,
    ),
)


def plant(environment: Environment) -> None:
    """Fill an environment that is empty; leave any other as it is."""
    if environment.store.setting("seeded"):
        if environment.store.count(environment.table("role"), Selection()) == 0:
            # A state file of a version without roles.
            _plant_security(environment)
        elif environment.store.count(environment.table("systemuserroles"), Selection()) == 0:
            # One that kept elsewhere who has them.
            plant_assignments(environment, ADMINISTRATOR_ID, AGENT_ID)
        plant_new_privileges(environment)
        return
    with environment.store.transaction():
        environment.store.set_setting("organization_id", ORGANIZATION_ID)
        _plant_organization(environment)
        _plant_security(environment)
        _plant_solutions(environment)
        _plant_icon(environment)
        _plant_forms(environment)
        _plant_views(environment)
        _plant_customers(environment)
        environment.store.set_setting("seeded", "1")


def _plant_security(environment: Environment) -> None:
    plant_roles(environment, BUSINESS_UNIT_ID, ORGANIZATION_ID)
    plant_assignments(environment, ADMINISTRATOR_ID, AGENT_ID)
    for client_id in (CLIENT_ID, STRANGER_ID):
        register(environment, Application(client_id, secret=CLIENT_SECRET))


def reset(environment: Environment) -> None:
    """Bring an environment back to what a fresh one holds."""
    with environment.store.transaction():
        version = environment.store.setting("version")
        environment.store.clear()
        environment.privileges.clear()
        # Versions never repeat: an ETag from before the reset must not fit anything after it.
        environment.store.set_setting("version", version)
        plant(environment)


def _add(environment: Environment, logical_name: str, row: Row) -> None:
    table = environment.table(logical_name)
    base = new_row(environment, Caller(ADMINISTRATOR_ID), table)
    if logical_name in CUSTOMERS:
        for name in ("ownerid", "owninguser"):
            base |= _link(name, "systemuser", AGENT_ID)
    environment.store.insert(table, base | row)


def _link(name: str, target: str, row_id: str) -> Row:
    return {name: row_id, f"{name}__type": target}


def _plant_organization(environment: Environment) -> None:
    organization: Row = {
        "organizationid": ORGANIZATION_ID,
        "name": "d365pop-local",
        "blockedattachments": "exe;dll;ps1",
        "basecurrencysymbol": "$",
    }
    _add(environment, "organization", organization)
    unit: Row = {"businessunitid": BUSINESS_UNIT_ID, "name": "d365pop-local"}
    link = _link("organizationid", "organization", ORGANIZATION_ID)
    _add(environment, "businessunit", unit | link)
    _plant_user(environment, ADMINISTRATOR_ID, ("#", "d365pop deployment"), CLIENT_ID)
    _plant_user(environment, AGENT_ID, ("Robin", "Agent"), None)


def _plant_user(
    environment: Environment, user_id: str, names: tuple[str, str], application_id: str | None
) -> None:
    """Add a user; one with an application id signs in by secret."""
    first, last = names
    user: Row = {
        "systemuserid": user_id,
        "firstname": first,
        "lastname": last,
        "fullname": f"{first} {last}",
        "domainname": f"{last.lower().replace(' ', '.')}@d365pop.example",
        "accessmode": NON_INTERACTIVE if application_id else READ_WRITE,
        "applicationid": application_id,
        "azureactivedirectoryobjectid": user_id.replace("-8000-", "-9000-"),
        "organizationid": ORGANIZATION_ID,
    }
    link = _link("businessunitid", "businessunit", BUSINESS_UNIT_ID)
    _add(environment, "systemuser", user | link)


def _plant_solutions(environment: Environment) -> None:
    for publisher_id, name, label, prefix in PUBLISHERS:
        publisher: Row = {
            "publisherid": publisher_id,
            "uniquename": name,
            "friendlyname": label,
            "customizationprefix": prefix,
            "customizationoptionvalueprefix": 10000,
            "isreadonly": int(publisher_id == MICROSOFT_PUBLISHER_ID),
        }
        _add(environment, "publisher", publisher)
    for solution_id, name, label, version, managed, publisher_id in SOLUTIONS:
        solution: Row = {
            "solutionid": solution_id,
            "uniquename": name,
            "friendlyname": label,
            "version": version,
            "ismanaged": int(managed),
            "isvisible": int(not managed),
            "installedon": environment.timestamp(),
        }
        _add(environment, "solution", solution | _link("publisherid", "publisher", publisher_id))


def _plant_icon(environment: Environment) -> None:
    """Add the one platform web resource that real packages are known to require."""
    icon: Row = {
        "webresourceid": ICON_ID,
        "name": SYSTEM_ICON,
        "displayname": SYSTEM_ICON,
        "webresourcetype": 5,
        "content": PIXEL,
        "ismanaged": 1,
        "solutionid": SOLUTIONS[-1][0],
    }
    _add(environment, "webresource", icon)


def _plant_forms(environment: Environment) -> None:
    for form in FORMS:
        _add(
            environment,
            "systemform",
            {
                "formid": form.form_id,
                "name": form.name,
                "description": form.description,
                "objecttypecode": form.table,
                "type": 2,
                "isdefault": int(form.is_default),
                "formxml": form_xml(form),
                "ismanaged": 1,
                "solutionid": SYSTEM_SOLUTION_ID,
                "publishedon": environment.timestamp(),
            },
        )


def _plant_views(environment: Environment) -> None:
    shared: Row = {"solutionid": SYSTEM_SOLUTION_ID}
    for view in views():
        _add(environment, "savedquery", view | shared)
    publisher = _link("publisherid", "publisher", MICROSOFT_PUBLISHER_ID)
    published: Row = {"publishedon": environment.timestamp()}
    _add(environment, "appmodule", app(ICON_ID) | shared | publisher | published)
    _add(environment, "msdyn_appconfiguration", profile())


def _plant_customers(environment: Environment) -> None:
    for index, person in enumerate(CONTACTS):
        account_id = ACCOUNT_IDS[index % len(ACCOUNT_IDS)]
        row = _named(person) | {"contactid": CONTACT_IDS[index]}
        _add(environment, "contact", row | _link("parentcustomerid", "account", account_id))
    for index, account in enumerate(ACCOUNTS):
        row = {**account, "accountid": ACCOUNT_IDS[index]}
        _add(environment, "account", row | _link("primarycontactid", "contact", CONTACT_IDS[index]))
    for index, lead in enumerate(LEADS):
        _add(environment, "lead", _named(lead) | {"leadid": LEAD_IDS[index]})


def _named(person: Person) -> Row:
    return {**person, "fullname": f"{person['firstname']} {person['lastname']}"}
