"""Buttons of the classic ribbon that are ours: what each table shall have; frozen values, no IO.

Unlike rows of ours they travel in the package. Dataverse takes a ``RibbonDiffXml`` apart and keeps
each of its nodes as a row, which can be read.
"""

from dataclasses import dataclass, field
from enum import StrEnum


class RibbonKind(StrEnum):
    """What a node of a ``RibbonDiffXml`` is, by the name of its element."""

    ACTION = "CustomAction"
    LABEL = "LocLabel"
    COMMAND = "CommandDefinition"


@dataclass(frozen=True, slots=True, order=True)
class RibbonNode:
    """One node, whole; its id begins with the publisher's prefix."""

    kind: RibbonKind
    node_id: str
    xml: str = field(repr=False)
    """In the canonical form of XML, without white space between elements."""


@dataclass(frozen=True, slots=True)
class Ribbon:
    """The nodes of ours on one table, in order."""

    table: str
    nodes: tuple[RibbonNode, ...]


@dataclass(frozen=True, slots=True)
class RibbonSearch:
    """How nodes of ours are found, and those of others that an unmanaged import would replace."""

    prefix: str
    """Of our ids."""
    tables: tuple[str, ...]
    """Whose ribbons we write, or wrote."""


@dataclass(frozen=True, slots=True)
class RemoteRibbonNode:
    """A node as the environment holds it."""

    table: str
    node: RibbonNode
    row_id: str
    managed: bool
    """Whether a managed solution brought it."""
