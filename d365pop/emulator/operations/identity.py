"""WhoAmI and RetrieveVersion."""

from d365pop.emulator.environment import VERSION
from d365pop.emulator.operations.base import Call, Operation
from d365pop.emulator.protocol import JsonObject


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


OPERATIONS = (
    Operation("WhoAmI", _who_am_i, is_function=True),
    Operation("RetrieveVersion", _retrieve_version, is_function=True),
)
