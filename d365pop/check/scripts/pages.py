"""Scripts inside of pages and drawings and where they stand; knows nothing of what they do.

A tokeniser of its own, by the HTML standard: the standard library's parser takes minutes for a
megabyte of ``<!--``, and whatever is read otherwise than browsers read it hides a script.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from html import unescape
from typing import Final
from urllib.parse import unquote

# What a browser runs; anything else in a script element is data.
# https://mimesniff.spec.whatwg.org/#javascript-mime-type
_SUBTYPES: Final = ("javascript", "ecmascript", "x-javascript", "x-ecmascript")
_VERSIONS: Final = tuple(f"javascript1.{number}" for number in range(6))
SCRIPT_TYPES: Final = frozenset(
    {"", *(f"{kind}/{name}" for kind in ("text", "application") for name in _SUBTYPES)}
    | {f"text/{name}" for name in ("jscript", "livescript", *_VERSIONS)}
)
_MODULE: Final = "module"

# Their text is no markup.
_RAW_TEXT: Final = frozenset(
    {"style", "title", "textarea", "xmp", "iframe", "noembed", "noframes", "noscript"}
)
# In drawings and formulas it is: titles and styles hold elements there.
_FOREIGN: Final = frozenset({"svg", "math"})

# Each goes forward or ends the search, so that every character is seen a few times at most.
_MARKUP: Final = re.compile(r"<(?:!--|[!?]|/?(?P<name>[A-Za-z][^\t\n\f\r />]*+)|/[^>])")
_COMMENT_NONE: Final = re.compile(r"-?>")
_COMMENT_END: Final = re.compile(r"--!?>")
_GAP: Final = re.compile(r"[\t\n\f\r /]*+")
_ATTRIBUTE: Final = re.compile(
    r"(?P<name>=?[^\t\n\f\r />=]*+)(?:[\t\n\f\r ]*+=[\t\n\f\r ]*+"
    r"""(?:"(?P<double>[^"]*+)(?:"|\Z)|'(?P<single>[^']*+)(?:'|\Z)|(?P<bare>[^\t\n\f\r >]*+)))?+"""
)
# In a drawing the text of a script is markup: its signs may be written as entities.
_CDATA: Final = re.compile(r"<!\[CDATA\[(?P<text>.*?)(?:\]\]>|\Z)", re.DOTALL)
_FOREIGN_END: Final = re.compile(
    r"<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)|(?P<end></script)", re.DOTALL | re.IGNORECASE
)
# Attributes that a browser follows; it drops these signs from the address first.
_ADDRESSES: Final = frozenset({"href", "xlink:href", "src", "action", "formaction", "data"})
_DROPPED: Final = str.maketrans("", "", "\t\n\r")
_SCHEME: Final = re.compile(r"[\x00-\x20]*javascript:", re.IGNORECASE)
_DEEPEST: Final = 8
"""Pages in pages (``srcdoc``); each level is written in entities of the one around it."""

_SCRIPT_MARK: Final = re.compile(r"<!--|-->|<(?P<end>/)?script(?=[\t\n\f\r />])", re.IGNORECASE)
_EVENT: Final = re.compile(r"on[a-z]+")


class ScriptKind(StrEnum):
    """How a browser reads a script."""

    SCRIPT = "script"
    MODULE = "module"
    HANDLER = "handler"
    """The text of an attribute such as ``onclick``: the body of a function."""
    ADDRESS = "address"
    """What follows ``javascript:`` in an address."""
    FOREIGN = "foreign"
    """A script of a drawing: CDATA and entities are still in it."""
    PAGE = "page"
    """No script, but a whole page: the text of ``srcdoc``."""


@dataclass(frozen=True, slots=True)
class InlineScript:
    """The text of a script; ``line`` and ``column`` of its first character, from 1 and 0."""

    code: str
    line: int
    column: int
    kind: ScriptKind = ScriptKind.SCRIPT


@dataclass(frozen=True, slots=True)
class _Value:
    """What an attribute says, and where."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Tag:
    """A start tag; of two attributes with the same name the first one counts."""

    attributes: dict[str, _Value]
    end: int


@dataclass(frozen=True, slots=True)
class _Span:
    """Where a script stands in the page."""

    start: int
    end: int
    kind: ScriptKind


def inline_scripts(page: str, depth: int = 0) -> tuple[InlineScript, ...]:
    """Return the scripts that stand in a page, in order, however broken its markup is.

    One that is never closed is left out, as browsers leave it out. Those of a page inside of an
    attribute stand where the attribute does.
    """
    found: list[InlineScript] = []
    line, line_start, seen = 1, 0, 0
    for span in _spans(page):
        line += page.count("\n", seen, span.start)
        line_start = max(line_start, page.rfind("\n", seen, span.start) + 1)
        seen = span.start
        column = span.start - line_start
        text = page[span.start : span.end]
        if span.kind is not ScriptKind.PAGE:
            found.append(_script(text, line, column, span.kind))
        elif depth < _DEEPEST:
            inner = inline_scripts(unescape(text), depth + 1)
            found += [replace(each, line=line, column=column) for each in inner]
    return tuple(found)


def _script(text: str, line: int, column: int, kind: ScriptKind) -> InlineScript:
    """Return a script as the browser reads it."""
    match kind:
        case ScriptKind.HANDLER:
            return InlineScript(unescape(text), line, column, kind)
        case ScriptKind.ADDRESS:
            address = unescape(text).translate(_DROPPED)
            return InlineScript(unquote(_SCHEME.sub("", address, count=1)), line, column)
        case ScriptKind.FOREIGN:
            return InlineScript(_foreign_text(text), line, column)
        case _:
            return InlineScript(text, line, column, kind)


def _foreign_text(text: str) -> str:
    """Return a drawing's script without CDATA marks and entities; lines and columns stay."""
    parts, seen = [], 0
    for found in _CDATA.finditer(text):
        parts += [unescape(text[seen : found.start()]), " " * 9, found["text"]]
        seen = found.end()
    return "".join([*parts, unescape(text[seen:])])


