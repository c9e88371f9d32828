"""The plan as a value: what a deploy will do, in order, and what it leaves alone; no behaviour."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias


class ImportKind(StrEnum):
    """Why the package is imported."""

    FIRST_INSTALL = "first install"
    UPDATE = "update"
    REPAIR = "repair"


@dataclass(frozen=True, slots=True)
class ImportPackage:
    """Import the whole package, asynchronously."""

    kind: ImportKind
    solution: str
    version: str
    installed_version: str
    reason: str
    components: tuple[str, ...]
    """What the import creates or changes, one line each."""
    overwrite_unmanaged: bool
    """Whether an unmanaged layer over a managed component of ours is replaced."""
    package: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class UpdateWebResource:
    """Write the content of one web resource that is there already."""

    web_resource_id: str
    name: str
    reason: str
    before: bytes = field(repr=False)
    after: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class SetVariable:
    """Give an environment variable its value in this environment."""

    schema_name: str
    reason: str
    before: str | None
    after: str


@dataclass(frozen=True, slots=True)
class EditForm:
    """Register handlers on a form by editing its FormXml, guarded by the row's version."""

    form_id: str
    table: str
    name: str
    reason: str
    row_version: str
    before: str = field(repr=False)
    after: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Publish:
    """Publish just these tables and web resources."""

    tables: tuple[str, ...]
    web_resources: tuple[str, ...]
    """Names; their ids are read when the step runs, since an import may have made them."""
    pending_of_others: tuple[str, ...]
    """Main forms with unpublished edits that are not ours: a table is published as a whole."""


Step: TypeAlias = ImportPackage | UpdateWebResource | SetVariable | EditForm | Publish


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
    steps: tuple[Step, ...]
    left: tuple[Leave, ...]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to do."""
        return not self.steps
