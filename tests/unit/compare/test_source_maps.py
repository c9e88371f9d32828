"""A source map is believed only where a manifest says which script it belongs to."""

import json
from pathlib import Path

import pytest

from d365pop.compare.source_maps import proven_sources, read_sources
from d365pop.errors import UsageError

MAP = json.dumps({"version": 3, "sources": ["a.js", "b.js"], "sourcesContent": ["1", None]})
MANIFEST = json.dumps({"format": 1, "web_resources": {"pop_/x/form.js": "abc"}})


def test_sources_are_found_by_the_hash_of_the_script() -> None:
    maps = {"form.js.map": MAP.encode(), "other.js.map": MAP.encode()}
    assert proven_sources(MANIFEST.encode(), maps) == {"abc": {"a.js": "1"}}


@pytest.mark.parametrize(
    ("manifest", "source_map"),
    [
        pytest.param("{", MAP, id="no manifest"),
        pytest.param("[" * 100_000, MAP, id="deep manifest"),
        pytest.param("{}", MAP, id="no hashes"),
        pytest.param('{"web_resources": {"pop_/x/form.js": 7}}', MAP, id="no hash"),
        pytest.param(MANIFEST, "{", id="no map"),
        pytest.param(MANIFEST, '{"sources": ["a"], "sourcesContent": []}', id="half a map"),
        pytest.param(MANIFEST, '{"sources": ["a"]}', id="no sources"),
    ],
)
def test_what_proves_nothing_is_left_aside(manifest: str, source_map: str) -> None:
    assert proven_sources(manifest.encode(), {"form.js.map": source_map.encode()}) == {}


def test_folder_of_a_build_holds_maps_and_manifest(tmp_path: Path) -> None:
    (tmp_path / "maps").mkdir()
    (tmp_path / "maps" / "form.js.map").write_text(MAP, encoding="utf-8")
    assert read_sources(tmp_path) == {}
    (tmp_path / "manifest.json").write_text(MANIFEST, encoding="utf-8")
    assert read_sources(tmp_path) == read_sources(tmp_path / "maps") == {"abc": {"a.js": "1"}}


def test_manifest_that_cannot_be_read_is_one_error(tmp_path: Path) -> None:
    (tmp_path / "form.js.map").mkdir()
    (tmp_path / "manifest.json").write_text(MANIFEST, encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        read_sources(tmp_path)
    assert caught.value.reference == "maps-unreadable"
