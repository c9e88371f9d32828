"""Our RELAX NG grammars, compiled, and the first thing in an element that breaks one.

Strict is for what we generate. Lenient cuts out first what a grammar does not know, since real
exports are newer than any grammar; what it knows must still be as it says.
"""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final, TypeAlias

from lxml import etree

from d365pop.solution.xml import parse_xml

_FOLDER: Final = Path(__file__).resolve().parent / "grammars"
_RNG: Final = "{http://relaxng.org/ns/structure/1.0}"

Known: TypeAlias = dict[str, tuple[frozenset[str], frozenset[str]]]
"""Names of attributes and of children that a grammar knows, by the name of the element."""


def first_violation(
    grammar: str, element: etree._Element, *, strict: bool
) -> tuple[int, str] | None:
    """Return line and message of the first violation; lenient changes ``element`` in place."""
    if not strict:
        _cut_unknown(element, _known(grammar))
    schema = _schema(grammar)
    if schema.validate(element):
        return None
    error = schema.error_log[0]
    return error.line, str(error.message)


@cache
def _source(grammar: str) -> bytes:
    return (_FOLDER / f"{grammar}.rng").read_bytes()


@cache
def _schema(grammar: str) -> etree.RelaxNG:
    return etree.RelaxNG(parse_xml(_source(grammar), grammar))


@cache
def _known(grammar: str) -> Known:
    root = parse_xml(_source(grammar), grammar)
    defines = {define.get("name", ""): define for define in root.iter(f"{_RNG}define")}
    known: Known = {}
    for element in root.iter(f"{_RNG}element"):
        attributes, children = known.get(_name(element), (frozenset(), frozenset()))
        content = list(_content(element, defines))
        known[_name(element)] = (
            attributes | {_name(e) for e in content if e.tag == f"{_RNG}attribute"},
            children | {_name(e) for e in content if e.tag == f"{_RNG}element"},
        )
    return known


def _content(
    pattern: etree._Element, defines: dict[str, etree._Element]
) -> Iterator[etree._Element]:
    """Yield the attributes and elements that may stand in ``pattern`` itself."""
    for child in pattern.iterchildren(f"{_RNG}*"):
        if child.tag in {f"{_RNG}element", f"{_RNG}attribute"}:
            yield child
        elif child.tag == f"{_RNG}ref":
            yield from _content(defines[child.get("name", "")], defines)
        else:
            yield from _content(child, defines)


def _name(pattern: etree._Element) -> str:
    """Return the name that a pattern stands for, as lxml writes names."""
    holders = [pattern, *pattern.iterancestors()]
    # Unlike an element an attribute without ns of its own has no namespace.
    holders = holders[:1] if pattern.tag == f"{_RNG}attribute" else holders
    namespace = next((h.get("ns", "") for h in holders if h.get("ns") is not None), "")
    name = pattern.get("name", "")
    return f"{{{namespace}}}{name}" if namespace else name


def _cut_unknown(root: etree._Element, known: Known) -> None:
    waiting = [root]
    while waiting:
        element = waiting.pop()
        attributes, children = known.get(str(element.tag), (frozenset(), frozenset()))
        for name in [str(name) for name in element.attrib if name not in attributes]:
            del element.attrib[name]
        for child in list(element):
            if child.tag in children:
                waiting.append(child)
            else:
                # The text behind it goes along: it is white space, or as unknown.
                element.remove(child)
