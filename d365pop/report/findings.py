"""What a check found, ready for every format: sorted, compared with the baseline, safe to show."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from d365pop.check.baseline import BaselineEntry, Occurrence, occurrences, stale
from d365pop.check.finding import Finding, Location, Rule, Severity
from d365pop.report.plain import one_line, visible

WORST_FIRST: Final = tuple(sorted(Severity, reverse=True))


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check returned for one package."""

    path: str
    """With ``/`` between its parts; relative to the working folder where it lies below it."""
    findings: Sequence[Finding]
    not_checked: tuple[str, ...] = ()
    """What was left out and why, such as ``scripts: --no-scripts``."""


@dataclass(frozen=True, slots=True)
class Item:
    """A finding as reports show it; ``known`` is one that the baseline accepts."""

    finding: Finding
    fingerprint: str
    index: int
    known: bool

    @property
    def severity(self) -> Severity:
        """How grave it is."""
        return self.finding.rule.severity


@dataclass(frozen=True, slots=True)
class CheckedPackage:
    """One package with its findings, the worst first."""

    path: str
    items: tuple[Item, ...]
    not_checked: tuple[str, ...]

    def place(self, item: Item) -> str:
        """Return the path of the file that ``item`` is about."""
        part = item.finding.location.part
        if not part:
            return self.path
        return part if self.path == "." else f"{self.path}/{part}"


@dataclass(frozen=True, slots=True)
class CheckReport:
    """The result of one run of ``d365pop check``."""

    packages: tuple[CheckedPackage, ...]
    rules: tuple[Rule, ...]
    """Every rule that was looked for, by id."""
    fail_on: Severity
    stale: tuple[BaselineEntry, ...]

    @property
    def new(self) -> tuple[tuple[CheckedPackage, Item], ...]:
        """What the baseline does not accept, the worst first."""
        found = [(p, item) for p in self.packages for item in p.items if not item.known]
        return tuple(sorted(found, key=lambda pair: -pair[1].severity))

    @property
    def known_count(self) -> int:
        """How many findings the baseline accepts."""
        return sum(item.known for package in self.packages for item in package.items)

    def fails(self, item: Item) -> bool:
        """Return whether ``item`` alone makes the check fail."""
        return not item.known and item.severity >= self.fail_on

    @property
    def failing_count(self) -> int:
        """How many findings make the check fail."""
        return sum(self.fails(item) for package in self.packages for item in package.items)

    def counts(self) -> Mapping[Severity, int]:
        """Return how many new findings there are of each severity, the worst first."""
        counted = Counter(item.severity for _, item in self.new)
        return {severity: counted[severity] for severity in WORST_FIRST}


def make_report(
    checked: Sequence[Checked],
    rules: Iterable[Rule],
    fail_on: Severity,
    baseline: Sequence[BaselineEntry] = (),
) -> CheckReport:
    """Return ``checked`` in the order and in the words that every format uses."""
    accepted = {entry.fingerprint: entry.count for entry in baseline}
    looked_for = {rule.rule_id: rule for rule in rules}
    for one in checked:
        looked_for |= {f.rule.rule_id: f.rule for f in one.findings}
    return CheckReport(
        packages=tuple(_package(one, accepted) for one in checked),
        rules=tuple(looked_for[rule_id] for rule_id in sorted(looked_for)),
        fail_on=fail_on,
        # A rule that was not looked for leaves no findings, whatever the package holds.
        stale=stale(
            [entry for entry in baseline if entry.rule in looked_for],
            [one.findings for one in checked],
        ),
    )


def _package(checked: Checked, accepted: Mapping[str, int]) -> CheckedPackage:
    items = [_item(found, accepted) for found in occurrences(checked.findings)]
    # Stable: findings of one severity stay in the order of their places.
    items.sort(key=lambda item: -item.severity)
    return CheckedPackage(
        path=one_line(visible(checked.path)),
        items=tuple(items),
        not_checked=tuple(one_line(visible(text)) for text in checked.not_checked),
    )


def _item(found: Occurrence, accepted: Mapping[str, int]) -> Item:
    finding = found.finding
    place = finding.location
    shown = replace(
        finding,
        location=Location(one_line(visible(place.part)), place.line, place.column),
        message=visible(finding.message).strip(),
        evidence=visible(finding.evidence),
    )
    known = found.index <= accepted.get(found.fingerprint, 0)
    return Item(shown, found.fingerprint, found.index, known)
