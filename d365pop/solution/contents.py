"""What a package holds, as values: the reading side's counterpart of ``models.Solution``."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from d365pop.models import VariableType
from d365pop.solution.formxml import RegisteredHandler


@dataclass(frozen=True, slots=True)
class RootComponent:
    """``RootComponent``; ``type_code`` 61 is a web resource, 60 a form, 1 a table."""

    type_code: int
    schema_name: str
    component_id: str
    behavior: str
    line: int


@dataclass(frozen=True, slots=True)
class MissingDependency:
    """``MissingDependency`` of solution.xml: what an environment must hold before an import."""

    required_type: int
    required_name: str
    required_solution: str
    dependent_type: int
    dependent_name: str
    line: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """solution.xml; texts are empty where the element is missing or nil."""

    unique_name: str
    display_name: str
    description: str
    version: str
    managed: str
    """``0``, ``1`` or ``2`` (both, in source folders)."""
    package_version: str
    """``SolutionPackageVersion``."""
    publisher_unique_name: str
    publisher_display_name: str
    customization_prefix: str
    option_value_prefix: str
    root_components: tuple[RootComponent, ...]
    missing_dependencies: tuple[MissingDependency, ...]


@dataclass(frozen=True, slots=True)
class WebResourceEntry:
    """A ``WebResource`` of customizations.xml with its part; ``content`` is None where absent."""

    web_resource_id: str
    name: str
    display_name: str
    type_code: int
    file_name: str
    dependency_xml: str
    line: int
    content: bytes | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class FormEntry:
    """A ``systemform`` (or dialog) of customizations.xml."""

    table: str
    form_id: str
    name: str
    form_type: str
    """``forms@type``: main, quick, quickCreate, card, dialog …"""
    form_xml: str = field(repr=False)
    libraries: tuple[str, ...]
    handlers: tuple[RegisteredHandler, ...]
    line: int


@dataclass(frozen=True, slots=True)
class VariableEntry:
    """An environment variable definition; ``value`` is None where the package carries none."""

    schema_name: str
    display_name: str
    type_code: int
    default_value: str | None
    value: str | None
    part: str

    @property
    def is_secret(self) -> bool:
        """Whether its values must never be shown."""
        return self.type_code == VariableType.SECRET


@dataclass(frozen=True, slots=True)
class Contents:
    """Everything that was understood of a package; ``parts`` holds the bytes of all of it."""

    parts: Mapping[str, bytes] = field(repr=False)
    manifest: Manifest
    web_resources: tuple[WebResourceEntry, ...]
    forms: tuple[FormEntry, ...]
    variables: tuple[VariableEntry, ...]
    other_components: Mapping[str, tuple[str, ...]]
    """Names of what else customizations.xml and the folders bring, by kind (tables …)."""
