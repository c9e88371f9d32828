"""The shape of ``d365pop.toml``: its tables, keys and what each may hold; reads nothing."""

from typing import Annotated, Final, Literal
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from d365pop.application_insights import parse_connection_string
from d365pop.countries import COUNTRIES
from d365pop.errors import ConfigurationError
from d365pop.framework_settings import FrameworkSettings, HelpLinks
from d365pop.genesys.regions import REGIONS
from d365pop.models import FormEvent
from d365pop.suggestions import did_you_mean
from d365pop.transport import is_loopback, origin_of

SECRET_VARIABLE: Final = "D365POP_CLIENT_SECRET"  # noqa: S105 - the variable's name
GENESYS_SECRET_VARIABLE: Final = "D365POP_GENESYS_CLIENT_SECRET"  # noqa: S105 - as above

NAME_COLUMNS: Final = {"account": "name", "contact": "fullname", "lead": "fullname"}

_LOGICAL_NAME: Final = r"^[a-z_][a-z0-9_]*$"
_UNIQUE_NAME: Final = r"^[A-Za-z_][A-Za-z0-9_]*$"
_PREFIX: Final = r"^[a-z][a-z0-9]{1,7}$"
_VERSION: Final = r"^(?:git|\d{1,9}(\.\d{1,9}){3})$"
_COUNTRY: Final = r"^[A-Z]{2}$"
_GUID: Final = r"^$|^\{?[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\}?$"
_APPLICATION_ID: Final = r"^$|^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"
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


