"""WhoAmI, RetrieveVersion, RetrieveRolePrivilegesRole."""

from d365pop.emulator.bound import role_privileges
from d365pop.emulator.environment import VERSION
from d365pop.emulator.operations.base import Call, Operation
from d365pop.emulator.protocol import JsonObject
from d365pop.emulator.security.roles import privileges_of_role
from d365pop.emulator.writing import existing_row


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


def _role_privileges(call: Call) -> JsonObject:
    environment = call.environment
    role_id = call.text("RoleId").strip("{}").lower()
    role = existing_row(environment, environment.table("role"), role_id)
    held = privileges_of_role(environment, role_id)
    return {"RolePrivileges": role_privileges(held, role["businessunitid"])}


OPERATIONS = (
    Operation(
        "RetrieveRolePrivilegesRole", _role_privileges, frozenset({"RoleId"}), is_function=True
    ),
    Operation("WhoAmI", _who_am_i, is_function=True),
    Operation("RetrieveVersion", _retrieve_version, is_function=True),
)
