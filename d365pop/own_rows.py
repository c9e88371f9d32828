"""Rows of ours in ordinary tables of Dataverse, and links of ours; frozen values, no IO.

They travel in no package: a deploy writes them one by one, and finds them again by their key.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias
from uuid import UUID, uuid5

RowValue: TypeAlias = bool | int | float | str | None
ACTIVE: Final[Mapping[str, RowValue]] = {"statecode": 0}
"""An app passes over a row that somebody has deactivated."""
_ID_NAMESPACE = UUID("4b7a2a0c-0d57-5f0e-8f55-6a5e2f3bd365")


class RowKind(StrEnum):
    """What such a row is to people; every kind has a table."""

    COMMAND = "command"
    PROVIDER = "softphone provider"
    CHANNEL = "channel provider"
    NOTIFICATION = "notification template"


class LinkKind(StrEnum):
    """What is planned, written and taken back as a row is, but is none and has no table."""

    PROFILE = "app profile link"
    """That a channel provider belongs to an app profile."""


OwnKind: TypeAlias = RowKind | LinkKind


@dataclass(frozen=True, slots=True)
class Keyed:
    """A row or link of ours by what it is found again."""

    kind: OwnKind
    key: str
    """Its unique name."""

    @property
    def identity(self) -> tuple[OwnKind, str]:
        """What no two of them share."""
        return self.kind, self.key

    @property
    def label(self) -> str:
        """What people are told that it is."""
        return f"{self.kind} {self.key}"


@dataclass(frozen=True, slots=True)
class OwnRow(Keyed):
    """A row that shall be there; a lookup is the name of what it points to."""

    values: Mapping[str, RowValue]
    """By logical name of the column, all that we write; a link has none."""


@dataclass(frozen=True, slots=True)
class RowSearch:
    """How rows of ours are found that are no longer wanted, too: their keys begin alike."""

    kind: OwnKind
    prefix: str


@dataclass(frozen=True, slots=True)
class RemoteRow(Keyed):
    """Such a row as the environment holds it, with the columns that we write."""

    row_id: str
    values: Mapping[str, RowValue]
    row_version: str
    """ETag, for ``If-Match``; empty where the environment gave none."""
    modified_on: str = ""
    modified_by: str = ""
    """Id of the user who changed it last."""


def stable_id(kind: RowKind, key: str) -> UUID:
    """Return the id that a row is created with: sent twice, it is one row."""
    return uuid5(_ID_NAMESPACE, f"{kind}:{key.lower()}")
