"""Suppressions written beside the code: what they allow, and what is wrong with them.

``/* d365pop-disable-next-line rule-id, other-id -- reason */`` takes the findings of these rules
on the next line. ESLint's own comments suppress nothing here: Solution Checker's report is what
an admin sees, and a comment that no reviewer asked a reason for must not change it.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from d365pop.check.finding import Finding, Location
from d365pop.check.scripts.own import CHECK_RULES, SUPPRESSION_UNUSED, SUPPRESSION_WITHOUT_REASON

SHAPE = re.compile(
    r"d365pop-disable-next-line\s+(?P<rules>[\w-]+(?:\s*,\s*[\w-]+)*)\s*(?:--(?P<reason>.*))?",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Directive:
    """A comment that begins like a suppression; ``last`` is the line it ends in."""

    text: str
    location: Location
    last: int


def apply_suppressions(
    findings: Iterable[Finding], directives: Sequence[Directive]
) -> list[Finding]:
    """Return the findings that no good suppression takes away, and what is wrong with the bad."""
    kept = list(findings)
    for directive in directives:
        found = SHAPE.fullmatch(directive.text)
        if found is None or not (found["reason"] or "").strip():
            kept.append(_without_reason(directive, understood=found is not None))
            continue
        for rule_id in re.split(r"\s*,\s*", found["rules"]):
            left = list(_without(kept, rule_id, directive.last + 1))
            if len(left) == len(kept):
                left.append(_unused(directive, rule_id))
            kept = left
    return kept


def _without(findings: Iterable[Finding], rule_id: str, line: int) -> Iterator[Finding]:
    for finding in findings:
        meant = finding.rule.rule_id == rule_id and finding.location.line == line
        if not meant or finding.rule in CHECK_RULES:
            yield finding


def _without_reason(directive: Directive, *, understood: bool) -> Finding:
    said = "gives no reason" if understood else "is not understood"
    return Finding(
        SUPPRESSION_WITHOUT_REASON,
        directive.location,
        f"This suppression {said}; write: d365pop-disable-next-line rule-id -- reason",
        evidence=directive.text,
    )


def _unused(directive: Directive, rule_id: str) -> Finding:
    return Finding(
        SUPPRESSION_UNUSED,
        directive.location,
        f"There is no finding of {rule_id} on line {directive.last + 1}",
        evidence=directive.text,
    )


def moved(directive: Directive, part: str, lines: int, columns: int) -> Directive:
    """Return the directive where it stands in its part; ``columns`` only moves the first line."""
    line, column = directive.location.line, directive.location.column
    place = Location(part, line + lines, column + (columns if line == 1 else 0))
    return replace(directive, location=place, last=directive.last + lines)
