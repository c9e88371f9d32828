"""Whether XML follows our own grammars, said only where no other rule says it better."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Final

from lxml import etree

from d365pop.check.finding import Finding, Location, Rule, Severity
from d365pop.check.grammar import first_violation
from d365pop.check.subject import CONTENT_TYPES, Subject
from d365pop.solution.reading import CUSTOMIZATIONS, SOLUTION
from d365pop.solution.reading_xml import line_of
from d365pop.solution.xml import XmlInvalidError, parse_xml

# Findings below it explain no violation: they are about what is there and allowed.
_EXPLAINS: Final = Severity.MEDIUM
_LAST: Final = 1 << 31

GRAMMAR_VIOLATION = Rule(
    "grammar-violation",
    Severity.MEDIUM,
    "An element that we know is not where, or not as, every export has it.",
    "Dataverse validates before it imports: the import fails with 0x8004801a, or loses the part.",
    "Put the element where the message expects it, or export the solution again.",
    "<Version> before <UniqueName> in solution.xml",
)

RULES: Final = (GRAMMAR_VIOLATION,)


@dataclass(frozen=True, slots=True)
class _Unit:
    """A piece of XML that is held against one grammar, with the lines that it takes."""

    grammar: str
    part: str
    element: etree._Element
    first: int
    last: int


def check(subject: Subject, found: Iterable[Finding], *, strict: bool = False) -> Iterator[Finding]:
    """Yield the first violation of each piece in which nothing of ``found`` was found."""
    explained: dict[str, list[int]] = {}
    for finding in sorted(found, key=lambda finding: finding.location):
        if finding.rule.severity >= _EXPLAINS:
            explained.setdefault(finding.location.part, []).append(finding.location.line)
    for unit in _units(subject):
        lines = explained.get(unit.part, [])
        if bisect_left(lines, unit.first) < bisect_right(lines, unit.last):
            continue
        violation = first_violation(unit.grammar, unit.element, strict=strict)
        if violation is not None:
            line, message = violation
            # Lines inside a text that is XML itself are none of the part's.
            inside = unit.first <= line <= unit.last
            location = Location(unit.part, line if inside else unit.first)
            yield Finding(GRAMMAR_VIOLATION, location, message, message)


def _units(subject: Subject) -> Iterator[_Unit]:
    whole = {SOLUTION: "solution", CONTENT_TYPES: "content-types"}
    for part, grammar in (
        *whole.items(),
        *((part, "environment-variable") for part, _ in subject.variables),
    ):
        root = subject.root(part)
        if root is not None:
            yield _Unit(grammar, part, deepcopy(root), 0, _LAST)
    root = subject.root(CUSTOMIZATIONS)
    if root is not None:
        for element in root.iterfind("WebResources/WebResource"):
            yield from _dependencies(element)
            yield _unit("web-resource", element)
        for element in root.iter("events", "formLibraries"):
            if any(True for _ in element.iterancestors("form")):
                yield _unit("form-events", element)


def _unit(grammar: str, element: etree._Element) -> _Unit:
    last = element
    while len(last):
        last = last[-1]
    # A copy, one piece at a time: what a grammar does not know is cut out of the tree.
    copied = deepcopy(element)
    return _Unit(grammar, CUSTOMIZATIONS, copied, line_of(element), line_of(last))


def _dependencies(web_resource: etree._Element) -> Iterator[_Unit]:
    element = web_resource.find("DependencyXml")
    if element is None or not (element.text or "").strip():
        return
    try:
        root = parse_xml((element.text or "").strip().encode(), "DependencyXml")
    except XmlInvalidError:
        return
    yield _Unit("dependency-xml", CUSTOMIZATIONS, root, line_of(element), line_of(element))
