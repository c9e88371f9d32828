"""Build hook, part two: boils libphonenumber's metadata down to what the softphone page needs.

It knows the metadata's layout (version 4, as libphonenumber-js documents it in its source); it
knows nothing of how a number is read.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

METADATA_VERSION = 4
LONGEST_E164 = 15
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"

# Places in the array of a country, and in the array of one of its formats.
CALLING, IDD, PATTERN, LENGTHS, FORMATS, TRUNK, RULE, PREFIX, TRANSFORM = range(9)
USUAL_IDD = 12
FORMAT_PATTERN, FORMAT_TEXT, FORMAT_LEADING, FORMAT_RULE = range(4)


def phone_table(metadata: dict[str, Any]) -> bytes:
    """Return the table as JSON: every country in one text, the patterns of each by its code.

    Raises:
        ValueError: the metadata are not of the layout that is known here.
    """
    if metadata.get("version") != METADATA_VERSION:
        raise ValueError(f"version {metadata.get('version')} of the metadata is not known")
    countries = metadata["countries"]
    mains = {code: countries[codes[0]] for code, codes in metadata["country_calling_codes"].items()}
    table = {
        "countries": ";".join(_entry(*item) for item in _in_order(metadata)),
        "patterns": {
            code: _patterns(facts, mains[facts[CALLING]])
            for code, facts in sorted(countries.items())
        },
    }
    return (json.dumps(table, indent=0, ensure_ascii=True) + "\n").encode()


def _in_order(metadata: dict[str, Any]) -> Iterator[tuple[str, list[Any]]]:
    """Yield every country, the main one of a calling code first; codes without a country too."""
    countries = metadata["countries"]
    by_calling = metadata["country_calling_codes"]
    for calling in sorted(by_calling):
        yield from ((code, countries[code]) for code in by_calling[calling])
    yield from ((facts[CALLING], facts) for _, facts in sorted(metadata["nonGeographic"].items()))


def _entry(code: str, facts: list[Any]) -> str:
    """Return `code,calling,lengths,trunk,idd,usual idd`; a length is a digit to the base 36.

    Left out at the end: the usual trunk 0, IDD 00. A lone hyphen: there is none.
    """
    room = LONGEST_E164 - len(facts[CALLING])
    lengths = "".join(DIGITS[length] for length in facts[LENGTHS] if length <= room)
    trunk, idd = str(_at(facts, TRUNK) or "-"), str(facts[IDD] or "-")
    usual = str(_at(facts, USUAL_IDD) or "").replace("~", "")
    fields = [
        code,
        facts[CALLING],
        lengths,
        "" if trunk == "0" else trunk,
        "" if idd == "00" else idd,
        "" if usual in ("00", idd) else usual,
    ]
    if not lengths or any(re.search("[,;]", field) for field in fields):
        raise ValueError(f"{code} does not fit into the table")
    return ",".join(fields).rstrip(",")


def _patterns(facts: list[Any], main: list[Any]) -> dict[str, Any]:
    """Return how the country reads and groups its numbers; the groups are its main country's."""
    found = {
        "national": facts[PATTERN],
        "prefix": _at(facts, PREFIX) or _at(facts, TRUNK) or "",
        "transform": _at(facts, TRANSFORM) or "",
    }
    formats = _at(main, FORMATS) or []
    return {**found, "formats": [list(_format(each, main)) for each in formats]}


def _format(each: list[Any], main: list[Any]) -> Iterable[str | int]:
    """Return leading digits, groups, the national notation, and 1 where that has no trunk."""
    rule = str(_at(each, FORMAT_RULE) or _at(main, RULE) or "")
    text = each[FORMAT_TEXT]
    if rule:
        # The rule calls the first group of the notation $1, whichever that is.
        text = re.sub(r"\$\d", lambda group: rule.replace("$1", group[0]), text, count=1)
    leading = _at(each, FORMAT_LEADING) or []
    trunk = _at(main, TRUNK)
    # "$1" holds a digit that is no trunk.
    bare = bool(trunk) and trunk not in re.sub(r"\$\d", "", rule)
    return (leading[-1] if leading else "", each[FORMAT_PATTERN], text, int(bare))


def _at(values: list[Any], place: int) -> Any:  # noqa: ANN401 - the metadata mix their types
    """Return the value there; the metadata leave out what is empty at the end."""
    return values[place] if place < len(values) else None
