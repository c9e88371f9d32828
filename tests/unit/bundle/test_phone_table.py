import hashlib
import json
from pathlib import Path

import pytest

from d365pop.bundle.phone_table import FILE, phone_table
from d365pop.errors import BundleError

TABLE = {
    "countries": "US,1,a,1,011;NG,234,abc,,009;SG,65,8ab,-,0[0-3]\\d,000;GB,44,79a",
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
    ("countries", "table", "patterns"),
    [
        pytest.param(
            ["US"],
            "US,1,a,1,011;NG,234,abc;SG,65,8ab,-;GB,44,79a",
            {"US": {"national": "u"}},
            id="one",
        ),
        pytest.param(
            ["US", "GB"],
            "US,1,a,1,011;NG,234,abc;SG,65,8ab,-;GB,44,79a",
            TABLE["patterns"],
            id="both",
        ),
        pytest.param(
            ["NG", "SG"],
            "US,1,a,1;NG,234,abc,,009;SG,65,8ab,-,0[0-3]\\d,000;GB,44,79a",
            {},
            id="countries without patterns",
        ),
    ],
)
def test_module_holds_all_countries_and_how_the_configured_write_and_dial(
    toolchain: Path, countries: list[str], table: str, patterns: object
) -> None:
    assert phone_table(toolchain, countries) == {"countries": table, "patterns": patterns}


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
