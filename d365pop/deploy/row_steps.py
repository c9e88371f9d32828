"""Reads and writes one row of ours in an ordinary table, or one link to an app profile."""

from d365pop.dataverse.app_profiles import create_link, delete_link, retrieve_link
from d365pop.dataverse.client import Dataverse
from d365pop.dataverse.own_rows import create_row, delete_row, retrieve_row, update_row
from d365pop.deploy.own_rows import changed_columns
from d365pop.deploy.plan import WriteRow
from d365pop.own_rows import OwnRow, RemoteRow, RowKind


def read_row(dataverse: Dataverse, step: WriteRow) -> RemoteRow | None:
    """Return what the step writes as it is now; None where it is not there."""
    if step.kind is RowKind.PROFILE_LINK:
        return retrieve_link(dataverse, step.key)
    return retrieve_row(dataverse, step.kind, step.key)


def write_row(dataverse: Dataverse, step: WriteRow) -> None:
    """Carry the step out, once.

    Raises:
        DataverseError: the environment refused it, or somebody changed the row since it was read.
    """
    is_link = step.kind is RowKind.PROFILE_LINK
    if step.before is None:
        if step.after is not None and is_link:
            create_link(dataverse, step.key)
        elif step.after is not None:
            create_row(dataverse, OwnRow(step.kind, step.key, step.after))
        return
    there = RemoteRow(step.kind, step.row_id, step.key, step.before, step.row_version)
    if step.after is None:
        if is_link:
            delete_link(dataverse, there)
        else:
            delete_row(dataverse, there, step.row_version)
        return
    changes = changed_columns(step.before, step.after)
    update_row(dataverse, there, changes, step.row_version)
