"""Frozen values that the rooms hand to one another; no IO, no behaviour beyond derived facts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import TypeAlias
from uuid import UUID, uuid5

from d365pop.app_profiles import AppProfile
from d365pop.contents import Content, content_hash
from d365pop.own_rows import OwnRow, RemoteRow, RowSearch
from d365pop.ribbons import RemoteRibbonNode, Ribbon, RibbonSearch

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"

# Same name, same GUID, for ever and on every machine: ids are derived, never drawn.
ID_NAMESPACE = UUID("6d1c3a52-6a0c-5b1e-9d0b-3f6f2f0d365f")


class WebResourceType(IntEnum):
    """``webresourcetype`` of Dataverse."""

    HTML = 1
    CSS = 2
    SCRIPT = 3
    XML = 4
    PNG = 5
    JPG = 6
    GIF = 7
    XSL = 9
    ICO = 10
    SVG = 11
    RESX = 12


class VariableType(IntEnum):
    """``type`` of an environment variable definition."""

    TEXT = 100_000_000
    NUMBER = 100_000_001
    YES_NO = 100_000_002
    JSON = 100_000_003
    DATA_SOURCE = 100_000_004
    SECRET = 100_000_005


@dataclass(frozen=True, slots=True)
class Publisher:
    """Who owns the solution; the customization prefix starts every name in it."""

    unique_name: str
    display_name: str
    customization_prefix: str
    option_value_prefix: int


def web_resource_id(name: str) -> UUID:
    """Return the ``webresourceid`` that our packages give to a web resource of this name."""
    return uuid5(ID_NAMESPACE, f"webresource:{name.lower()}")


@dataclass(frozen=True, slots=True)
class WebResource:
    """One file of the solution, under its Dataverse name (``pre_/folder/file.js``)."""

    name: str
    display_name: str
    description: str
    type: WebResourceType
    content: Content = field(repr=False)
    needs: tuple[str, ...] = ()
    """Names of the web resources that this one asks for (``DependencyXml``)."""

    @property
    def web_resource_id(self) -> UUID:
        """The stable ``webresourceid`` that the package asks for."""
        return web_resource_id(self.name)

    @property
    def content_hash(self) -> str:
        """SHA-256 of the content, in hexadecimal."""
        return content_hash(self.content)


@dataclass(frozen=True, slots=True)
class EnvironmentVariable:
    """An environment variable definition; its values never travel in the package."""

    schema_name: str
    display_name: str
    description: str
    type: VariableType


@dataclass(frozen=True, slots=True)
class PackagedForm:
    """A main form that travels in the package, as its two ``systemform`` elements."""

    table: str
    """As the ``Name`` element of the table says it."""
    form_id: str
    """In braces and small letters."""
    whole: Content = field(repr=False)
    difference: Content = field(repr=False)
    """For managed packages: what the solution adds to the form."""


@dataclass(frozen=True, slots=True)
class Solution:
    """Everything that goes into the package."""

    unique_name: str
    display_name: str
    description: str
    version: str
    publisher: Publisher
    web_resources: tuple[WebResource, ...]
    environment_variables: tuple[EnvironmentVariable, ...]
    forms: tuple[PackagedForm, ...] = ()
    ribbons: tuple[Ribbon, ...] = ()
    """Buttons of the classic ribbon, by table."""


class FormEvent(StrEnum):
    """Form events that a handler can be registered for."""

    ON_LOAD = "onload"
    ON_SAVE = "onsave"
    ON_CHANGE = "onchange"


@dataclass(frozen=True, slots=True)
class FormHandler:
    """One ``Handler`` element of FormXml.

    ``attribute`` is the column of an onchange event, empty for the others. ``parameters`` is a
    JavaScript argument list as FormXml keeps it (``"a", 1``).
    """

    event: FormEvent
    function_name: str
    library_name: str
    attribute: str = ""
    parameters: str = ""
    pass_execution_context: bool = True
    enabled: bool = True

    @property
    def handler_unique_id(self) -> UUID:
        """The id for a handler that the form does not have yet; an existing id is kept."""
        key = f"{self.event}:{self.attribute}:{self.library_name.lower()}:{self.function_name}"
        return uuid5(ID_NAMESPACE, f"handler:{key}")

    @property
    def library_unique_id(self) -> UUID:
        """The id for a form library entry that the form does not have yet."""
        return uuid5(ID_NAMESPACE, f"library:{self.library_name.lower()}")


@dataclass(frozen=True, slots=True)
class FormSelector:
    """Which main form is meant: by id where one is given, else by table and name.

    Without a name every active main form of the table is meant.
    """

    table: str
    name: str = ""
    form_id: str = ""

    def __str__(self) -> str:
        """Name the form as messages do."""
        return f"{self.table} / {self.form_id or self.name or 'every active main form'}"


@dataclass(frozen=True, slots=True)
class FormRegistration:
    """The handlers that a form must have."""

    form: FormSelector
    handlers: tuple[FormHandler, ...]
    by_package: bool = False
    """Whether a managed package brings them: they are proven, and never written."""


@dataclass(frozen=True, slots=True)
class Desired:
    """What an environment shall hold after a deploy."""

    solution: Solution
    description: str
    """The solution's description with the digest of the build in it."""
    package: Content = field(repr=False)
    managed: bool
    registrations: tuple[FormRegistration, ...]
    variable_values: Mapping[str, str]
    """Value by schema name; always a string, JSON too."""
    searched_columns: Mapping[str, tuple[str, ...]]
    """The columns that the softphone page reads, by table."""
    rows: tuple[OwnRow, ...] = ()
    """Rows in ordinary tables, which no package brings."""
    row_searches: tuple[RowSearch, ...] = ()
    """How such rows are found; those that are not wanted go."""
    ribbon_search: RibbonSearch | None = None
    """How buttons of ours are found on classic ribbons; None where nobody looks."""


