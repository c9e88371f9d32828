"""Says a comparison in lines with a role each, for terminals and logs; knows no colours."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from d365pop.compare.difference import Change, Comparison, Detail, Difference, Lines
from d365pop.report.plain import visible, visible_lines

_MARGIN: Final = " " * 9


class Role(StrEnum):
    """What a line is, so that a terminal can colour it."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    PLACE = "place"
    PLAIN = "plain"
    QUIET = "quiet"


@dataclass(frozen=True, slots=True)
class TextLine:
    """One line of the report."""

    role: Role
    text: str


_ROLES: Final = {
    Change.ADDED: Role.ADDED,
    Change.REMOVED: Role.REMOVED,
    Change.CHANGED: Role.CHANGED,
}
_DIFF_ROLES: Final = {"+": Role.ADDED, "-": Role.REMOVED, "@": Role.PLACE}


def comparison_lines(comparison: Comparison, *, summary: bool) -> Iterator[TextLine]:
    """Yield the report; ``summary`` leaves out what changed inside the components."""
    for line in _comparison_lines(comparison, summary=summary):
        yield TextLine(line.role, visible(line.text))


def _comparison_lines(comparison: Comparison, *, summary: bool) -> Iterator[TextLine]:
    yield TextLine(Role.REMOVED, f"--- {comparison.before}")
    yield TextLine(Role.ADDED, f"+++ {comparison.after}")
    for difference in comparison.differences:
        yield from _difference_lines(difference, summary=summary)
    same = [f"{kind} {len(names)}" for kind, names in comparison.unchanged.items()]
    if same:
        yield TextLine(Role.QUIET, f"{'same':<8} {', '.join(same)}")
    for note in comparison.notes:
        yield TextLine(Role.QUIET, f"{'note':<8} {note}")
    yield TextLine(Role.PLAIN, verdict(comparison))


def verdict(comparison: Comparison) -> str:
    """Return the comparison in one line."""
    if comparison.is_same:
        return "No difference."
    counts = ", ".join(f"{comparison.count(change)} {change}" for change in Change)
    return f"Components: {counts}."


def detail_text(detail: Detail) -> str:
    """Return one fact in one line."""
    if detail.before and detail.after:
        return f"{detail.what}: {detail.before} -> {detail.after}"
    if detail.after:
        return f"{detail.what}: {detail.after}"
    # "library removed" says it already.
    said = detail.what.endswith("removed")
    return f"{detail.what}: {detail.before}{'' if said else ' -> (none)'}"


def _difference_lines(difference: Difference, *, summary: bool) -> Iterator[TextLine]:
    role = _ROLES[difference.change]
    yield TextLine(role, f"{difference.change:<8} {difference.kind}: {difference.name}")
    if summary:
        return
    for detail in difference.details:
        for number, line in enumerate(visible(detail_text(detail)).splitlines() or [""]):
            yield TextLine(Role.PLAIN, f"{_MARGIN}{'  ' if number else ''}{line}")
    for lines in difference.lines:
        yield from _diff_lines(lines)


def _diff_lines(lines: Lines) -> Iterator[TextLine]:
    yield TextLine(Role.PLACE, f"{_MARGIN}{lines.of}")
    for line in visible_lines(lines.text):
        yield TextLine(_DIFF_ROLES.get(line[:1], Role.PLAIN), f"{_MARGIN}{line}")
