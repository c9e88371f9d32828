"""Roles as rows: what they hold, who has them, and what that adds up to."""

import json
from collections.abc import Iterable, Mapping
from enum import StrEnum

from d365pop.emulator.environment import Environment
from d365pop.emulator.store import Selection


class Depth(StrEnum):
    """How far a privilege reaches; the later, the further."""

    BASIC = "Basic"
    LOCAL = "Local"
    DEEP = "Deep"
    GLOBAL = "Global"


ORDER = list(Depth)


def grant(environment: Environment, role_id: str, privileges: Mapping[str, Depth]) -> None:
    """Give a role privileges, or change how deep they are."""
    with environment.store.transaction():
        _hold(environment, role_id, {**privileges_of_role(environment, role_id), **privileges})


def revoke(environment: Environment, role_id: str, privileges: Iterable[str]) -> None:
    """Take privileges from a role."""
    gone = set(privileges)
    with environment.store.transaction():
        held = privileges_of_role(environment, role_id)
        _hold(environment, role_id, {name: held[name] for name in held.keys() - gone})


def _hold(environment: Environment, role_id: str, held: Mapping[str, Depth]) -> None:
    table = environment.table("d365pop_roleprivilege")
    text = json.dumps(held, sort_keys=True)
    row = environment.store.find_one(table, "roleid", role_id)
    if row is None:
        environment.store.insert(
            table,
            {
                "d365pop_roleprivilegeid": environment.new_id(),
                "roleid": role_id,
                "held": text,
            },
        )
    else:
        environment.store.update(table, str(row["d365pop_roleprivilegeid"]), {"held": text})
    environment.privileges.clear()


def assign(environment: Environment, user_id: str, role_id: str) -> None:
    """Give a user a role that the user has not."""
    with environment.store.transaction():
        environment.store.insert(
            environment.table("systemuserroles"),
            {
                "systemuserrolesid": environment.new_id(),
                "systemuserid": user_id,
                "roleid": role_id,
            },
        )
        environment.privileges.clear()


def role_ids_of(environment: Environment, user_id: str) -> list[str]:
    """Return the roles of a user."""
    rows = environment.store.select(
        environment.table("systemuserroles"), Selection('t."systemuserid" = ?', (user_id,))
    )
    return [str(row["roleid"]) for row in rows]


def privileges_of_role(environment: Environment, role_id: str) -> dict[str, Depth]:
    """Return what a role holds, by name."""
    table = environment.table("d365pop_roleprivilege")
    row = environment.store.find_one(table, "roleid", role_id)
    held = json.loads(str(row["held"])) if row else {}
    return {name: Depth(depth) for name, depth in held.items()}


def privileges_of(environment: Environment, user_id: str) -> Mapping[str, str]:
    """Return what a user may do, by name, with how deep; kept until a role changes."""
    known = environment.privileges.get(user_id)
    if known is not None:
        return known
    # Roles change in transactions of their own: what is kept is never older than they are.
    with environment.store.transaction():
        found = _added_up(environment, user_id)
        environment.privileges[user_id] = found
    return found


def _added_up(environment: Environment, user_id: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for role_id in role_ids_of(environment, user_id):
        for name, depth in privileges_of_role(environment, role_id).items():
            if name not in found or ORDER.index(depth) > ORDER.index(Depth(found[name])):
                found[name] = depth
    return found
