"""The table is made of metadata; its reader is held against the library itself, in tests/js."""

import gzip
import json
from typing import Any

import pytest

from d365pop.countries import COUNTRIES
from d365pop.resources import toolchain_root
from hatch_phone_table import phone_table

MOST_GZIPPED = 2048

# Places as in the metadata: calling code, IDD, pattern, lengths, formats, trunk, rule, prefix,
# transform, three that are not ours, and the usual IDD.
MAIN = [
    "999",
    "00[12]",
    "1\\d{9}",
    [9, 10, 13],
    [
        ["(\\d)(\\d{9})", "$2 $1", ["9", "91"], "(0$1)"],
        ["(\\d{3})(\\d{7})", "$1-$2"],
    ],
    "0",
    0,
    "0|8(\\d)",
    "$1",
    0,
    0,
    0,
    "00~1",
]
SMALL = ["999", "00", "5\\d{5}", [6]]


def metadata(**changes: Any) -> dict[str, Any]:
    return {
        "version": 4,
        "country_calling_codes": {"999": ["ZZ", "AA"]},
        "countries": {"AA": SMALL, "ZZ": MAIN},
        "nonGeographic": {"800": ["800", 0, "\\d{8}", [8]]},
        **changes,
    }


def test_table_holds_all_countries_in_short_and_the_patterns_by_code() -> None:
    formats = [["91", "(\\d)(\\d{9})", "(0$2) $1", 0], ["", "(\\d{3})(\\d{7})", "$1-$2", 1]]
    assert json.loads(phone_table(metadata())) == {
        "countries": "ZZ,999,9a,,00[12],001;AA,999,6,-;800,800,8,-,-",
        "patterns": {
            "AA": {
                "national": "5\\d{5}",
                "prefix": "",
                "transform": "",
                "formats": formats,
            },
            "ZZ": {
                "national": "1\\d{9}",
                "prefix": "0|8(\\d)",
                "transform": "$1",
                "formats": formats,
            },
        },
    }


def test_table_is_the_same_whatever_the_order_of_the_metadata() -> None:
    turned = metadata(countries={"ZZ": MAIN, "AA": SMALL})
    assert phone_table(turned) == phone_table(metadata())


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"version": 3}, id="an older layout"),
        pytest.param({"countries": {"AA": SMALL, "ZZ": ["999", "0,1", "", [9]]}}, id="a comma"),
        pytest.param({"countries": {"AA": SMALL, "ZZ": ["999", "0;1", "", [9]]}}, id="a semicolon"),
        pytest.param({"countries": {"AA": SMALL, "ZZ": ["999", "00", "", [16]]}}, id="no length"),
    ],
)
def test_metadata_that_do_not_fit_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"known|fit"):
        phone_table(metadata(**changes))


def test_table_of_the_toolchain_is_small_and_knows_the_countries_of_the_configuration() -> None:
    table = json.loads((toolchain_root() / "phone-table.json").read_bytes())
    assert len(gzip.compress(table["countries"].encode(), 9)) <= MOST_GZIPPED
    # These have no telephone numbers of their own.
    assert sorted(COUNTRIES - set(table["patterns"])) == ["AQ", "BV", "GS", "HM", "PN", "TF", "UM"]
