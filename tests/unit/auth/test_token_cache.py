"""Where a person's sign-in is kept, and what is said about it."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from d365pop.auth.token_cache import folder, open_cache
from d365pop.errors import ConfigurationError


def extensions(*, encrypts: bool) -> Any:
    def build(place: str) -> str:
        if not encrypts:
            raise ImportError("no gi")
        return f"encrypted {place}"

    return SimpleNamespace(
        PersistedTokenCache=lambda persistence: f"cache of {persistence}",
        FilePersistence=lambda place: f"plain {place}",
        build_encrypted_persistence=build,
    )


def absent(_name: str) -> Any:
    raise ImportError


def test_pipeline_keeps_nothing_whatever_is_wanted() -> None:
    kept = open_cache("plain-file", {}, in_pipeline=True, module=absent)
    assert (kept.cache, kept.where) == (None, "in memory only: this is a pipeline")


def test_desktop_keeps_it_encrypted_where_the_system_can() -> None:
    variables = {"XDG_DATA_HOME": "/data"}
    kept = open_cache(
        "auto", variables, in_pipeline=False, module=lambda _name: extensions(encrypts=True)
    )
    place = folder(variables) / "sign-in.bin"
    assert kept.cache == f"cache of encrypted {place}"
    assert kept.where == f"in {place}, encrypted by the system"


def test_system_that_cannot_encrypt_leaves_the_choice_and_explains_it() -> None:
    kept = open_cache(
        "auto", {}, in_pipeline=False, module=lambda _name: extensions(encrypts=False)
    )
    assert kept.cache is None
    assert 'token_cache = "plain-file"' in kept.where
    assert "libsecret" in kept.where


def test_chosen_plain_file_is_said_to_be_plain() -> None:
    kept = open_cache(
        "plain-file",
        {"HOME": "/h"},
        in_pipeline=False,
        module=lambda _name: extensions(encrypts=False),
    )
    assert kept.lasts
    assert "not encrypted" in kept.where


def test_missing_package_is_named() -> None:
    assert "d365pop[desktop]" in open_cache("auto", {}, in_pipeline=False, module=absent).where
    with pytest.raises(ConfigurationError) as caught:
        open_cache("plain-file", {}, in_pipeline=False, module=absent)
    assert "d365pop[desktop]" in caught.value.hint


@pytest.mark.parametrize(
    ("platform", "variables", "place"),
    [
        ("linux", {"HOME": "/h"}, "/h/.local/share/d365pop"),
        ("linux", {"XDG_DATA_HOME": "/d"}, "/d/d365pop"),
        ("darwin", {"HOME": "/h"}, "/h/Library/Application Support/d365pop"),
        ("win32", {"USERPROFILE": "/h", "LOCALAPPDATA": "/l"}, "/l/d365pop"),
        ("win32", {"USERPROFILE": "/h"}, "/h/AppData/Local/d365pop"),
    ],
)
def test_folder_is_the_system_s_own(platform: str, variables: dict[str, str], place: str) -> None:
    assert folder(variables, platform) == Path(place)
