"""Actions and functions that are bound to one row: the privileges of users and roles."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus

from d365pop.emulator.exchange import Exchange
from d365pop.emulator.faults import (
    bad_request,
    does_not_exist,
    method_not_allowed,
    unknown_segment,
)
from d365pop.emulator.metadata import CRM
from d365pop.emulator.odata.options import resolved, split_query
from d365pop.emulator.odata.path import Segment, unquote_literal
from d365pop.emulator.protocol import Json, Response
from d365pop.emulator.security.privileges import all_privileges, privilege_id
from d365pop.emulator.security.roles import (
    Depth,
    grant,
    privileges_of,
    privileges_of_role,
    revoke,
)
from d365pop.emulator.writing import existing_row


@dataclass(frozen=True, slots=True)
class Bound:
    """An action (POST) or function (GET) of one row."""

    method: str
    handler: Callable[[Exchange, str, Segment], Response]


def answer(
    exchange: Exchange, logical_name: str, row_id: str, rest: list[Segment]
) -> Response | None:
    """Answer what is bound to a row, None where nothing of the name is."""
    # The namespace is required of what is bound: a client without it would fail on the platform.
    bound = BOUND.get((logical_name, rest[0].name))
    if bound is None:
        return None
    if len(rest) > 1:
        raise unknown_segment(rest[1].name)
    if exchange.request.method != bound.method:
        raise method_not_allowed(exchange.request.method)
    existing_row(exchange.environment, exchange.environment.table(logical_name), row_id)
    return bound.handler(exchange, row_id, rest[0])


def _user_privileges(exchange: Exchange, user_id: str, called: Segment) -> Response:
    del called
    return _privileges(exchange, privileges_of(exchange.environment, user_id), user_id)


def _user_privilege(exchange: Exchange, user_id: str, called: Segment) -> Response:
    told = called.arguments.get("PrivilegeName", "")
    wanted = unquote_literal(resolved(told, split_query(exchange.request.query))).lower()
    held = privileges_of(exchange.environment, user_id)
    found = {name: depth for name, depth in held.items() if name.lower() == wanted}
    return _privileges(exchange, found, user_id)


def _privileges(exchange: Exchange, held: Mapping[str, str], user_id: str) -> Response:
    environment = exchange.environment
    user = existing_row(environment, environment.table("systemuser"), user_id)
    context = f"{exchange.root}$metadata#{CRM}RetrieveUserPrivilegesResponse"
    rows = role_privileges(held, user["businessunitid"])
    return exchange.answer({"@odata.context": context, "RolePrivileges": rows})


def role_privileges(held: Mapping[str, str], unit_id: Json) -> list[Json]:
    """Return privileges as the platform's functions list them."""
    return [
        {
            "Depth": str(depth),
            "PrivilegeId": privilege_id(name),
            "BusinessUnitId": unit_id,
            "PrivilegeName": name,
            "RecordFilterId": "00000000-0000-0000-0000-000000000000",
            "RecordFilterUniqueName": "",
        }
        for name, depth in sorted(held.items())
    ]


def _add_privileges(exchange: Exchange, role_id: str, called: Segment) -> Response:
    del called
    names = _names(exchange)
    given = exchange.body().get("Privileges")
    if not isinstance(given, list):
        raise bad_request("Required field 'Privileges' is missing")
    wanted: dict[str, Depth] = {}
    for item in given:
        told = item if isinstance(item, dict) else {}
        name = names.get(str(told.get("PrivilegeId", "")).strip("{}").lower(), "")
        depth = str(told.get("Depth", ""))
        if not name or depth not in set(Depth):
            raise bad_request(f"'{told.get('PrivilegeId')}' with depth '{depth}' is no privilege.")
        wanted[name] = Depth(depth)
    grant(exchange.environment, role_id, wanted)
    return Response(HTTPStatus.NO_CONTENT)


def _remove_privilege(exchange: Exchange, role_id: str, called: Segment) -> Response:
    del called
    privilege = str(exchange.body().get("PrivilegeId", "")).strip("{}").lower()
    name = _names(exchange).get(privilege, "")
    if name not in privileges_of_role(exchange.environment, role_id):
        raise does_not_exist("privilege", privilege)
    revoke(exchange.environment, role_id, [name])
    return Response(HTTPStatus.NO_CONTENT)


def _names(exchange: Exchange) -> dict[str, str]:
    return {privilege_id(name): name for name in all_privileges(exchange.environment.catalog)}


BOUND: Mapping[tuple[str, str], Bound] = {
    ("systemuser", f"{CRM}RetrieveUserPrivileges"): Bound("GET", _user_privileges),
    ("systemuser", f"{CRM}RetrieveUserPrivilegeByPrivilegeName"): Bound("GET", _user_privilege),
    ("role", f"{CRM}AddPrivilegesRole"): Bound("POST", _add_privileges),
    ("role", f"{CRM}RemovePrivilegeRole"): Bound("POST", _remove_privilege),
}
