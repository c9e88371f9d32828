"""The environment's own row, and what runs in it at this moment."""

from dataclasses import dataclass
from typing import Final

from d365pop.dataverse import odata
from d365pop.dataverse.client import Call, Dataverse
from d365pop.dataverse.reading import flag, optional_number, optional_text

_SET: Final = "organizations"
_COLUMNS: Final = (
    "name,languagecode,maxuploadfilesize,blockedattachments,iscontentsecuritypolicyenabled,"
    "contentsecuritypolicyconfiguration,contentsecuritypolicyreporturi,contentsecuritypolicyoptions"
)
_HISTORIES: Final = "msdyn_solutionhistories"


@dataclass(frozen=True, slots=True)
class Organization:
    """Settings of an environment that a deploy or the softphone meets."""

    organization_id: str
    name: str
    language: int
    max_upload_bytes: int
    blocked_extensions: tuple[str, ...]
    csp_enabled: bool
    csp_configuration: str
    csp_report_uri: str
    csp_options: int


def retrieve_organization(dv: Dataverse, organization_id: str) -> Organization:
    """Return the settings of the environment."""
    path = odata.query(odata.entity(_SET, organization_id), {"$select": _COLUMNS})
    row = dv.get("read the environment's settings", path)
    blocked = optional_text(row, "blockedattachments")
    return Organization(
        organization_id,
        optional_text(row, "name"),
        optional_number(row, "languagecode"),
        optional_number(row, "maxuploadfilesize"),
        tuple(part.strip().lower() for part in blocked.split(";") if part.strip()),
        row.get("iscontentsecuritypolicyenabled") is not None
        and flag(row, "iscontentsecuritypolicyenabled"),
        optional_text(row, "contentsecuritypolicyconfiguration"),
        optional_text(row, "contentsecuritypolicyreporturi"),
        optional_number(row, "contentsecuritypolicyoptions"),
    )


def set_content_security_policy(dv: Dataverse, organization_id: str, configuration: str) -> None:
    """Write the policy of model-driven apps; needs prvWriteOrganization."""
    path = f"{odata.entity(_SET, organization_id)}/contentsecuritypolicyconfiguration"
    call = Call(
        "write the content security policy", "PUT", path, {"value": configuration}, idempotent=True
    )
    dv.send(call)


def retrieve_running_operations(dv: Dataverse) -> tuple[str, ...]:
    """Return the solutions that are imported, exported or published at this moment."""
    options = {"$select": "msdyn_name,msdyn_operation", "$filter": "msdyn_status eq 0"}
    rows = dv.rows("list running operations", odata.query(_HISTORIES, options))
    return tuple(sorted(optional_text(row, "msdyn_name") or "a solution" for row in rows))
