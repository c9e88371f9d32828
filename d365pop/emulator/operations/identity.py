"""WhoAmI, RetrieveVersion, RetrieveCurrentOrganization, RetrieveRolePrivilegesRole."""

import re

from d365pop.emulator.auth import TENANT_ID
from d365pop.emulator.bound import role_privileges
from d365pop.emulator.environment import VERSION
from d365pop.emulator.faults import bad_request
from d365pop.emulator.operations.base import Call, Operation
from d365pop.emulator.protocol import JsonObject
from d365pop.emulator.security.roles import privileges_of_role
from d365pop.emulator.writing import existing_row

ACCESS = re.compile(
    r"[012]|(?:Microsoft\.Dynamics\.CRM\.EndpointAccessType)?'?(?:Default|Internet|Intranet)'?"
)
"""How clients write a value of the enumeration."""


def _who_am_i(call: Call) -> JsonObject:
    environment = call.environment
    user = environment.store.get(environment.table("systemuser"), call.caller.user_id)
    return {
        "BusinessUnitId": user["businessunitid"] if user else None,
        "UserId": call.caller.user_id,
        "OrganizationId": environment.store.setting("organization_id"),
    }


def _retrieve_version(call: Call) -> JsonObject:
    del call
    return {"Version": VERSION}


def _current_organization(call: Call) -> JsonObject:
    """Tell of the environment itself.

    https://learn.microsoft.com/power-apps/developer/data-platform/webapi/reference/organizationdetail
    ASSUMED: every value but the ids, the name and the version; that one endpoint is enough.
    """
    if not ACCESS.fullmatch(str(call.parameters.get("AccessType"))):
        raise bad_request("The parameter 'AccessType' is no 'EndpointAccessType'.")
    environment = call.environment
    organization_id = str(environment.store.setting("organization_id"))
    row = environment.store.get(environment.table("organization"), organization_id) or {}
    name = str(row.get("name") or "")
    return {
        "Detail": {
            "OrganizationId": organization_id,
            "FriendlyName": name,
            "OrganizationVersion": VERSION,
            "EnvironmentId": organization_id,
            "DatacenterId": organization_id,
            "Geo": "NA",
            "TenantId": TENANT_ID,
            "UrlName": name,
            "UniqueName": name,
            "State": "Enabled",
            "SchemaType": "Standard",
            "OrganizationType": "Developer",
            "Endpoints": {
                "Count": 1,
                "IsReadOnly": False,
                "Keys": ["WebApplication"],
                "Values": [call.root.partition("api/data/")[0]],
            },
        }
    }


def _role_privileges(call: Call) -> JsonObject:
    environment = call.environment
    role_id = call.text("RoleId").strip("{}").lower()
    role = existing_row(environment, environment.table("role"), role_id)
    held = privileges_of_role(environment, role_id)
    return {"RolePrivileges": role_privileges(held, role["businessunitid"])}


OPERATIONS = (
    Operation(
        "RetrieveCurrentOrganization",
        _current_organization,
        frozenset({"AccessType"}),
        is_function=True,
    ),
    Operation(
        "RetrieveRolePrivilegesRole", _role_privileges, frozenset({"RoleId"}), is_function=True
    ),
    Operation("WhoAmI", _who_am_i, is_function=True),
    Operation("RetrieveVersion", _retrieve_version, is_function=True),
)
