"""The shape of ``d365pop.toml``: its tables, keys and what each may hold; reads nothing.

The text below a key is what docs/configuration.md says of it.
"""

from typing import Annotated, Final, Literal

from pydantic import Field, StringConstraints, model_validator

from d365pop.errors import ConfigurationError
from d365pop.framework_settings import FrameworkSettings, HelpLinks
from d365pop.models import FormEvent
from d365pop.setting_types import (
    ApplicationId,
    ColumnNames,
    ConnectionString,
    Country,
    EnvironmentName,
    Filled,
    FormId,
    GenesysStatus,
    LogicalName,
    Mode,
    Origin,
    Prefix,
    Region,
    RoleId,
    SignIn,
    Table,
    TemplateName,
    Tenant,
    Thumbprint,
    UniqueName,
    VariableName,
    Version,
)
from d365pop.suggestions import did_you_mean

SECRET_VARIABLE: Final = "D365POP_CLIENT_SECRET"  # noqa: S105 - the variable's name
INSIGHTS_TOKEN_VARIABLE: Final = "D365POP_INSIGHTS_TOKEN"  # noqa: S105 - as above
GENESYS_SECRET_VARIABLE: Final = "D365POP_GENESYS_CLIENT_SECRET"  # noqa: S105 - as above

_SHORTEST_PREFIX: Final = 3
NAME_COLUMNS: Final = {"account": "name", "contact": "fullname", "lead": "fullname"}


class PublisherSettings(Table):
    """``[publisher]``: who owns the solution in Dataverse."""

    unique_name: UniqueName
    """Its name in Dataverse; there for good once the solution is installed."""
    display_name: Filled
    """Its name for people."""
    customization_prefix: Prefix
    """Starts the name of everything that the package brings."""
    option_value_prefix: Annotated[int, Field(ge=10_000, le=99_999)]
    """Starts the numbers of choices; Dataverse asks for one of every publisher."""


class SolutionSettings(Table):
    """``[solution]``: what is built and imported."""

    unique_name: UniqueName
    """Its name in Dataverse, and that of the package's file."""
    display_name: Filled
    """Its name for people."""
    description: str = ""
    """For people; the package's digest is added to it."""
    version: Version
    """Four numbers, or ``git``: the nearest tag ``v1.2.3`` and the commits since then."""


class BundleSettings(Table):
    """``[bundle]``: what of yours is bundled with the softphone page."""

    extensions: str = ""
    """The customer's own first module, relative to the configuration; see docs/extensions.md."""


class GenesysSettings(Table):
    """``[genesys]``: the organization of Genesys Cloud, and what its client is told."""

    region: Region
    """The domain of its region."""
    client_id: str = ""
    """The OAuth client, grant Code Authorization (PKCE), that agents sign in with."""
    api_client_id: str = ""
    """A client of the grant Client Credentials, with which doctor looks into Genesys Cloud."""
    api_client_secret_variable: VariableName = GENESYS_SECRET_VARIABLE
    """The variable that holds its secret."""
    integration_name: Filled = "Dynamics 365 screen pop"
    """The name of the Embeddable Framework integration."""
    interaction_attributes: tuple[Filled, ...] = ()
    """Participant attributes that the client may show, beside those that name a record."""
    help_links: HelpLinks = HelpLinks()
    page_origins: tuple[Origin, ...] = ()
    """Where pages that are not Dynamics embed the softphone; docs/custom-crm.md."""
    framework: FrameworkSettings = FrameworkSettings()


class SearchTable(Table):
    """``[[screen_pop.tables]]``: a table that callers are looked for in."""

    table: LogicalName
    """Its logical name."""
    columns: Annotated[ColumnNames, Field(min_length=1)]
    """The columns that hold phone numbers."""
    email_columns: ColumnNames = ()
    """The columns that hold e-mail addresses."""
    name_column: LogicalName | None = None
    """The column that names a row; needed but for account, contact and lead."""

    @model_validator(mode="after")
    def _has_name_column(self) -> "SearchTable":
        if self.name_column is None and self.table not in NAME_COLUMNS:
            raise ValueError(f"name_column is needed: the column that names a row of {self.table}")
        return self

    @property
    def primary_name(self) -> str:
        """The column that names a row."""
        return self.name_column or NAME_COLUMNS[self.table]


class Policies(Table):
    """``[screen_pop.policies]``: what an interaction of each medium does.

    ``auto`` opens the record, ``soft`` asks in a notification, ``off`` does nothing.
    """

    voice: Mode = "auto"
    """A call."""
    callback: Mode = "auto"
    """A callback."""
    chat: Mode = "soft"
    """A web chat."""
    message: Mode = "soft"
    """A message of any kind."""
    email: Mode = "soft"
    """An e-mail."""
    voicemail: Mode = "auto"
    """A voicemail."""
    dialer: Mode = "auto"
    """A call of an outbound campaign, previews included; whatever its medium."""


