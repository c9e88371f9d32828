"""What a run changes as it was before it: all that a rollback needs, as values; no behaviour."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from d365pop.contents import Content
from d365pop.models import Labels
from d365pop.own_rows import Keyed, RowValue
from d365pop.ribbons import RibbonNode


@dataclass(frozen=True, slots=True)
class WebResourceBefore:
    """A web resource that a run touches, before it; without a draft it was not there."""

    name: str
    draft: Content | None = field(repr=False)
    published: Content | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class FormBefore:
    """A form that a run touches, before it; never published, it has no published text."""

    form_id: str
    table: str
    name: str
    draft: str = field(repr=False)
    published: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class VariableBefore:
    """An environment variable that a run touches, before it."""

    schema_name: str
    defined: bool
    value: str | None


@dataclass(frozen=True, slots=True)
class RowBefore(Keyed):
    """A row of ours in an ordinary table, before a run; None where it was not there."""

    values: Mapping[str, RowValue] | None


@dataclass(frozen=True, slots=True)
class RibbonBefore:
    """Our unmanaged nodes on the classic ribbon of a table, before a run."""

    table: str
    nodes: tuple[RibbonNode, ...]


class Component(StrEnum):
    """What has labels that an unmanaged import writes over."""

    WEB_RESOURCE = "web resource"
    VARIABLE = "environment variable"


@dataclass(frozen=True, slots=True)
class LabelsBefore:
    """What a component said of itself before an import."""

    component: Component
    name: str
    labels: Labels


@dataclass(frozen=True, slots=True)
class SolutionFacts:
    """What the row of a solution says of itself."""

    version: str
    display_name: str
    description: str


@dataclass(frozen=True, slots=True)
class Before:
    """What a run changes as it was before: all that a rollback needs, on any machine."""

    solution: SolutionFacts | None = None
    """None where the solution was not installed."""
    web_resources: tuple[WebResourceBefore, ...] = ()
    forms: tuple[FormBefore, ...] = ()
    variables: tuple[VariableBefore, ...] = ()
    labels: tuple[LabelsBefore, ...] = ()
    rows: tuple[RowBefore, ...] = ()
    ribbons: tuple[RibbonBefore, ...] = ()


NOTHING: Final = Before()
"""Of a run that changes nothing which a rollback brings back."""
