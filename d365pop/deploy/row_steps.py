"""Reads and writes one row of ours in an ordinary table, or one link to an app profile."""

from typing import assert_never

from d365pop.dataverse.app_profiles import create_link, delete_link, retrieve_link
from d365pop.dataverse.client import Dataverse
from d365pop.dataverse.own_rows import RowAt, create_row, delete_row, retrieve_row, update_row
from d365pop.deploy.own_rows import changed_columns
from d365pop.deploy.plan import WriteRow
from d365pop.own_rows import LinkKind, RemoteRow, RowKind


def read_row(dataverse: Dataverse, step: WriteRow) -> RemoteRow | None:
    """Return what the step writes as it is now; None where it is not there."""
    match step.kind:
        case RowKind():
            return retrieve_row(dataverse, step.kind, step.key)
        case LinkKind():
            return retrieve_link(dataverse, step.key)
        case _:
            assert_never(step.kind)


def write_row(dataverse: Dataverse, step: WriteRow) -> None:
    """Carry the step out, once.

    Raises:
        DataverseError: the environment refused it, or somebody changed the row since it was read.
    """
    match step.kind:
        case RowKind():
            _write_row(dataverse, step.kind, step)
        case LinkKind():
            _write_link(dataverse, step)
        case _:
            assert_never(step.kind)


def _write_row(dataverse: Dataverse, kind: RowKind, step: WriteRow) -> None:
    there = RowAt(kind, step.key, step.row_id, step.row_version)
    if step.before is None:
        if step.after is not None:
            create_row(dataverse, kind, step.key, step.after)
    elif step.after is None:
        delete_row(dataverse, there)
    else:
        update_row(dataverse, there, changed_columns(step.before, step.after))


def _write_link(dataverse: Dataverse, step: WriteRow) -> None:
    if step.before is None:
        if step.after is not None:
            create_link(dataverse, step.key)
    elif step.after is None:
        delete_link(dataverse, step.key, step.row_id)
