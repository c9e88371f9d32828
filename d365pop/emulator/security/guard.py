"""Refuses what a caller may not do, in the platform's words."""

from http import HTTPStatus

from d365pop.emulator.environment import Caller, Environment
from d365pop.emulator.faults import Fault
from d365pop.emulator.metadata import Table
from d365pop.emulator.security.privileges import (
    METHODS,
    OPERATIONS,
    privilege_id,
    privilege_name,
)
from d365pop.emulator.security.roles import privileges_of, role_ids_of

DENIED = "0x80040220"
NOT_A_MEMBER = "0x80072560"
DISABLED = "0x80040225"


def check_member(environment: Environment, user_id: str) -> None:
    """Demand that who signed in is a user of this environment.

    Raises:
        Fault: nobody knows them here, or they are disabled.
    """
    user = environment.store.get(environment.table("systemuser"), user_id)
    if user is None:
        raise Fault(
            HTTPStatus.FORBIDDEN, NOT_A_MEMBER, "The user is not a member of the organization."
        )
    if user["isdisabled"]:
        raise Fault(
            HTTPStatus.FORBIDDEN,
            DISABLED,
            "The specified user is either disabled or is not a member of any business unit.",
        )


def check_rows(environment: Environment, caller: Caller, table: Table, method: str) -> None:
    """Demand the privilege for a request to rows of a table.

    Raises:
        Fault: the caller lacks it.
    """
    right = METHODS.get(method, "Read")
    _demand(environment, caller, privilege_name(right, table), table)


def check_operation(environment: Environment, caller: Caller, name: str) -> None:
    """Demand the privileges that an action or a function needs.

    Raises:
        Fault: the caller lacks one.
    """
    for privilege in OPERATIONS.get(name, ()):
        _demand(environment, caller, privilege, None)


def _demand(environment: Environment, caller: Caller, name: str, table: Table | None) -> None:
    held = privileges_of(environment, caller.user_id)
    if name in held:
        return
    user = environment.store.get(environment.table("systemuser"), caller.user_id) or {}
    label = table.logical_name.capitalize() if table else ""
    raise Fault(
        HTTPStatus.FORBIDDEN,
        DENIED,
        f"Principal user (Id={caller.user_id}, type=8, "
        f"roleCount={len(role_ids_of(environment, caller.user_id))}, privilegeCount={len(held)}, "
        f"accessMode={user.get('accessmode') or 0}), is missing {name} privilege "
        f"(Id={privilege_id(name)}) on OTC={table.object_type_code if table else 0} for entity "
        f"'{table.logical_name if table else ''}' (LocalizedName='{label}'). "
        f"context.Caller={caller.user_id}",
    )
