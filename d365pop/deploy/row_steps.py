"""Writes one row of ours in an ordinary table."""

from d365pop.dataverse.client import Dataverse
from d365pop.dataverse.own_rows import create_row, delete_row, update_row
from d365pop.deploy.own_rows import changed_columns
from d365pop.deploy.plan import WriteRow
from d365pop.own_rows import OwnRow, RemoteRow


def write_row(dataverse: Dataverse, step: WriteRow) -> None:
    """Carry the step out, once.

    Raises:
        DataverseError: the environment refused it, or somebody changed the row since it was read.
    """
    if step.before is None:
        if step.after is not None:
            create_row(dataverse, OwnRow(step.kind, step.key, step.after))
        return
    there = RemoteRow(step.kind, step.row_id, step.key, step.before, step.row_version)
    if step.after is None:
        delete_row(dataverse, there, step.row_version)
        return
    changes = changed_columns(step.before, step.after)
    update_row(dataverse, there, changes, step.row_version)
