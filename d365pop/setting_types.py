"""What a single value of ``d365pop.toml`` may be: patterns, and what each means in words."""

from typing import Annotated, Final, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from d365pop.application_insights.connection_string import parse_connection_string
from d365pop.countries import COUNTRIES
from d365pop.genesys.regions import REGIONS
from d365pop.suggestions import did_you_mean
from d365pop.transport import is_loopback, origin_of

_LOGICAL_NAME: Final = r"^[a-z_][a-z0-9_]*$"
_UNIQUE_NAME: Final = r"^[A-Za-z_][A-Za-z0-9_]*$"
_PREFIX: Final = r"^[a-z][a-z0-9]{1,7}$"
_VERSION: Final = r"^(?:git|\d{1,9}(\.\d{1,9}){3})$"
_COUNTRY: Final = r"^[A-Z]{2}$"
_GUID: Final = r"^$|^\{?[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\}?$"
_APPLICATION_ID: Final = r"^$|^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"
_ROLE_ID: Final = r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"
_STATUS: Final = r"^[A-Z]+(_[A-Z]+)*$"
_TEMPLATE: Final = r"^(?:[A-Za-z_][A-Za-z0-9_]*)?$"
_ENVIRONMENT: Final = r"^[A-Za-z0-9_-]+$"
_VARIABLE: Final = r"^$|^[A-Za-z_][A-Za-z0-9_]*$"
_TENANT: Final = r"^$|^[0-9A-Za-z][0-9A-Za-z.-]*$"
_THUMBPRINT: Final = r"^$|^[0-9A-Fa-f]{2}(:?[0-9A-Fa-f]{2}){19}$"

PATTERNS: Final = {
    _LOGICAL_NAME: "must be a logical name: small letters, digits and _",
    _UNIQUE_NAME: "must be letters, digits and _, and start with no digit",
    _PREFIX: "must be 2 to 8 small letters and digits, and start with a letter",
    _VERSION: "must be four numbers, such as 1.0.0.0",
    _COUNTRY: "must be a country code of two capital letters, such as US",
    _GUID: "must be the GUID of a form",
    _APPLICATION_ID: "must be the application's id, a GUID",
    _ROLE_ID: "must be the GUID of a security role",
    _STATUS: "must be a status of Genesys Cloud, such as ON_QUEUE",
    _TEMPLATE: "must be the unique name of a session template",
    _ENVIRONMENT: "must be letters, digits, _ and -",
    _VARIABLE: "must be the name of a variable, and never the secret itself",
    _TENANT: "must be the tenant's id or one of its domains",
    _THUMBPRINT: "must be a SHA-1 thumbprint: 40 hexadecimal digits",
}
"""What each pattern means, in words."""

LogicalName = Annotated[str, StringConstraints(pattern=_LOGICAL_NAME, max_length=128)]
UniqueName = Annotated[str, StringConstraints(pattern=_UNIQUE_NAME, max_length=64)]
ColumnNames = Annotated[tuple[LogicalName, ...], Field(max_length=20)]
VariableName = Annotated[str, StringConstraints(pattern=_VARIABLE)]
ApplicationId = Annotated[str, StringConstraints(pattern=_APPLICATION_ID)]
Mode = Literal["auto", "soft", "off"]
SignIn = Literal[
    "local",
    "client-secret",
    "certificate",
    "github",
    "azure-devops",
    "token-file",
    "managed-identity",
    "device-code",
    "interactive",
    "azure-cli",
]


def _country(code: str) -> str:
    if code == "UK":
        raise ValueError("is no country code; did you mean “GB”?")
    if code not in COUNTRIES:
        raise ValueError(f"“{code}” is no country code of ISO 3166-1")
    return code


def _origin(url: str) -> str:
    origin = origin_of(url)
    parts = urlsplit(url)
    if not origin or parts.scheme not in {"http", "https"}:
        raise ValueError("must be an address such as https://contoso.crm.dynamics.com")
    if parts.username or parts.password or parts.query or parts.fragment or parts.path.strip("/"):
        raise ValueError("must be the host alone, with no path, query or user name")
    if parts.scheme == "http" and not is_loopback(origin):
        raise ValueError("must be https; http is for this machine only")
    return origin


def _prefix(prefix: str) -> str:
    if prefix.startswith("mscrm"):
        raise ValueError("must not start with mscrm, which is Microsoft's")
    return prefix


def _region(region: str) -> str:
    if region not in REGIONS:
        raise ValueError(f"no region of Genesys Cloud{did_you_mean(region, REGIONS)}")
    return region


def _connection_string(text: str) -> str:
    parse_connection_string(text)
    return text


Filled = Annotated[str, StringConstraints(min_length=1)]
Prefix = Annotated[str, StringConstraints(pattern=_PREFIX), AfterValidator(_prefix)]
Version = Annotated[str, StringConstraints(pattern=_VERSION)]
Region = Annotated[str, AfterValidator(_region), Field(description="a region of Genesys Cloud")]
RoleId = Annotated[str, StringConstraints(pattern=_ROLE_ID)]
FormId = Annotated[str, StringConstraints(pattern=_GUID)]
GenesysStatus = Annotated[str, StringConstraints(pattern=_STATUS)]
TemplateName = Annotated[str, StringConstraints(pattern=_TEMPLATE)]
EnvironmentName = Annotated[str, StringConstraints(pattern=_ENVIRONMENT)]
Tenant = Annotated[str, StringConstraints(pattern=_TENANT)]
Thumbprint = Annotated[str, StringConstraints(pattern=_THUMBPRINT)]
ConnectionString = Annotated[
    str, AfterValidator(_connection_string), Field(description="a connection string")
]
Country = Annotated[str, StringConstraints(pattern=_COUNTRY), AfterValidator(_country)]
Origin = Annotated[
    str, AfterValidator(_origin), Field(description="an https address, the host alone")
]


class Table(BaseModel):
    """A table of the file: unknown keys are mistakes, values do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True)
