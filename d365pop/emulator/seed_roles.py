"""The roles of a fresh environment: Microsoft's names with what matters here."""

import json

from d365pop.emulator.environment import Environment
from d365pop.emulator.security.privileges import (
    ACCESS_RIGHTS,
    MISCELLANEOUS,
    all_privileges,
    privilege_name,
)
from d365pop.emulator.security.roles import Depth, assign, grant, privileges_of_role

ADMINISTRATOR, CUSTOMIZER, MAKER, BASIC = (
    "d3650000-0000-4000-8000-000000000071",
    "d3650000-0000-4000-8000-000000000072",
    "d3650000-0000-4000-8000-000000000073",
    "d3650000-0000-4000-8000-000000000074",
)
ROLES = {
    ADMINISTRATOR: "System Administrator",
    CUSTOMIZER: "System Customizer",
    MAKER: "Environment Maker",
    BASIC: "Basic User",
}
KNOWN = "privileges"
"""The note of a state about which privileges its roles were given from."""
WORK = ("account", "contact", "lead", "phonecall", "activityparty", "userquery")
CUSTOMIZED = (
    *("webresource", "systemform", "solution", "publisher", "organization"),
    *("environmentvariabledefinition", "environmentvariablevalue", "importjob"),
    *("savedquery", "appmodule", "appaction", "msdyn_ciprovider"),
    *("msdyn_channelprovider", "msdyn_appconfiguration", "msdyn_notificationtemplate"),
    *("ribbondiff", "ribboncommand"),
)


def plant_roles(environment: Environment, unit_id: str, organization_id: str) -> None:
    """Add the privileges and the roles."""
    for role_id, name in ROLES.items():
        environment.store.insert(
            environment.table("role"),
            {
                "roleid": role_id,
                "name": name,
                "businessunitid": unit_id,
                "businessunitid__type": "businessunit",
                "organizationid": organization_id,
                "ismanaged": 1,
                "iscustomizable": 1,
                "canbedeleted": 0,
                "componentstate": 0,
                "isinherited": 1,
            },
        )
    for role_id, names in _given(environment).items():
        grant(environment, role_id, dict.fromkeys(names, Depth.GLOBAL))
    _note_known(environment)


def plant_new_privileges(environment: Environment) -> None:
    """Give the roles of an earlier version's state what that version did not know.

    The platform, too, gives its own roles the privileges of tables that come later. What somebody
    took from a role stays taken.
    """
    told = environment.store.setting(KNOWN)
    known = set(json.loads(told)) if told else _known_without_note(environment)
    new = all_privileges(environment.catalog).keys() - known
    if told and not new:
        return
    with environment.store.transaction():
        for role_id, names in _given(environment).items():
            if environment.store.get(environment.table("role"), role_id) is not None:
                grant(environment, role_id, dict.fromkeys(names & new, Depth.GLOBAL))
        _note_known(environment)


def _note_known(environment: Environment) -> None:
    environment.store.set_setting(KNOWN, json.dumps(sorted(all_privileges(environment.catalog))))


def _known_without_note(environment: Environment) -> set[str]:
    """Return the privileges of the tables that some role of the state has to do with."""
    held = {name for role_id in ROLES for name in privileges_of_role(environment, role_id)}
    rights = [
        {privilege_name(right, table) for right in ACCESS_RIGHTS}
        for table in environment.catalog.tables
    ]
    return set(MISCELLANEOUS).union(*(names for names in rights if names & held))


def _given(environment: Environment) -> dict[str, set[str]]:
    """Return the privileges that each role begins with."""
    everything = set(all_privileges(environment.catalog))
    reads = {name for name in everything if name.startswith("prvRead")}
    custom = {name for name in everything if name.endswith("Customization")}
    written = {
        privilege_name(right, environment.table(name))
        for name in CUSTOMIZED
        for right in ACCESS_RIGHTS
    }
    # As in one real organisation's roles: a maker writes neither forms nor web resources.
    made = {name for name in written if "SystemForm" not in name and "WebResource" not in name}
    work = {
        privilege_name(right, environment.table(name)) for name in WORK for right in ACCESS_RIGHTS
    }
    return {
        ADMINISTRATOR: everything,
        CUSTOMIZER: reads | custom | written,
        MAKER: reads | custom | made,
        BASIC: reads | work,
    }


def plant_assignments(environment: Environment, administrator_id: str, agent_id: str) -> None:
    """Give the two users of a fresh environment their roles."""
    assign(environment, administrator_id, ADMINISTRATOR)
    assign(environment, agent_id, BASIC)
