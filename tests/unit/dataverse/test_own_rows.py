"""Rows of ours are written as they are wanted; a table that is not there is named."""

import json

import pytest

from d365pop.dataverse.own_rows import (
    RowAt,
    create_row,
    delete_row,
    kept_columns,
    missing_table,
    retrieve_row,
    retrieve_rows,
    script_columns,
    update_row,
)
from d365pop.errors import DataverseError
from d365pop.models import Json
from d365pop.own_rows import LinkKind, OwnKind, RowKind, stable_id
from tests.unit.dataverse.fake import NO_CONTENT, environment, rows


def absent(status: int = 404) -> DataverseError:
    return DataverseError("dataverse-not-found", "No such segment.", status=status)


def command(**values: Json) -> dict[str, Json]:
    return {"appactionid": "id-1", "uniquename": "pre_phone", **values}


@pytest.mark.parametrize(
    "kind", [kind for kind in (*RowKind, *LinkKind) if kind is not RowKind.COMMAND]
)
def test_panel_that_is_not_installed_is_named(kind: OwnKind) -> None:
    found = missing_table(kind, absent())
    assert (found.reference, found.context) == ("cif-missing", "No such segment.")


@pytest.mark.parametrize(
    ("kind", "error"),
    [(RowKind.PROVIDER, absent(403)), (RowKind.COMMAND, absent())],
    ids=["another refusal", "another table"],
)
def test_other_errors_stay_as_they_are(kind: RowKind, error: DataverseError) -> None:
    assert missing_table(kind, error) is error


@pytest.mark.parametrize(
    ("stored", "read"), [(15.0, "15"), (15.5, "15.5"), (15, "15"), (True, "true")], ids=repr
)
def test_number_is_written_back_as_it_was_read(stored: float, read: str) -> None:
    env = environment(rows(command(sequence=stored)), NO_CONTENT)
    there = retrieve_row(env.client, RowKind.COMMAND, "pre_phone")
    assert there is not None
    at = RowAt(RowKind.COMMAND, there.key, there.row_id, there.row_version)
    update_row(env.client, at, {"sequence": there.values["sequence"]})
    # As text: to JSON's readers 15.0 is 15.
    assert env.requests[-1].body == f'{{"sequence":{read}}}'.encode()


def test_row_that_belongs_to_no_table_is_created_without_looking_one_up() -> None:
    env = environment(NO_CONTENT)
    create_row(env.client, RowKind.COMMAND, "pre_phone", {"contextvalue": None})
    assert env.calls == ["POST appactions"]
    assert env.body() == {
        "appactionid": str(stable_id(RowKind.COMMAND, "pre_phone")),
        "uniquename": "pre_phone",
        "contextvalue": None,
    }


def test_inactive_row_is_created_before_it_is_deactivated() -> None:
    env = environment(NO_CONTENT, NO_CONTENT)
    create_row(env.client, RowKind.PROVIDER, "pre_phone", {"msdyn_label": "Phone", "statecode": 1})
    row_id = str(stable_id(RowKind.PROVIDER, "pre_phone"))
    assert env.calls == ["POST msdyn_ciproviders", f"PATCH msdyn_ciproviders({row_id})"]
    created, changed = (json.loads(request.body or b"") for request in env.requests)
    assert "statecode" not in created
    assert changed == {"statecode": 1}


@pytest.mark.parametrize("kind", RowKind)
def test_row_of_every_kind_is_read_and_written_in_the_same_table(kind: RowKind) -> None:
    env = environment(rows(), rows(), NO_CONTENT, NO_CONTENT, NO_CONTENT)
    at = RowAt(kind, "pre_phone", "id-1", 'W/"7"')
    assert retrieve_rows(env.client, kind, "pre_") == ()
    assert retrieve_row(env.client, kind, "pre_phone") is None
    create_row(env.client, kind, "pre_phone", {})
    update_row(env.client, at, {})
    delete_row(env.client, at)
    (table,) = {call.partition(" ")[2].partition("?")[0].partition("(")[0] for call in env.calls}
    assert table == {
        RowKind.COMMAND: "appactions",
        RowKind.PROVIDER: "msdyn_ciproviders",
        RowKind.CHANNEL: "msdyn_channelproviders",
        RowKind.NOTIFICATION: "msdyn_notificationtemplates",
    }.get(kind)


@pytest.mark.parametrize("kind", [*RowKind, *LinkKind])
def test_only_a_command_calls_a_script_and_keeps_columns(kind: OwnKind) -> None:
    is_command = kind is RowKind.COMMAND
    assert (bool(script_columns(kind)), bool(kept_columns(kind))) == (is_command, is_command)