class ScreenPopSettings(Table):
    """``[screen_pop]``: how a caller is found, and what then happens."""

    tables: Annotated[tuple[SearchTable, ...], Field(min_length=1, max_length=10)]
    """Where a caller is looked for, all tables at once."""
    countries: Annotated[tuple[Country, ...], Field(min_length=1)] = ("US",)
    """How numbers without a country code are read; the first one first."""
    policies: Policies = Policies()
    no_match: Literal["search", "new-record", "nothing"] = "search"
    """What is shown where nobody fits: the tables' lists, an empty form, or nothing."""
    new_record_table: LogicalName = "contact"
    """The table of that empty form."""


class HandlerSettings(Table):
    """``[[forms.handlers]]``: a function of a script in the package that the forms call.

    They come after the one that starts the softphone, in this order.
    """

    event: FormEvent
    """When it is called."""
    function: Annotated[str, StringConstraints(pattern=r"^[A-Za-z_$][\w$]*(\.[A-Za-z_$][\w$]*)*$")]
    """Its name, with what it is in; refused where the script does not define it."""
    library: str = ""
    """The script's name without prefix and folder; the product's own form script without one."""
    column: str = ""
    """The column of an onchange handler, and of no other."""
    parameters: str = ""
    """More arguments, as JavaScript writes them."""

    @model_validator(mode="after")
    def _column_fits_its_event(self) -> "HandlerSettings":
        if (self.event is FormEvent.ON_CHANGE) is not bool(self.column):
            raise ValueError("column names the column of an onchange handler, and of no other")
        return self


class CommandSettings(Table):
    """``[command]``: a button that opens the softphone before any form is open; docs/hosts.md.

    It stands on the lists of the tables of ``[[forms]]``. Without this table nobody looks for it.
    """

    phone: Literal["modern", "classic", "off"] = "modern"
    """``modern`` for a row of the modern command bar, ``classic`` for a button of the classic
    ribbon, which travels in the package; ``off`` takes either out again."""
    label: Annotated[Filled, StringConstraints(max_length=100)] = "Phone"
    """What the button says."""


class HostSettings(Table):
    """``[host]``: where the softphone lives; docs/hosts.md."""

    kind: Literal["side-pane", "cif-v1", "cif-v2"] = "side-pane"
    """A side pane, or the panel of the Channel Integration Framework, version 1 or 2."""
    roles: tuple[RoleId, ...] = ()
    """Of ``cif-v1``: the GUIDs of the security roles whose users get the panel."""
    profiles: tuple[Filled, ...] = ()
    """Of ``cif-v2``: names or unique names of the app profiles whose users get the panel."""
    session: TemplateName = ""
    """Of ``cif-v2``: unique name of the generic session template that records are opened with."""
    presence: dict[GenesysStatus, Filled] = Field(default_factory=dict)
    """Of ``cif-v2``: the presence that Omnichannel gets, by status in Genesys Cloud."""

    @model_validator(mode="after")
    def _has_what_its_kind_needs(self) -> "HostSettings":
        if (self.kind == "cif-v1") is not bool(self.roles):
            raise ValueError("roles, those of the agents, are for cif-v1, and it needs them")
        if (self.kind == "cif-v2") is not bool(self.profiles):
            raise ValueError("profiles, those of the agents, are for cif-v2, and it needs them")
        if self.kind != "cif-v2" and (self.session or self.presence):
            raise ValueError("session and presence are for cif-v2")
        return self


class FormSettings(Table):
    """``[[forms]]``: main forms of a table that start the softphone."""

    table: LogicalName
    """The table's logical name."""
    name: str = ""
    """The form's name; without name and id every active main form of the table."""
    id: FormId = ""
    """The form's GUID, where its name is not enough."""
    event: Literal["onload"] = "onload"
    """When the softphone starts."""
    handlers: tuple[HandlerSettings, ...] = ()
    in_package: bool = False
    """Whether the form travels in the package; managed, only what the handlers add to it, so that
    another solution must bring the form."""
    form_xml: str = ""
    """That form's file, relative to the configuration, as ``d365pop unpack`` writes it."""

    @model_validator(mode="after")
    def _has_its_file(self) -> "FormSettings":
        if self.in_package is not bool(self.form_xml):
            raise ValueError("in_package and form_xml, the form's file, go together")
        return self


