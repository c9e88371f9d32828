"""Users of an environment: who one is, which roles and privileges it has."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from d365pop.dataverse import odata
from d365pop.dataverse.client import Dataverse, Row
from d365pop.dataverse.reading import nested_list, optional_text, text

# As the Web API numbers and names the depths of a privilege.
_DEPTHS: Final = ("Basic", "Local", "Deep", "Global")
_PRIVILEGES: Final = "RolePrivileges"


@dataclass(frozen=True, slots=True)
class User:
    """A person, or an application user where ``application_id`` is set."""

    user_id: str
    name: str
    login: str
    application_id: str


def retrieve_user(dv: Dataverse, user_id: str) -> User:
    """Return a user."""
    path = odata.query(
        odata.entity("systemusers", user_id), {"$select": "fullname,domainname,applicationid"}
    )
    row = dv.get("read the user", path)
    return User(
        user_id,
        optional_text(row, "fullname"),
        optional_text(row, "domainname"),
        optional_text(row, "applicationid"),
    )


def retrieve_roles(dv: Dataverse, user_id: str) -> tuple[str, ...]:
    """Return the names of the user's own roles; those of its teams are not among them."""
    path = odata.entity("systemusers", user_id) + "/systemuserroles_association"
    rows = dv.rows("read the user's roles", odata.query(path, {"$select": "name"}))
    return tuple(sorted(text(row, "name") for row in rows))


def retrieve_privileges(dv: Dataverse, user_id: str) -> Mapping[str, str]:
    """Return the depth of each privilege by its name, those of the user's teams included."""
    path = odata.entity("systemusers", user_id) + "/Microsoft.Dynamics.CRM.RetrieveUserPrivileges()"
    return _depths(dv.get("read the user's privileges", path))


def retrieve_role_privileges(dv: Dataverse, role: str) -> Mapping[str, str] | None:
    """Return the depth of each privilege that the role of that name grants; None without one.

    Every business unit has a copy of a role, all alike.
    """
    options = {"$select": "roleid", "$filter": f"name eq {odata.quote(role)}", "$top": "1"}
    rows = dv.get("find the role", odata.query("roles", options))
    found = nested_list(rows, "value")
    if not found:
        return None
    path = f"RetrieveRolePrivilegesRole(RoleId={text(found[0], 'roleid')})"
    return _depths(dv.get("read the role's privileges", path))


def _depths(row: Row) -> Mapping[str, str]:
    return {
        text(each, "PrivilegeName"): _depth(each.get("Depth"))
        for each in nested_list(row, _PRIVILEGES)
    }


def _depth(value: object) -> str:
    if isinstance(value, int) and 0 <= value < len(_DEPTHS):
        return _DEPTHS[value]
    return value if isinstance(value, str) else ""
