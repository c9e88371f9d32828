"""Rows of ours are written as they are wanted; a table that is not there is named."""

import pytest

from d365pop.dataverse.own_rows import (
    create_row,
    refuse_missing_table,
    retrieve_row,
    update_row,
)
from d365pop.errors import DataverseError
from d365pop.models import Json
from d365pop.own_rows import OwnRow, RowKind
from tests.unit.dataverse.fake import NO_CONTENT, environment, rows


def absent(status: int = 404) -> DataverseError:
    return DataverseError("dataverse-not-found", "No such segment.", status=status)


def command(**values: Json) -> dict[str, Json]:
    return {"appactionid": "id-1", "uniquename": "pre_phone", **values}


@pytest.mark.parametrize("kind", [RowKind.PROVIDER, RowKind.CHANNEL, RowKind.PROFILE_LINK])
def test_panel_that_is_not_installed_is_named(kind: RowKind) -> None:
    found = refuse_missing_table(kind, absent())
    assert (found.reference, found.context) == ("cif-missing", "No such segment.")


@pytest.mark.parametrize(
    ("kind", "error"),
    [(RowKind.PROVIDER, absent(403)), (RowKind.COMMAND, absent())],
    ids=["another refusal", "another table"],
)
def test_other_errors_stay_as_they_are(kind: RowKind, error: DataverseError) -> None:
    assert refuse_missing_table(kind, error) is error


@pytest.mark.parametrize(
    ("stored", "read"), [(15.0, "15"), (15.5, "15.5"), (15, "15"), (True, "true")], ids=repr
)
def test_number_is_written_back_as_it_was_read(stored: float, read: str) -> None:
    env = environment(rows(command(sequence=stored)), NO_CONTENT)
    there = retrieve_row(env.client, RowKind.COMMAND, "pre_phone")
    assert there is not None
    update_row(env.client, there, {"sequence": there.values["sequence"]}, 'W/"7"')
    # As text: to JSON's readers 15.0 is 15.
    assert env.requests[-1].body == f'{{"sequence":{read}}}'.encode()


def test_row_that_belongs_to_no_table_is_created_without_looking_one_up() -> None:
    env = environment(NO_CONTENT)
    row = OwnRow(RowKind.COMMAND, "pre_phone", {"contextvalue": None})
    create_row(env.client, row)
    assert env.calls == ["POST appactions"]
    assert env.body() == {
        "appactionid": str(row.row_id),
        "uniquename": "pre_phone",
        "contextvalue": None,
    }
