"""The roles of a fresh environment: Microsoft's names with what matters here."""

from d365pop.emulator.environment import Environment
from d365pop.emulator.security.privileges import (
    ACCESS_RIGHTS,
    all_privileges,
    privilege_name,
)
from d365pop.emulator.security.roles import Depth, assign, grant

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
    everything = all_privileges(environment.catalog)
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
    grant(environment, ADMINISTRATOR, dict.fromkeys(everything, Depth.GLOBAL))
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
    grant(environment, CUSTOMIZER, dict.fromkeys(reads | custom | written, Depth.GLOBAL))
    grant(environment, MAKER, dict.fromkeys(reads | custom | made, Depth.GLOBAL))
    grant(environment, BASIC, dict.fromkeys(reads | work, Depth.GLOBAL))


def plant_assignments(environment: Environment, administrator_id: str, agent_id: str) -> None:
    """Give the two users of a fresh environment their roles."""
    assign(environment, administrator_id, ADMINISTRATOR)
    assign(environment, agent_id, BASIC)
