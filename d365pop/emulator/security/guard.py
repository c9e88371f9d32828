"""Refuses what a caller may not do, in the platform's words."""

from dataclasses import replace
from http import HTTPStatus

from d365pop.emulator.environment import Caller, Environment
from d365pop.emulator.faults import Fault, does_not_exist
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


def on_behalf_of(environment: Environment, caller: Caller, object_id: str, user_id: str) -> Caller:
    """Return the caller of a request that names another user, by either id, to act for.

    https://learn.microsoft.com/power-apps/developer/data-platform/webapi/impersonate-another-user-web-api

    Raises:
        Fault: there is no such user, or the caller may act for nobody.
    """
    if not object_id and not user_id:
        return caller
    _demand(environment, caller, "prvActOnBehalfOfAnotherUser", None)
    column = "azureactivedirectoryobjectid" if object_id else "systemuserid"
    named = (object_id or user_id).strip("{}").lower()
    user = environment.store.find_one(environment.table("systemuser"), column, named)
    if user is None:
        # ASSUMED: status, code and text.
        raise does_not_exist("systemuser", named)
    check_member(environment, str(user["systemuserid"]))
    return replace(caller, user_id=str(user["systemuserid"]), acting_id=caller.user_id)


def _demand(environment: Environment, caller: Caller, name: str, table: Table | None) -> None:
    """Demand a privilege of the user and of who acts for them: what both hold counts."""
    for user_id in (caller.user_id, caller.acting_id):
        if user_id:
            _demand_of(environment, user_id, name, table)


def _demand_of(environment: Environment, user_id: str, name: str, table: Table | None) -> None:
    held = privileges_of(environment, user_id)
    if name in held:
        return
    user = environment.store.get(environment.table("systemuser"), user_id) or {}
    label = table.logical_name.capitalize() if table else ""
    raise Fault(
        HTTPStatus.FORBIDDEN,
        DENIED,
        f"Principal user (Id={user_id}, type=8, "
        f"roleCount={len(role_ids_of(environment, user_id))}, privilegeCount={len(held)}, "
        f"accessMode={user.get('accessmode') or 0}), is missing {name} privilege "
        f"(Id={privilege_id(name)}) on OTC={table.object_type_code if table else 0} for entity "
        f"'{table.logical_name if table else ''}' (LocalizedName='{label}'). "
        f"context.Caller={user_id}",
    )
