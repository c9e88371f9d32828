"""Who we are in an environment, and what it is."""

from dataclasses import dataclass

from d365pop.dataverse.client import Dataverse
from d365pop.dataverse.reading import nested, text


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
