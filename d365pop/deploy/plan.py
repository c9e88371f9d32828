"""The plan as a value: what a run will do, in order, and what it leaves alone; no behaviour."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from d365pop.contents import Content
from d365pop.deploy.former import NOTHING, Before, Component, SolutionFacts
from d365pop.models import Desired, Labels, WebResource
from d365pop.own_rows import Keyed, RowValue
from d365pop.ribbons import RemoteRibbonNode, RibbonSearch


class PlanKind(StrEnum):
    """What a run is for."""

    DEPLOY = "deploy"
    PUSH = "push"
    ROLLBACK = "rollback"
    UNDEPLOY = "undeploy"


class ImportKind(StrEnum):
    """Why the package is imported."""

    FIRST_INSTALL = "first install"
    UPDATE = "update"
    UPGRADE = "upgrade"
    REPAIR = "repair"
    RIBBONS = "ribbons alone"


@dataclass(frozen=True, slots=True)
class ImportPackage:
    """Import the whole package, asynchronously."""

    kind: ImportKind
    solution: str
    version: str
    description: str  # holds the digest of the build
    installed_version: str
    installed_description: str
    reason: str
    components: tuple[str, ...]
    """What the import creates or changes, one line each."""
    overwrite_unmanaged: bool
    """Whether an unmanaged layer over a managed component of ours is replaced."""
    package: Content = field(repr=False)
    managed: bool = False
    step: Literal["import"] = "import"


@dataclass(frozen=True, slots=True)
class UpdateWebResource:
    """Write the content of one web resource that is there already."""

    web_resource_id: str
    name: str
    reason: str
    before: Content = field(repr=False)
    after: Content = field(repr=False)
    row_version: str = ""
    """ETag of the draft that was read; empty where it is read just before it is written."""
    step: Literal["update-web-resource"] = "update-web-resource"


@dataclass(frozen=True, slots=True)
class CreateWebResource:
    """Bring a web resource that is not there, as part of the solution, without an import."""

    resource: WebResource
    solution: str
    reason: str
    step: Literal["create-web-resource"] = "create-web-resource"

    @property
    def name(self) -> str:
        """The web resource's name."""
        return self.resource.name

    @property
    def after(self) -> bytes:
        """Its content."""
        return self.resource.content


@dataclass(frozen=True, slots=True)
class DeleteWebResource:
    """Delete a web resource that only we put there."""

    web_resource_id: str
    name: str
    reason: str
    row_version: str = ""
    step: Literal["delete-web-resource"] = "delete-web-resource"


@dataclass(frozen=True, slots=True)
class SetVariable:
    """Give an environment variable its value in this environment; None takes the value away."""

    schema_name: str
    reason: str
    before: str | None
    after: str | None
    step: Literal["set-variable"] = "set-variable"


@dataclass(frozen=True, slots=True)
class DeleteVariable:
    """Delete the definition of an environment variable that only we put there."""

    schema_name: str
    reason: str
    before: str | None
    """Its value, which goes with it."""
    step: Literal["delete-variable"] = "delete-variable"


class FormAction(StrEnum):
    """What an edit does to a form."""

    REGISTER = "register"
    REORDER = "reorder"
    EDIT = "edit"


@dataclass(frozen=True, slots=True)
class EditForm:
    """Write a form's FormXml, in which only our own handlers differ, guarded by its version."""

    form_id: str
    table: str
    name: str
    reason: str
    row_version: str
    before: str = field(repr=False)
    after: str = field(repr=False)
    action: FormAction = FormAction.EDIT
    step: Literal["edit-form"] = "edit-form"


@dataclass(frozen=True, slots=True)
class WriteRow(Keyed):
    """Create, change or delete a row of ours in an ordinary table, guarded by its version."""

    row_id: str
    """Empty where it is not there."""
    reason: str
    before: Mapping[str, RowValue] | None
    """None where it is not there."""
    after: Mapping[str, RowValue] | None
    """None where it goes."""
    row_version: str = ""
    step: Literal["write-row"] = "write-row"


@dataclass(frozen=True, slots=True)
class RemoveRibbon:
    """Take our unmanaged button off the classic ribbon of a table."""

    table: str
    reason: str
    nodes: tuple[RemoteRibbonNode, ...]
    search: RibbonSearch
    """How they are found again."""
    step: Literal["remove-ribbon"] = "remove-ribbon"


@dataclass(frozen=True, slots=True)
class Publish:
    """Publish just these tables and web resources."""

    tables: tuple[str, ...]
    web_resources: tuple[str, ...]
    """Names; their ids are read when the step runs, since an import may have made them."""
    pending_of_others: tuple[str, ...]
    """What goes live with the tables and is not ours: a table is published as a whole."""
    web_resource_ids: tuple[str, ...] = ()
    """Ids of all of ``web_resources``, where they are known before the step runs."""
    step: Literal["publish"] = "publish"


@dataclass(frozen=True, slots=True)
class RestoreLabels:
    """Let a component say again what it said before a run, or what the package says of it."""

    component: Component
    row_id: str
    name: str
    reason: str
    before: Labels
    after: Labels
    row_version: str = ""
    step: Literal["restore-labels"] = "restore-labels"


@dataclass(frozen=True, slots=True)
class RestoreSolution:
    """Let an unmanaged solution say again what it said before an update."""

    solution_id: str
    solution: str
    reason: str
    before: SolutionFacts
    after: SolutionFacts
    step: Literal["restore-solution"] = "restore-solution"


@dataclass(frozen=True, slots=True)
class UninstallSolution:
    """Take the solution out; a managed one goes with its components, an unmanaged one alone."""

    solution_id: str
    solution: str
    version: str
    managed: bool
    reason: str
    description: str | None = None
    """Of the build that was read; None in a plan of a version that did not look at it."""
    step: Literal["uninstall"] = "uninstall"


Step: TypeAlias = (
    ImportPackage
    | UpdateWebResource
    | CreateWebResource
    | DeleteWebResource
    | SetVariable
    | DeleteVariable
    | EditForm
    | WriteRow
    | RemoveRibbon
    | Publish
    | RestoreLabels
    | RestoreSolution
    | UninstallSolution
)


SimpleStep: TypeAlias = (
    UpdateWebResource
    | CreateWebResource
    | DeleteWebResource
    | SetVariable
    | DeleteVariable
    | EditForm
    | WriteRow
    | RemoveRibbon
    | Publish
    | RestoreLabels
    | RestoreSolution
)
"""A step that the environment carries out while the request is open."""


@dataclass(frozen=True, slots=True)
class Leave:
    """Something that is as it should be already."""

    item: str
    reason: str


@dataclass(frozen=True, slots=True)
class Plan:
    """The ordered steps that turn what was read into what is wanted."""

    environment_url: str
    organization_id: str
    steps: tuple[Annotated[Step, Field(discriminator="step")], ...]
    left: tuple[Leave, ...]
    kind: PlanKind = PlanKind.DEPLOY
    facts: Mapping[str, str] = field(default_factory=dict)
    """The state of each thing that the plan was made from, in one comparable line."""
    before: Before = NOTHING
    desired: Desired | None = None
    """What a deploy is for, without the package, which only its import step carries."""
    irreversible: tuple[str, ...] = ()
    """What a rollback of this plan will not be able to restore, a sentence each."""
    of_run: str = ""
    """The run that a rollback takes back."""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to do."""
        return not self.steps

    def is_for(self, origin: str) -> bool:
        """Whether it was made for the environment at ``origin``."""
        return self.environment_url.rstrip("/") == origin.rstrip("/")
