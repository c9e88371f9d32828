"""Who we are in an environment, and what it is."""

from dataclasses import dataclass
from http import HTTPStatus

from d365pop.dataverse import odata
from d365pop.dataverse.client import Call, Dataverse
from d365pop.dataverse.reading import nested, text
from d365pop.errors import DataverseError


@dataclass(frozen=True, slots=True)
class WhoAmI:
    """The signed-in user."""

    user_id: str
    business_unit_id: str
    organization_id: str


def who_am_i(dv: Dataverse) -> WhoAmI:
    """Return the ids of the signed-in user."""
    row = dv.get("say who we are", "WhoAmI")
    return WhoAmI(text(row, "UserId"), text(row, "BusinessUnitId"), text(row, "OrganizationId"))


def version(dv: Dataverse) -> str:
    """Return the version of the environment, such as ``9.2.26034.167``."""
    return text(dv.get("tell its version", "RetrieveVersion()"), "Version")


def environment_id(dv: Dataverse) -> str:
    """Return the id by which the Power Platform knows the environment."""
    path = (
        "RetrieveCurrentOrganization(AccessType=Microsoft.Dynamics.CRM.EndpointAccessType'Default')"
    )
    detail = nested(dv.get("tell its id", path), "Detail")
    return text(detail, "EnvironmentId")


def has_table(dv: Dataverse, entity_set_name: str) -> bool:
    """Return whether the environment serves a table."""
    path = odata.query(entity_set_name, {"$top": "1"})
    try:
        dv.fetch(Call(f"look for {entity_set_name}", "GET", path, idempotent=True))
    except DataverseError as error:
        if error.status == HTTPStatus.NOT_FOUND:
            return False
        raise
    return True
