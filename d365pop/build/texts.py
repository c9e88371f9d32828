"""The texts of the softphone page: English in the page, each language as a RESX resource."""

import html
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from d365pop.models import Json
from d365pop.solution.resx import write_resx

MODULE: Final = "d365pop:texts"
LANGUAGES: Final = {1033: "English", 1031: "German"}
"""By LCID, as Dataverse counts languages; the first is the one that the page always has."""
_ENGLISH: Final = 1033
_MARK: Final = b"{{ texts }}"


def text_path(lcid: int) -> str:
    """Return the table's file below webresources/."""
    return f"texts/{lcid}.json"


def english(root: Path) -> dict[str, Json]:
    """Return the English texts, for a script that comes without our page."""
    return {**_table((root / text_path(_ENGLISH)).read_bytes())}


def resx_name(lcid: int) -> str:
    """Return the web resource's file; Dataverse finds a language by the number in the name."""
    return f"strings.{lcid}.resx"


def page_with_texts(page: bytes, statics: Mapping[str, bytes]) -> bytes:
    """Return the softphone page with English in it, so that a failed request costs no words."""
    words = json.dumps(_table(statics[text_path(_ENGLISH)]), separators=(",", ":"))
    return page.replace(_MARK, html.escape(words).encode())


def resx_resources(statics: Mapping[str, bytes]) -> list[tuple[str, str, bytes]]:
    """Return file name, description and content of every language's web resource."""
    return [
        (
            resx_name(lcid),
            f"Texts of the softphone page: {language}",
            write_resx(_table(statics[text_path(lcid)])),
        )
        for lcid, language in LANGUAGES.items()
    ]


def _table(content: bytes) -> dict[str, str]:
    table: dict[str, str] = json.loads(content)
    return table