class EnvironmentSettings(Table):
    """``[environments.NAME]``: where the package goes and how to sign in there.

    Each way to sign in has a recipe in docs/sign-in.md; a file ``-`` is standard input.
    """

    # Which keys belong to which sign_in is said in d365pop/sign_in.py.

    url: Origin
    """The environment's address."""
    sign_in: SignIn
    """How tokens are got."""
    tenant: Tenant = ""
    """The tenant's id or domain; the environment's own, if not given."""
    sign_in_host: Origin | None = None
    """A sign-in service that is not Microsoft's, and that the user vouches for."""
    client_id: ApplicationId = ""
    """The application that signs in."""
    client_secret_variable: VariableName = SECRET_VARIABLE
    """The variable that holds its secret."""
    client_secret_file: str = ""
    """The file that holds its secret."""
    certificate_file: str = ""
    """PEM or PFX, with the private key."""
    certificate_variable: VariableName = ""
    """The variable that holds the PEM, or the PFX in base64."""
    certificate_passphrase_file: str = ""
    """The file that holds the key's passphrase."""
    certificate_passphrase_variable: VariableName = ""
    """The variable that holds the key's passphrase."""
    certificate_thumbprint: Thumbprint = ""
    """SHA-1, for a file that holds the key alone."""
    federation_audience: str = "api://AzureADTokenExchange"
    """Whom GitHub's token is for; national clouds have their own."""
    service_connection_id: ApplicationId = ""
    """The service connection of Azure DevOps that the application trusts."""
    federated_token_file: str = ""
    """The file with the token; the one that AZURE_FEDERATED_TOKEN_FILE names, if not given."""
    object_id: ApplicationId = ""
    """The object id of a user-assigned managed identity."""
    resource_id: str = ""
    """The resource id of a user-assigned managed identity."""
    user: str = ""
    """The person to sign in, offered to Microsoft's page."""
    token_cache: Literal["auto", "memory", "plain-file"] = "auto"  # noqa: S105 - where, not what
    """Where a person's tokens are kept: encrypted by the system, nowhere, or in a plain file."""
    settings_file: str = ""
    """A deployment settings file as ``pac`` imports with, relative to the configuration; what it
    says of our variable counts instead of this file; see docs/with-pac.md."""
    managed: bool = False
    """Whether the managed package is imported."""
    production: bool = False
    """Refuses ``push`` and ``watch``; comes last among several environments."""
    softphone_url: Origin | None = None
    """Where the softphone simulator listens."""
    application_insights: ConnectionString = ""
    """The connection string: where telemetry goes; nowhere without one."""
    satisfaction_days: Annotated[int, Field(ge=0, le=365)] = 0
    """After a call an agent is asked for one to five stars, once in so many days; never, if 0."""
    application_insights_api: Origin = "https://api.applicationinsights.io"
    """Where ``metrics`` asks for it; national clouds have hosts of their own."""

    @model_validator(mode="after")
    def _stars_go_somewhere(self) -> "EnvironmentSettings":
        if self.satisfaction_days and not self.application_insights:
            raise ValueError("satisfaction_days needs application_insights, where the stars go")
        return self

    @property
    def is_local(self) -> bool:
        """Whether this is the embedded local Dataverse."""
        return self.sign_in == "local"


class Settings(Table):
    """The whole configuration, checked."""

    publisher: PublisherSettings
    solution: SolutionSettings
    genesys: GenesysSettings
    screen_pop: ScreenPopSettings
    bundle: BundleSettings = BundleSettings()
    host: HostSettings | None = None
    command: CommandSettings | None = None
    forms: Annotated[tuple[FormSettings, ...], Field(min_length=1)]
    environments: Annotated[dict[EnvironmentName, EnvironmentSettings], Field(min_length=1)]

    @model_validator(mode="after")
    def _command_has_a_pane(self) -> "Settings":
        if self.command and self.command.phone != "off" and not self.lives_in_side_pane:
            raise ValueError("[command] opens a side pane, and [host] kind is another host")
        return self

    @model_validator(mode="after")
    def _channel_has_a_name(self) -> "Settings":
        # Microsoft's reference of msdyn_channelprovider: its prefix has three characters or more.
        if self.has_sessions and len(self.publisher.customization_prefix) < _SHORTEST_PREFIX:
            raise ValueError("cif-v2 needs a customization_prefix of three characters or more")
        return self

    @property
    def lives_in_side_pane(self) -> bool:
        """Whether the softphone lives in a side pane."""
        return self.host is None or self.host.kind == "side-pane"

    @property
    def has_sessions(self) -> bool:
        """Whether the softphone lives in the panel of an app with several sessions."""
        return self.host is not None and self.host.kind == "cif-v2"

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