ConnectionString = Annotated[str, AfterValidator(_connection_string)]
Country = Annotated[str, StringConstraints(pattern=_COUNTRY), AfterValidator(_country)]
Origin = Annotated[str, AfterValidator(_origin)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PublisherSettings(_Table):
    """``[publisher]``."""

    unique_name: UniqueName
    display_name: Annotated[str, StringConstraints(min_length=1)]
    customization_prefix: Annotated[
        str, StringConstraints(pattern=_PREFIX), AfterValidator(_prefix)
    ]
    option_value_prefix: Annotated[int, Field(ge=10_000, le=99_999)]


class SolutionSettings(_Table):
    """``[solution]``."""

    unique_name: UniqueName
    display_name: Annotated[str, StringConstraints(min_length=1)]
    description: str = ""
    version: Annotated[str, StringConstraints(pattern=_VERSION)]


class BundleSettings(_Table):
    """``[bundle]``."""

    extensions: str = ""
    """The customer's own first module, relative to the configuration; see docs/extensions.md."""


class GenesysSettings(_Table):
    """``[genesys]``."""

    region: Annotated[str, AfterValidator(_region)]
    client_id: str = ""
    api_client_id: str = ""
    """A client of the grant Client Credentials, with which doctor looks into Genesys Cloud."""
    api_client_secret_variable: VariableName = GENESYS_SECRET_VARIABLE
    integration_name: Annotated[str, StringConstraints(min_length=1)] = "Dynamics 365 screen pop"
    interaction_attributes: tuple[Annotated[str, StringConstraints(min_length=1)], ...] = ()
    """Participant attributes that the client may show, beside those that name a record."""
    help_links: HelpLinks = HelpLinks()
    page_origins: tuple[Origin, ...] = ()
    """Where pages that are not Dynamics embed the softphone; docs/custom-crm.md."""
    framework: FrameworkSettings = FrameworkSettings()


class SearchTable(_Table):
    """One ``[[screen_pop.tables]]``: a table and the columns that hold numbers and addresses."""

    table: LogicalName
    columns: Annotated[ColumnNames, Field(min_length=1)]
    email_columns: ColumnNames = ()
    name_column: LogicalName | None = None

    @model_validator(mode="after")
    def _has_name_column(self) -> "SearchTable":
        if self.name_column is None and self.table not in NAME_COLUMNS:
            raise ValueError(f"name_column is needed: the column that names a row of {self.table}")
        return self

    @property
    def primary_name(self) -> str:
        """The column that names a row."""
        return self.name_column or NAME_COLUMNS[self.table]


class Policies(_Table):
    """``[screen_pop.policies]``: what an interaction of each medium does."""

    voice: Mode = "auto"
    callback: Mode = "auto"
    chat: Mode = "soft"
    message: Mode = "soft"
    email: Mode = "soft"
    voicemail: Mode = "auto"
    dialer: Mode = "auto"
    """A call of an outbound campaign, previews included; whatever its medium."""


class ScreenPopSettings(_Table):
    """``[screen_pop]``."""

    tables: Annotated[tuple[SearchTable, ...], Field(min_length=1, max_length=10)]
    countries: Annotated[tuple[Country, ...], Field(min_length=1)] = ("US",)
    policies: Policies = Policies()
    no_match: Literal["search", "new-record", "nothing"] = "search"
    new_record_table: LogicalName = "contact"


class HandlerSettings(_Table):
    """One ``[[forms.handlers]]``: a function of a script in the package that a form calls."""

    event: FormEvent
    function: Annotated[str, StringConstraints(pattern=r"^[A-Za-z_$][\w$]*(\.[A-Za-z_$][\w$]*)*$")]
    library: str = ""
    """The script's name without prefix and folder; the product's own form script without one."""
    column: str = ""
    parameters: str = ""
    """More arguments, as JavaScript writes them: ``"a", 1``."""

    @model_validator(mode="after")
    def _column_fits_its_event(self) -> "HandlerSettings":
        if (self.event is FormEvent.ON_CHANGE) is not bool(self.column):
            raise ValueError("column names the column of an onchange handler, and of no other")
        return self


class FormSettings(_Table):
    """One ``[[forms]]``: main forms of a table that start the softphone."""

    table: LogicalName
    name: str = ""
    id: Annotated[str, StringConstraints(pattern=_GUID)] = ""
    event: Literal["onload"] = "onload"
    handlers: tuple[HandlerSettings, ...] = ()
    """Further handlers, after the one that starts the softphone, in this order."""
    in_package: bool = False
    form_xml: str = ""
    """The form's file, relative to the configuration, where the package carries the form."""

    @model_validator(mode="after")
    def _has_its_file(self) -> "FormSettings":
        if self.in_package is not bool(self.form_xml):
            raise ValueError("in_package and form_xml, the form's file, go together")
        return self


class EnvironmentSettings(_Table):
    """``[environments.NAME]``: where the package goes and how to sign in there.

    Which keys belong to which ``sign_in`` is said in ``d365pop/sign_in.py``; a file ``-`` is
    standard input.
    """

    url: Origin
    sign_in: SignIn
    tenant: Annotated[str, StringConstraints(pattern=_TENANT)] = ""
    sign_in_host: Origin | None = None
    """A sign-in service that is not Microsoft's, and that the user vouches for."""
    client_id: ApplicationId = ""
    client_secret_variable: VariableName = SECRET_VARIABLE
    client_secret_file: str = ""
    certificate_file: str = ""
    certificate_variable: VariableName = ""
    certificate_passphrase_file: str = ""
    certificate_passphrase_variable: VariableName = ""
    certificate_thumbprint: Annotated[str, StringConstraints(pattern=_THUMBPRINT)] = ""
    federation_audience: str = "api://AzureADTokenExchange"
    service_connection_id: ApplicationId = ""
    federated_token_file: str = ""
    object_id: ApplicationId = ""
    resource_id: str = ""
    user: str = ""
    token_cache: Literal["auto", "memory", "plain-file"] = "auto"  # noqa: S105 - where, not what
    managed: bool = False
    production: bool = False
    softphone_url: Origin | None = None
    application_insights: ConnectionString = ""
    """Where telemetry goes; nowhere without one."""

    @property
    def is_local(self) -> bool:
        """Whether this is the embedded local Dataverse."""
        return self.sign_in == "local"


class Settings(_Table):
    """The whole configuration, checked."""

    publisher: PublisherSettings
    solution: SolutionSettings
    genesys: GenesysSettings
    screen_pop: ScreenPopSettings
    bundle: BundleSettings = BundleSettings()
    forms: Annotated[tuple[FormSettings, ...], Field(min_length=1)]
    environments: Annotated[
        dict[Annotated[str, StringConstraints(pattern=_ENVIRONMENT)], EnvironmentSettings],
        Field(min_length=1),
    ]

    def environment(self, name: str) -> EnvironmentSettings:
        """Return ``[environments.NAME]``.

        Raises:
            ConfigurationError: there is none of that name; the hint names those there are.
        """
        if name not in self.environments:
            known = ", ".join(sorted(self.environments))
            raise ConfigurationError(
                "environment-unknown",
                f"There is no environment “{name}”{did_you_mean(name, self.environments) or '.'}",
                context=f"configured: {known}",
                hint=f"Add [environments.{name}] to d365pop.toml, or choose one of these.",
            )
        return self.environments[name]
