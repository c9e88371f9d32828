"""Rows in SQLite: both layers, transactions, and state files that are no state files."""

import sqlite3
from pathlib import Path

import pytest

from d365pop.emulator.state_file import unusable
from d365pop.emulator.store import Layer, Store
from d365pop.emulator.tables import CATALOG
from d365pop.errors import ConfigurationError

ACCOUNT = CATALOG.by_name["account"]
FORM = CATALOG.by_name["systemform"]


def test_rows_survive_closing(tmp_path: Path) -> None:
    file = tmp_path / "folder" / "state.sqlite"
    store = Store.open(file, CATALOG)
    store.insert(ACCOUNT, {"accountid": "a", "name": "Kept"})
    store.close()
    again = Store.open(file, CATALOG)
    row = again.get(ACCOUNT, "a")
    again.close()
    assert row is not None
    assert row["name"] == "Kept"


def test_column_that_an_older_file_lacks_is_added(tmp_path: Path) -> None:
    file = tmp_path / "state.sqlite"
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE account (accountid TEXT PRIMARY KEY, name TEXT)")
        connection.execute("INSERT INTO account VALUES ('a', 'Old')")
    connection.close()
    store = Store.open(file, CATALOG)
    row = store.get(ACCOUNT, "a")
    store.close()
    assert row is not None
    assert (row["name"], row["telephone1"]) == ("Old", None)


@pytest.mark.parametrize(
    "content", [b"this is no database, by far not one at all", b"SQLite format 3\x00" + b"x" * 200]
)
def test_file_that_is_no_state_is_named_with_what_to_do(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "state.sqlite"
    file.write_bytes(content)
    with pytest.raises(ConfigurationError) as caught:
        Store.open(file, CATALOG)
    assert caught.value.reference == "emulator-state-corrupt"
    assert str(file) in caught.value.message
    assert "Delete the file" in caught.value.hint
    assert file.read_bytes() == content


def test_place_without_room_is_to_blame_and_not_the_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(ConfigurationError) as caught:
        Store.open(tmp_path / "file" / "state.sqlite", CATALOG)
    assert caught.value.reference == "emulator-state-unwritable"
    assert "Delete" not in caught.value.hint


@pytest.mark.parametrize(
    ("query", "limit"),
    [("", "PRAGMA max_page_count=1"), ("?mode=ro", "PRAGMA user_version")],
    ids=["full", "read-only"],
)
def test_what_sqlite_says_of_the_place_deletes_no_file(
    tmp_path: Path, query: str, limit: str
) -> None:
    file = tmp_path / "state.sqlite"
    file.write_bytes(b"")
    with sqlite3.connect(f"{file.as_uri()}{query}", uri=True) as connection:
        connection.execute(limit)
        with pytest.raises(sqlite3.OperationalError) as told:
            connection.execute("CREATE TABLE a (b)")
    connection.close()
    assert unusable(file, told.value).reference == "emulator-state-unwritable"


def test_folder_in_place_of_a_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="is a folder") as caught:
        Store.open(tmp_path, CATALOG)
    assert str(tmp_path / "dataverse.sqlite") in caught.value.hint


def test_file_in_use_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "state.sqlite"
    store = Store.open(file, CATALOG)
    store.insert(ACCOUNT, {"accountid": "a"})
    with pytest.raises(ConfigurationError) as caught:
        Store.open(file, CATALOG)
    store.close()
    assert caught.value.reference == "emulator-state-in-use"


def test_transaction_leaves_nothing_when_it_fails() -> None:
    store = Store.open(None, CATALOG)

    def fail_after_two_rows() -> None:
        with store.transaction():
            store.insert(ACCOUNT, {"accountid": "a"})
            with store.transaction():
                store.insert(ACCOUNT, {"accountid": "b"})
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_after_two_rows()
    assert store.get(ACCOUNT, "a") is None
    assert store.get(ACCOUNT, "b") is None


def test_update_changes_the_draft_and_publish_both() -> None:
    store = Store.open(None, CATALOG)
    store.insert(FORM, {"formid": "f", "name": "old", "componentstate": 0})
    store.update(FORM, "f", {"name": "new"})
    names = [(store.get(FORM, "f", layer) or {})["name"] for layer in Layer]
    assert names == ["new", "old"]
    store.publish(FORM, ["f", "absent"], "2026-05-04T12:00:00Z")
    rows = [store.get(FORM, "f", layer) or {} for layer in Layer]
    assert rows[0] == rows[1]
    assert (rows[0]["name"], rows[0]["publishedon"]) == ("new", "2026-05-04T12:00:00Z")


def test_publish_of_what_is_published_changes_no_version() -> None:
    store = Store.open(None, CATALOG)
    store.insert(FORM, {"formid": "f", "componentstate": 0})
    before = store.get(FORM, "f")
    store.publish(FORM, ["f"], "2026-05-04T12:00:00Z")
    assert store.get(FORM, "f") == before
