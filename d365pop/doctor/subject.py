"""What is examined: an environment, its configuration and this machine; each read at most once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from d365pop.build import Build
from d365pop.dataverse.client import Dataverse
from d365pop.dataverse.environment import WhoAmI, who_am_i
from d365pop.dataverse.forms import retrieve_forms
from d365pop.dataverse.organization import Organization, retrieve_organization
from d365pop.dataverse.users import retrieve_privileges, retrieve_role_privileges
from d365pop.errors import D365PopError
from d365pop.genesys.platform import Integration, OAuthClient, Platform
from d365pop.models import Json, RemoteForm
from d365pop.settings import EnvironmentSettings, Settings
from d365pop.transport import Response


@dataclass(frozen=True)
class Machine:
    """This machine, as far as checks ask about it."""

    variables: Mapping[str, str] = field(repr=False)
    versions: str
    free_bytes: Callable[[], int]
    now: Callable[[], datetime]
    build: Callable[[], Build]
    certificate_ends: Callable[[], datetime | None] = lambda: None
    """When the sign-in's certificate expires."""


@dataclass
class Subject:
    """Everything a check may look at; what is missing raises when it is asked for."""

    settings: Settings
    environment: EnvironmentSettings
    machine: Machine
    connect: Callable[[], Dataverse]
    challenge: Callable[[], Response]
    """The environment's answer to a call without a token."""
    governance: Callable[[str], Json] | None = None
    """Reads the Power Platform's settings of the environment with an id."""
    platform: Platform | None = None
    pasted_uris: tuple[str, ...] = ()
    agents_role: str = ""
    _roles: dict[str, Mapping[str, str] | None] = field(default_factory=dict, init=False)
    _refusal: D365PopError | None = field(default=None, init=False)

    @property
    def dataverse(self) -> Dataverse:
        """The signed-in client; a sign-in that was refused once is not tried again."""
        if self._refusal is not None:
            raise self._refusal
        try:
            return self._dataverse
        except D365PopError as error:
            self._refusal = error
            raise

    @cached_property
    def _dataverse(self) -> Dataverse:
        client = self.connect()
        # A token is asked for at the first call only.
        who_am_i(client)
        return client

    @cached_property
    def me(self) -> WhoAmI:
        """The signed-in user."""
        return who_am_i(self.dataverse)

    @cached_property
    def organization(self) -> Organization:
        """The environment's own row."""
        return retrieve_organization(self.dataverse, self.me.organization_id)

    @cached_property
    def privileges(self) -> Mapping[str, str]:
        """Depth by the small-lettered name of each privilege of the signed-in user."""
        found = retrieve_privileges(self.dataverse, self.me.user_id)
        return {name.lower(): depth for name, depth in found.items()}

    def role_privileges(self, role: str) -> Mapping[str, str] | None:
        """Return what a role grants; None where there is no such role."""
        if role not in self._roles:
            self._roles[role] = retrieve_role_privileges(self.dataverse, role)
        return self._roles[role]

    @cached_property
    def forms(self) -> tuple[RemoteForm, ...]:
        """The main forms of the configured tables."""
        tables = sorted({form.table for form in self.settings.forms})
        return retrieve_forms(self.dataverse, tables)

    @cached_property
    def build(self) -> Build:
        """The package that a deploy would bring."""
        return self.machine.build()

    @cached_property
    def oauth_client(self) -> OAuthClient | None:
        """The OAuth client of the softphone; None where none is configured or known."""
        client_id = self.settings.genesys.client_id
        if self.platform is None or not client_id:
            return None
        return self.platform.oauth_client(client_id)

    @cached_property
    def integrations(self) -> tuple[Integration, ...]:
        """The integrations of Genesys Cloud; none where nobody may look there."""
        return () if self.platform is None else tuple(self.platform.integrations())
