"""What we ship, under the rules that we ship."""

import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest

from d365pop.build.product import build
from d365pop.check.scripts.checker import check_scripts
from d365pop.check.scripts.definitions import Definitions
from d365pop.check.scripts.functions import definitions
from d365pop.config import load
from d365pop.solution.package import read_package

ROOT = Path(__file__).resolve().parents[4]


@pytest.fixture(scope="module")
def parts() -> Mapping[str, bytes]:
    return read_package(build(load(ROOT / "d365pop.toml", {}), folder=ROOT).package)


def scripts(parts: Mapping[str, bytes], *names: str) -> dict[str, bytes]:
    return {part: parts[part] for part in parts for name in names if name in part}


def test_our_scripts_break_no_rule_of_microsoft_or_ours(parts: Mapping[str, bytes]) -> None:
    ours = scripts(parts, "formjs", "softphonejs")
    assert len(ours) == 2
    pages = scripts(parts, "softphonehtml")
    assert len(pages) == 1
    assert check_scripts(ours, pages=pages) == ()


def test_framework_breaks_no_rule_but_the_one_of_the_local_address() -> None:
    framework = build(load(ROOT / "d365pop.toml", {}), folder=ROOT).framework
    found = check_scripts({"framework.js": framework})
    local = tomllib.loads((ROOT / "d365pop.toml").read_text(encoding="utf-8"))
    addresses = {item.evidence.strip("\"'`") for item in found}
    assert {item.rule.rule_id for item in found} <= {"web-sdl-no-insecure-url"}
    assert all(address in str(local) for address in addresses)


def test_form_script_is_proven_to_hold_its_handler_and_its_commands(
    parts: Mapping[str, bytes],
) -> None:
    [form] = scripts(parts, "formjs").values()
    names = frozenset({"D365Pop.onLoad", "D365Pop.dial", "D365Pop.openPhone"})
    assert definitions({"form.js": form}) == {"form.js": Definitions(names, frozenset())}
