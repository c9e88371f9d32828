from collections.abc import Callable
from pathlib import Path

import pytest

from d365pop.bundle.cache import ResultCache

RESULT = {"code": "é;\n", "map": "{}"}


def test_written_result_is_read_back(tmp_path: Path) -> None:
    cache = ResultCache(tmp_path / "new" / "folder")
    cache.write("key", RESULT)
    assert cache.read("key") == RESULT


def test_unknown_key_has_no_result(tmp_path: Path) -> None:
    assert ResultCache(tmp_path).read("key") is None


def test_without_a_folder_nothing_is_kept() -> None:
    cache = ResultCache(None)
    cache.write("key", RESULT)
    assert cache.read("key") is None


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda content: content[:-3], id="cut off"),
        pytest.param(lambda content: content.replace(b"map", b"mop"), id="changed"),
        pytest.param(lambda _: b"", id="empty"),
        pytest.param(lambda _: b"\xff\x00 not json", id="rubbish"),
    ],
)
def test_damaged_result_is_no_result_until_it_is_written_again(
    tmp_path: Path, damage: Callable[[bytes], bytes]
) -> None:
    cache = ResultCache(tmp_path)
    cache.write("key", RESULT)
    (entry,) = tmp_path.iterdir()
    entry.write_bytes(damage(entry.read_bytes()))
    assert cache.read("key") is None
    cache.write("key", RESULT)
    assert cache.read("key") == RESULT


def test_folder_that_cannot_be_made_is_tolerated(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    cache = ResultCache(tmp_path / "file" / "below")
    cache.write("key", RESULT)
    assert cache.read("key") is None


def test_entry_that_cannot_be_replaced_leaves_no_rest(tmp_path: Path) -> None:
    (tmp_path / "key.json").mkdir()
    cache = ResultCache(tmp_path)
    cache.write("key", RESULT)
    assert [path.name for path in tmp_path.iterdir()] == ["key.json"]
    assert cache.read("key") is None
