"""Rows of ours are planned, restored and compared by kind and key."""

from dataclasses import replace

import pytest

from d365pop.deploy.drift import Drift
from d365pop.deploy.former import RowBefore
from d365pop.deploy.own_rows import (
    drift_of_rows,
    plan_rows,
    remove_rows,
    restore_rows,
    row_tables,
    rows_before,
)
from d365pop.deploy.plan import Leave, WriteRow
from d365pop.models import Desired, RemoteSnapshot
from d365pop.own_rows import OwnRow, RemoteRow, RowKind, RowSearch, RowValue
from tests.unit.deploy.test_planner import DESIRED, snapshot

KEY = "pre_d365pop_phone_contact"
VALUES: dict[str, RowValue] = {
    "name": KEY,
    "location": 1,
    "contextvalue": "contact",
    "buttonlabeltext": "Phone",
}
OTHER = VALUES | {"buttonlabeltext": "Call"}
WANTED = OwnRow(RowKind.COMMAND, KEY, VALUES)
THERE = RemoteRow(RowKind.COMMAND, KEY, "id-1", VALUES, 'W/"7"', "2026-01-02", "user-1")
SEARCHES = (RowSearch(RowKind.COMMAND, "pre_d365pop_phone_"),)
WITH_ROW = replace(DESIRED, rows=(WANTED,), row_searches=SEARCHES)
WITHOUT = replace(DESIRED, row_searches=SEARCHES)
CREATE = WriteRow(RowKind.COMMAND, KEY, "", "it is not there", None, VALUES)


def remote(*rows: RemoteRow) -> RemoteSnapshot:
    return replace(snapshot(), rows=rows)


def there(values: dict[str, RowValue]) -> RemoteRow:
    return replace(THERE, values=values)


def update(before: dict[str, RowValue], after: dict[str, RowValue], reason: str) -> WriteRow:
    return WriteRow(RowKind.COMMAND, KEY, "id-1", reason, before, after, 'W/"7"')


def removal(values: dict[str, RowValue], reason: str) -> WriteRow:
    return WriteRow(RowKind.COMMAND, KEY, "id-1", reason, values, None, 'W/"7"')


def test_row_that_is_absent_is_created_and_its_table_published() -> None:
    plan = plan_rows(WITH_ROW, remote())
    assert (plan.steps, plan.left, plan.tables) == ([CREATE], [], {"contact"})


def test_row_with_the_same_values_is_left() -> None:
    plan = plan_rows(WITH_ROW, remote(THERE))
    left = [Leave(f"command {KEY}", "same values")]
    assert (plan.steps, plan.left, plan.tables) == ([], left, set())


def test_row_that_differs_is_updated_at_the_version_that_was_read() -> None:
    plan = plan_rows(WITH_ROW, remote(there(OTHER)))
    assert plan.steps == [update(OTHER, VALUES, "it differs")]


def test_row_whose_column_cannot_be_changed_is_made_anew() -> None:
    elsewhere = VALUES | {"location": 0}
    plan = plan_rows(WITH_ROW, remote(there(elsewhere)))
    assert plan.steps == [
        removal(elsewhere, "it differs"),
        replace(CREATE, reason="it differs"),
    ]


def test_row_that_is_no_longer_wanted_goes() -> None:
    plan = plan_rows(WITHOUT, remote(THERE))
    assert plan.steps == [removal(VALUES, "it is no longer wanted")]
    assert plan.tables == {"contact"}


def test_undeploy_takes_every_row_of_ours() -> None:
    assert remove_rows(remote(THERE), "undeploy").steps == [removal(VALUES, "undeploy")]


def test_before_holds_each_row_once_as_it_is() -> None:
    steps = (removal(OTHER, "it differs"), replace(CREATE, reason="it differs"))
    assert [*rows_before(steps, remote(there(OTHER)))] == [RowBefore(RowKind.COMMAND, KEY, OTHER)]
    assert [*rows_before((CREATE,), remote())] == [RowBefore(RowKind.COMMAND, KEY, None)]
    assert row_tables(steps) == {"contact"}


@pytest.mark.parametrize(
    ("before", "steps", "present", "expected"),
    [
        (None, (CREATE,), remote(THERE), [removal(VALUES, "back")]),
        (None, (CREATE,), remote(), []),
        (
            OTHER,
            (update(OTHER, VALUES, ""),),
            remote(THERE),
            [update(VALUES, OTHER, "back")],
        ),
        (
            OTHER,
            (removal(OTHER, ""),),
            remote(),
            [WriteRow(RowKind.COMMAND, KEY, "", "back", None, OTHER)],
        ),
    ],
    ids=["created", "created and gone", "updated", "deleted"],
)
def test_rollback_is_the_inverse(
    before: dict[str, RowValue] | None,
    steps: tuple[WriteRow, ...],
    present: RemoteSnapshot,
    expected: list[WriteRow],
) -> None:
    plan = restore_rows((RowBefore(RowKind.COMMAND, KEY, before),), steps, present, "back")
    assert (plan.steps, plan.cannot) == (expected, [])


@pytest.mark.parametrize(
    "present",
    [remote(there(VALUES | {"buttonlabeltext": "Theirs"})), remote()],
    ids=["changed", "deleted"],
)
def test_rollback_leaves_what_others_did_since(present: RemoteSnapshot) -> None:
    before = (RowBefore(RowKind.COMMAND, KEY, OTHER),)
    plan = restore_rows(before, (update(OTHER, VALUES, ""),), present, "back")
    assert plan.steps == []
    assert plan.cannot == [f"The command {KEY} was changed since."]


@pytest.mark.parametrize(
    ("wanted", "present", "expected"),
    [
        (WITH_ROW, remote(THERE), []),
        (WITH_ROW, remote(), [Drift(f"command {KEY}", "is not there")]),
        (
            WITH_ROW,
            remote(there(OTHER)),
            [Drift(f"command {KEY}", "has another buttonlabeltext", "2026-01-02", "user-1")],
        ),
        (
            WITHOUT,
            remote(THERE),
            [Drift(f"command {KEY}", "is there, deployed was none", "2026-01-02", "user-1")],
        ),
    ],
    ids=["same", "gone", "changed", "unwanted"],
)
def test_drift_names_what_is_other_than_deployed(
    wanted: Desired, present: RemoteSnapshot, expected: list[Drift]
) -> None:
    assert [*drift_of_rows(wanted, present)] == expected
