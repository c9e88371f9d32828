"""Hands the table of telephone numbers to the bundler; knows nothing of how numbers are read."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from d365pop.bundle.bundler import read_toolchain_script
from d365pop.models import Json

MODULE: Final = "d365pop:phone-table"
FILE: Final = "phone-table.json"


def phone_table(folder: Path, countries: Sequence[str]) -> dict[str, Json]:
    """Return the exports of the module: all countries, and the patterns of the given ones.

    ``folder`` is the toolchain's. A country without telephone numbers of its own has no patterns.
    What is dialled for abroad is of use in the given ones alone, and a fifth of the table.

    Raises:
        BundleError: the table is not what was built.
    """
    table = json.loads(read_toolchain_script(folder, FILE))
    known = table["patterns"]
    return {
        "countries": ";".join(_entry(each, countries) for each in table["countries"].split(";")),
        "patterns": {code: known[code] for code in sorted(set(countries)) if code in known},
    }


def _entry(entry: str, countries: Sequence[str]) -> str:
    """Return `code,calling,lengths,trunk`, and what is dialled for abroad from the given ones."""
    code, *facts = entry.split(",")
    return entry if code in countries else ",".join([code, *facts[:3]]).rstrip(",")
