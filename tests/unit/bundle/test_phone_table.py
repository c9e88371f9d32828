import hashlib
import json
from pathlib import Path

import pytest

from d365pop.bundle.phone_table import FILE, phone_table
from d365pop.errors import BundleError

TABLE = {
    "countries": "US,1,a,1,011",
    "patterns": {"GB": {"national": "g"}, "US": {"national": "u"}},
}


@pytest.fixture
def toolchain(tmp_path: Path) -> Path:
    content = json.dumps(TABLE).encode()
    (tmp_path / FILE).write_bytes(content)
    facts = {"files": {FILE: hashlib.sha256(content).hexdigest()}}
    (tmp_path / "toolchain.json").write_text(json.dumps(facts), encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("countries", "patterns"),
    [
        pytest.param(["US"], {"US": {"national": "u"}}, id="one"),
        pytest.param(["US", "GB"], TABLE["patterns"], id="both"),
        pytest.param(["AQ"], {}, id="a country without telephones"),
    ],
)
def test_module_holds_all_countries_and_the_patterns_of_the_configured(
    toolchain: Path, countries: list[str], patterns: object
) -> None:
    assert phone_table(toolchain, countries) == {
        "countries": TABLE["countries"],
        "patterns": patterns,
    }


def test_changed_table_is_refused(toolchain: Path) -> None:
    with (toolchain / FILE).open("ab") as file:
        file.write(b" ")
    with pytest.raises(BundleError) as caught:
        phone_table(toolchain, ["US"])
    assert caught.value.reference == "toolchain-damaged"


def test_toolchain_without_a_table_is_refused(toolchain: Path) -> None:
    (toolchain / "toolchain.json").write_text('{"files": {}}', encoding="utf-8")
    with pytest.raises(BundleError) as caught:
        phone_table(toolchain, ["US"])
    assert caught.value.reference == "toolchain-damaged"
