"""Rows of ours in ordinary tables of Dataverse: what each shall hold; frozen values, no IO.

They travel in no package: a deploy writes them one by one, and finds them again by their key.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias
from uuid import UUID, uuid5

RowValue: TypeAlias = bool | int | float | str | None
_ID_NAMESPACE = UUID("4b7a2a0c-0d57-5f0e-8f55-6a5e2f3bd365")


class RowKind(StrEnum):
    """What such a row is to people."""

    COMMAND = "command"
    PROVIDER = "softphone provider"
    CHANNEL = "channel provider"
    NOTIFICATION = "notification template"
    PROFILE_LINK = "app profile link"
    """No row of its own: that a channel provider belongs to an app profile."""


@dataclass(frozen=True, slots=True)
class OwnRow:
    """A row that shall be there; a lookup is the name of what it points to."""

    kind: RowKind
    key: str
    """Its unique name."""
    values: Mapping[str, RowValue]
    """By logical name of the column, all that we write."""

    @property
    def row_id(self) -> UUID:
        """The id that it is created with: sent twice, it is one row."""
        return uuid5(_ID_NAMESPACE, f"{self.kind}:{self.key.lower()}")


@dataclass(frozen=True, slots=True)
class RowSearch:
    """How rows of ours are found that are no longer wanted, too: their keys begin alike."""

    kind: RowKind
    prefix: str


@dataclass(frozen=True, slots=True)
class RemoteRow:
    """Such a row as the environment holds it, with the columns that we write."""

    kind: RowKind
    row_id: str
    key: str
    values: Mapping[str, RowValue]
    row_version: str
    """ETag, for ``If-Match``; empty where the environment gave none."""
    modified_on: str = ""
    modified_by: str = ""
    """Id of the user who changed it last."""