def _spans(page: str) -> Iterator[_Span]:
    """Yield where each script begins and ends."""
    position, foreign = 0, 0
    while markup := _MARKUP.search(page, position):
        name = (markup["name"] or "").lower()
        if not name:
            data = _CDATA.match(page, markup.start()) if foreign else None
            position = data.end() if data else _after_other(page, markup)
            continue
        tag = _read_tag(page, markup.end())
        if tag is None:
            return
        position = tag.end
        if markup.group().startswith("</"):
            foreign = max(0, foreign - (name in _FOREIGN))
            continue
        foreign += name in _FOREIGN and page[tag.end - 2] != "/"
        yield from _attributes(tag)
        if name == "script":
            end = _foreign_end(page, position) if foreign else _script_end(page, position)
            kind = _kind(tag, foreign=bool(foreign))
            if end < len(page) and kind:
                yield _Span(position, end, kind)
            position = end
        elif name == "plaintext" and not foreign:
            return
        elif name in _RAW_TEXT and not foreign:
            position = _raw_text_end(page, position, name)


def _after_other(page: str, markup: re.Match[str]) -> int:
    """Return where a comment, or what browsers take for one, ends."""
    start = markup.end()
    if markup.group() != "<!--":
        return _or_end(page, page.find(">", markup.start()) + 1)
    found = _COMMENT_NONE.match(page, start) or _COMMENT_END.search(page, start)
    return found.end() if found else len(page)


def _or_end(page: str, position: int) -> int:
    return position or len(page)


def _read_tag(page: str, position: int) -> _Tag | None:
    """Read a tag's attributes; None where the page ends in it: browsers drop it then."""
    found: dict[str, _Value] = {}
    while True:
        gap = _GAP.match(page, position)
        position = gap.end() if gap else position
        if page.startswith(">", position):
            return _Tag(found, position + 1)
        attribute = _ATTRIBUTE.match(page, position)
        if attribute is None or attribute.end() == position:
            return None
        group = attribute.lastgroup or "name"
        value = _Value("", 0, 0)
        if group != "name":
            value = _Value(unescape(attribute[group]), *attribute.span(group))
        found.setdefault(attribute["name"].lower(), value)
        position = attribute.end()


def _attributes(tag: _Tag) -> Iterator[_Span]:
    """Yield what runs out of attributes."""
    for name, value in tag.attributes.items():
        if not value.text.strip():
            continue
        if _EVENT.fullmatch(name):
            yield _Span(value.start, value.end, ScriptKind.HANDLER)
        elif name in _ADDRESSES and _SCHEME.match(value.text.translate(_DROPPED)):
            yield _Span(value.start, value.end, ScriptKind.ADDRESS)
        elif name == "srcdoc":
            yield _Span(value.start, value.end, ScriptKind.PAGE)


def _kind(tag: _Tag, *, foreign: bool) -> ScriptKind | None:
    """Tell how a browser runs the text of a script element, if it does."""
    if (
        {"src", "href", "xlink:href"} & tag.attributes.keys()
        if foreign
        else "src" in tag.attributes
    ):
        return None
    written = tag.attributes.get("type")
    if written is None:
        language = tag.attributes.get("language")
        said = f"text/{language.text}".lower() if language and language.text else ""
    else:
        said = written.text.strip().lower()
    if said == _MODULE:
        return ScriptKind.MODULE
    if said not in SCRIPT_TYPES:
        return None
    return ScriptKind.FOREIGN if foreign else ScriptKind.SCRIPT


def _script_end(page: str, position: int) -> int:
    """Return where the text of a script ends; after ``<!-- <script`` one end tag is text."""
    commented = nested = False
    while mark := _SCRIPT_MARK.search(page, position):
        position = mark.end()
        text = mark.group()
        if text == "<!--":
            commented = True
            position = mark.start() + 2  # its hyphens may be those of the end
        elif text == "-->":
            commented = nested = False
        elif not mark["end"]:
            nested = commented
        elif nested:
            nested = False
        else:
            return mark.start()
    return len(page)


def _foreign_end(page: str, position: int) -> int:
    """Return where the text of a drawing's script ends: not inside of CDATA or a comment."""
    for found in _FOREIGN_END.finditer(page, position):
        if found["end"]:
            return found.start()
    return len(page)


def _raw_text_end(page: str, position: int, name: str) -> int:
    closing = re.compile(rf"</{name}(?=[\t\n\f\r />])", re.IGNORECASE)
    found = closing.search(page, position)
    return found.start() if found else len(page)