@dataclass(frozen=True, slots=True)
class RemoteSolution:
    """An installed solution."""

    solution_id: str
    unique_name: str
    version: str
    managed: bool
    display_name: str
    description: str
    publisher_unique_name: str
    publisher_prefix: str


@dataclass(frozen=True, slots=True)
class Labels:
    """What a web resource or an environment variable definition says of itself."""

    display_name: str = ""
    description: str = ""
    dependencies: str = field(default="", repr=False)
    """``DependencyXml``, of web resources alone."""


@dataclass(frozen=True, slots=True)
class RemoteWebResource:
    """A web resource as the environment holds it.

    ``published`` is None where nothing was published yet; ``draft`` is the newest content,
    published or not.
    """

    web_resource_id: str
    name: str
    managed: bool
    published: bytes | None = field(repr=False)
    draft: bytes = field(repr=False)
    row_version: str = ""
    """ETag of the draft row, for ``If-Match``; empty where the environment gave none."""
    modified_on: str = ""
    modified_by: str = ""
    """Id of the user who changed it last."""
    labels: Labels = Labels()
    """Of the newest draft."""
    published_labels: Labels | None = None
    """None where nothing was published yet."""

    @property
    def published_hash(self) -> str:
        """SHA-256 of the published content; empty where there is none."""
        return content_hash(self.published) if self.published is not None else ""


@dataclass(frozen=True, slots=True)
class RemoteForm:
    """A main form as the environment holds it; both texts are FormXml."""

    form_id: str
    table: str
    name: str
    active: bool
    customizable: bool
    row_version: str
    """ETag of the draft row, for ``If-Match``."""
    published_xml: str = field(repr=False)
    draft_xml: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class RemoteVariable:
    """An environment variable definition with its value row, if it has one."""

    definition_id: str
    schema_name: str
    value_id: str
    value: str | None
    modified_on: str = ""
    modified_by: str = ""
    labels: Labels = Labels()
    row_version: str = ""
    """ETag of the value row; empty where there is none, or the environment gave none."""
    definition_version: str = ""
    """ETag of the definition."""


@dataclass(frozen=True, slots=True)
class Pending:
    """What else is unpublished on the tables that a plan publishes."""

    items: tuple[str, ...] = ()
    """As messages name them: ``view contact / Active Contacts``."""
    untold: tuple[str, ...] = ()
    """What the user may not read, or the environment does not have."""


class ComponentType(IntEnum):
    """``componenttype`` of what a solution holds, as far as we look at it one by one."""

    FORM = 60
    WEB_RESOURCE = 61


@dataclass(frozen=True, slots=True)
class RemoteSnapshot:
    """What was read from an environment, one thing after another."""

    organization_id: str
    solution: RemoteSolution | None
    components: Mapping[str, int]
    """Component type by ``objectid``, in lower case, of every component of the solution."""
    web_resources: Mapping[str, RemoteWebResource]
    """By name in lower case: Dataverse compares names without case."""
    forms: tuple[RemoteForm, ...]
    variables: Mapping[str, RemoteVariable]
    """By schema name in lower case."""
    columns: Mapping[str, frozenset[str]]
    """The columns of each table that is named and exists."""
    rows: tuple[RemoteRow, ...] = ()
    """Of ours, in ordinary tables."""
    profiles: tuple[AppProfile, ...] = ()
    """Every app profile, where ours are looked for."""
    ribbons: tuple[RemoteRibbonNode, ...] = ()
    """Nodes of classic ribbons: ours, and unmanaged ones of others on the same tables."""
    pending: Pending = Pending()
    """Besides main forms; read for the tables that a plan is going to publish."""

    @property
    def packaged_web_resources(self) -> list[str]:
        """Ids, in lower case, of the web resources of the solution; sorted."""
        kinds = sorted(self.components.items())
        return [row for row, kind in kinds if kind == ComponentType.WEB_RESOURCE]
