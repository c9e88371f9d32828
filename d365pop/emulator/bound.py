"""What hangs on one row beside its columns: roles of a user, privileges, their functions."""

from collections.abc import Callable, Mapping
from http import HTTPStatus

from d365pop.emulator.exchange import Exchange
from d365pop.emulator.faults import bad_request, does_not_exist, method_not_allowed
from d365pop.emulator.odata.options import parse_query, split_query
from d365pop.emulator.odata.path import Segment, unquote_literal
from d365pop.emulator.protocol import Json, Response
from d365pop.emulator.readers import reader_for
from d365pop.emulator.security.privileges import all_privileges, privilege_id
from d365pop.emulator.security.roles import (
    Depth,
    assign,
    grant,
    privileges_of,
    privileges_of_role,
    revoke,
    role_ids_of,
    unassign,
)
from d365pop.emulator.writing import existing_row, reference_target

CRM = "Microsoft.Dynamics.CRM."
Handler = Callable[[Exchange, str, list[Segment]], Response]


def answer(
    exchange: Exchange, logical_name: str, row_id: str, rest: list[Segment]
) -> Response | None:
    """Answer what hangs on a row, None where nothing of the name does."""
    handler = HANDLERS.get((logical_name, rest[0].name.removeprefix(CRM)))
    if handler is None:
        return None
    existing_row(exchange.environment, exchange.environment.table(logical_name), row_id)
    return handler(exchange, row_id, rest)


def _roles(exchange: Exchange, user_id: str, rest: list[Segment]) -> Response:
    environment, table = exchange.environment, exchange.environment.table("role")
    if rest[-1].name == "$ref" and exchange.request.method == "POST":
        _, role_id = reference_target(environment, str(exchange.body().get("@odata.id")))
        assign(environment, user_id, role_id)
        return Response(HTTPStatus.NO_CONTENT)
    if rest[-1].name == "$ref" and exchange.request.method == "DELETE":
        if not unassign(environment, user_id, rest[0].key):
            raise does_not_exist("role", rest[0].key)
        return Response(HTTPStatus.NO_CONTENT)
    _require(exchange, "GET")
    query = parse_query(exchange.request.query)
    reader = reader_for(exchange)
    found = (environment.store.get(table, role_id) for role_id in role_ids_of(environment, user_id))
    rows: list[Json] = []
    for row in found:
        if row is not None:
            one = reader.one(table, row, query)
            rows.append({k: v for k, v in one.items() if k != "@odata.context"})
    context = f"{exchange.root}$metadata#roles"
    return exchange.answer({"@odata.context": context, "value": rows})


def _user_privileges(exchange: Exchange, user_id: str, rest: list[Segment]) -> Response:
    del rest
    _require(exchange, "GET")
    return _privileges(exchange, privileges_of(exchange.environment, user_id), user_id)


def _user_privilege(exchange: Exchange, user_id: str, rest: list[Segment]) -> Response:
    _require(exchange, "GET")
    text = rest[0].arguments.get("PrivilegeName", "")
    if text.startswith("@"):
        text = parse_alias(exchange.request.query, text)
    wanted = unquote_literal(text).lower()
    held = privileges_of(exchange.environment, user_id)
    found = {name: depth for name, depth in held.items() if name.lower() == wanted}
    return _privileges(exchange, found, user_id)


def parse_alias(query: str, alias: str) -> str:
    """Return the value of a parameter alias.

    Raises:
        Fault: it has none.
    """
    value = split_query(query).get(alias)
    if value is None:
        raise bad_request(f"The parameter alias '{alias}' has no value.")
    return value


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


def _add_privileges(exchange: Exchange, role_id: str, rest: list[Segment]) -> Response:
    del rest
    _require(exchange, "POST")
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


def _remove_privilege(exchange: Exchange, role_id: str, rest: list[Segment]) -> Response:
    del rest
    _require(exchange, "POST")
    privilege = str(exchange.body().get("PrivilegeId", "")).strip("{}").lower()
    name = _names(exchange).get(privilege, "")
    if name not in privileges_of_role(exchange.environment, role_id):
        raise does_not_exist("privilege", privilege)
    revoke(exchange.environment, role_id, [name])
    return Response(HTTPStatus.NO_CONTENT)


def _names(exchange: Exchange) -> dict[str, str]:
    return {privilege_id(name): name for name in all_privileges(exchange.environment.catalog)}


def _require(exchange: Exchange, method: str) -> None:
    if exchange.request.method != method:
        raise method_not_allowed(exchange.request.method)


HANDLERS: Mapping[tuple[str, str], Handler] = {
    ("systemuser", "systemuserroles_association"): _roles,
    ("systemuser", "RetrieveUserPrivileges"): _user_privileges,
    ("systemuser", "RetrieveUserPrivilegeByPrivilegeName"): _user_privilege,
    ("role", "AddPrivilegesRole"): _add_privileges,
    ("role", "RemovePrivilegeRole"): _remove_privilege,
}
