"""Compares the content of web resources: scripts by source, texts by line, all by hash."""

import codecs
from collections.abc import Iterator
from typing import Final

from d365pop.compare.difference import Detail, Lines
from d365pop.compare.javascript import is_minified, reformat
from d365pop.compare.lines import diff_lines
from d365pop.compare.side import Side
from d365pop.contents import content_hash
from d365pop.models import WebResourceType

_TEXTS: Final = frozenset(
    {
        WebResourceType.HTML,
        WebResourceType.CSS,
        WebResourceType.SCRIPT,
        WebResourceType.XML,
        WebResourceType.XSL,
        WebResourceType.SVG,
        WebResourceType.RESX,
    }
)
_UTF16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_LARGEST_REFORMATTED: Final = 2 * 1024 * 1024


def content_detail(before: bytes, after: bytes) -> Detail:
    """Return sizes and hashes of two contents."""
    return Detail("content", _digest(before), _digest(after))


def content_lines(
    type_code: int, before: tuple[Side, bytes], after: tuple[Side, bytes]
) -> Iterator[Lines]:
    """Yield what differs line by line; nothing for what is no text."""
    (old_side, old), (new_side, new) = before, after
    old_text, new_text = _decoded(old), _decoded(new)
    if type_code not in _TEXTS or old_text is None or new_text is None:
        return
    if type_code == WebResourceType.SCRIPT:
        old_sources = old_side.sources.get(content_hash(old))
        new_sources = new_side.sources.get(content_hash(new))
        if old_sources and new_sources and old_sources != new_sources:
            for name in sorted(old_sources.keys() | new_sources.keys()):
                pair = (old_sources.get(name, ""), new_sources.get(name, ""))
                yield from _diff(f"source {name}", pair[0].splitlines(), pair[1].splitlines())
            return
        if _is_reformatted(old_text, new_text):
            yield from _diff("script, broken into lines", reformat(old_text), reformat(new_text))
            return
    yield from _diff("file", old_text.splitlines(), new_text.splitlines())


def _is_reformatted(before: str, after: str) -> bool:
    longest = max(len(before), len(after))
    return longest <= _LARGEST_REFORMATTED and (is_minified(before) or is_minified(after))


def _diff(of: str, before: list[str], after: list[str]) -> Iterator[Lines]:
    found = diff_lines(of, before, after)
    if found is not None:
        yield found


def _decoded(content: bytes) -> str | None:
    try:
        return content.decode("utf-16" if content.startswith(_UTF16) else "utf-8-sig")
    except UnicodeDecodeError:
        return None


def _digest(content: bytes) -> str:
    return f"{len(content):,} bytes, SHA-256 {content_hash(content)}"
