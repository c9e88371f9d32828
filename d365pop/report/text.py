"""A check's result as lines for people: plain, one line per finding, each rule explained once."""

from collections import Counter
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Final, NamedTuple

from d365pop.check.finding import Rule, Severity
from d365pop.report.findings import CheckedPackage, CheckReport, Item
from d365pop.report.plain import one_line, visible, without_commands
from d365pop.wording import plural

SHOWN_PER_RULE: Final = 50
"""Findings of one rule in one package; whoever has more mends the cause, not line after line."""


class Tone(StrEnum):
    """What a line is, for a terminal to colour."""

    PLAIN = "plain"
    TITLE = "title"
    QUIET = "quiet"
    GOOD = "good"
    BAD = "bad"


class Line(NamedTuple):
    """A line whose ``label`` stands before ``text`` in a colour of its own."""

    text: str
    tone: Tone = Tone.PLAIN
    severity: Severity | None = None

    def __str__(self) -> str:
        """Return the line as it is written without colours."""
        label = f"  {self.severity.label:<13} " if self.severity is not None else ""
        return without_commands(f"{label}{self.text}").rstrip()


def format_text(report: CheckReport) -> str:
    """Return the report as plain text."""
    return "".join(f"{line}\n" for line in lines(report))


def lines(report: CheckReport) -> Iterator[Line]:
    """Yield the report line by line."""
    for package in report.packages:
        yield from _package_lines(package)
    for rule in _fired(report):
        yield from _rule_lines(rule)
    if report.stale:
        yield from _stale_lines(report)
    yield Line(totals(report))
    yield verdict(report)


def totals(report: CheckReport) -> str:
    """Return how much was found, in one sentence."""
    counts = [f"{n} {severity.label}" for severity, n in report.counts().items() if n]
    found = (
        f"{plural(len(report.new), 'finding')} ({', '.join(counts)})" if counts else "0 findings"
    )
    where = f" in {len(report.packages)} inputs" if len(report.packages) > 1 else ""
    rules = f" by {plural(len(report.rules), 'rule')}{where}"
    known = f"; {report.known_count} more in the baseline" if report.known_count else ""
    return f"{found}{rules}{known}."


def verdict(report: CheckReport) -> Line:
    """Return whether the check fails, and where its threshold lies."""
    limit = report.fail_on.label
    threshold = limit if report.fail_on is Severity.CRITICAL else f"{limit} or worse"
    if count := report.failing_count:
        are = "is" if count == 1 else "are"
        return Line(f"Failed: {plural(count, 'finding')} {are} {threshold}.", Tone.BAD)
    gaps = any(package.not_checked for package in report.packages)
    but = " of what was checked" if gaps else ""
    return Line(f"Passed: nothing{but} is {threshold}.", Tone.GOOD)


def _package_lines(package: CheckedPackage) -> Iterator[Line]:
    yield Line(package.path, Tone.TITLE)
    counted: Counter[str] = Counter()
    for item in package.items:
        if item.known:
            continue
        counted[item.finding.rule.rule_id] += 1
        if counted[item.finding.rule.rule_id] <= SHOWN_PER_RULE:
            yield Line(_finding_text(item), severity=item.severity)
    yield from _more_lines(counted)
    for gap in package.not_checked:
        yield Line(f"  not checked   {gap}", Tone.QUIET)
    yield Line("")


def _more_lines(counted: Mapping[str, int]) -> Iterator[Line]:
    for rule_id, count in sorted(counted.items()):
        if count > SHOWN_PER_RULE:
            more = f"{count - SHOWN_PER_RULE:,} more of [{rule_id}]"
            yield Line(f"  and           {more}; --format json has them all", Tone.QUIET)


def _finding_text(item: Item) -> str:
    finding = item.finding
    place = f"{finding.location}: " if finding.location.part else ""
    return f"{place}{one_line(finding.message)} [{finding.rule.rule_id}]"


def _fired(report: CheckReport) -> list[Rule]:
    rules = {item.finding.rule.rule_id: item.finding.rule for _, item in report.new}
    return [rules[rule_id] for rule_id in sorted(rules)]


def _rule_lines(rule: Rule) -> Iterator[Line]:
    yield Line(f"{rule.rule_id} ({rule.severity.label}): {rule.summary}", Tone.TITLE)
    yield Line(f"  why:  {rule.why}", Tone.QUIET)
    yield Line(f"  mend: {rule.mend}")
    yield Line("")


def _stale_lines(report: CheckReport) -> Iterator[Line]:
    count = len(report.stale)
    occur = "entry that no longer occurs" if count == 1 else "entries that no longer occur"
    yield Line(f"The baseline has {count} {occur}; --write-baseline drops them:", Tone.QUIET)
    for entry in report.stale:
        yield Line(f"  {one_line(visible(entry.part))} [{entry.rule}]", Tone.QUIET)
    yield Line("")
