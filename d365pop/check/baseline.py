"""Findings that a team has accepted, by fingerprint; no file is opened here.

A baseline says how many findings of one fingerprint a package may have. It holds no line numbers,
so that code can move, and no secret: the evidence in it is masked and only there to be read.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from d365pop.check.finding import Finding
from d365pop.errors import ConfigurationError
from d365pop.redaction import redact

FORMAT: Final = 1
_SHOWN_EVIDENCE: Final = 200


@dataclass(frozen=True, slots=True, order=True)
class BaselineEntry:
    """What is accepted ``count`` times in each package; the fingerprint decides."""

    rule: str
    part: str
    evidence: str
    fingerprint: str
    count: int


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A finding with its fingerprint; ``index`` counts equal fingerprints of one package from 1."""

    finding: Finding
    fingerprint: str
    index: int


def fingerprint(finding: Finding) -> str:
    """Return what stays the same for ``finding`` when lines, messages and versions change."""
    # A length before each field: no text can pretend to be two fields.
    fields = (finding.rule.rule_id, finding.location.part, finding.evidence)
    text = "".join(f"{len(field)}:{field}" for field in fields)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def occurrences(findings: Iterable[Finding]) -> Iterator[Occurrence]:
    """Yield the findings of one package by place, each numbered among its equals."""
    seen: Counter[str] = Counter()
    for finding in sorted(findings, key=_place):
        key = fingerprint(finding)
        seen[key] += 1
        yield Occurrence(finding, key, seen[key])


def accept(packages: Iterable[Sequence[Finding]]) -> tuple[BaselineEntry, ...]:
    """Return the entries that accept everything found in ``packages``, sorted."""
    counts: Counter[str] = Counter()
    examples: dict[str, Finding] = {}
    for findings in packages:
        for found in occurrences(findings):
            examples.setdefault(found.fingerprint, found.finding)
            counts[found.fingerprint] = max(counts[found.fingerprint], found.index)
    return tuple(sorted(_entry(examples[key], key, counts[key]) for key in examples))


def stale(
    entries: Iterable[BaselineEntry], packages: Iterable[Sequence[Finding]]
) -> tuple[BaselineEntry, ...]:
    """Return the entries of which no package has a finding any more."""
    found = {fingerprint(finding) for findings in packages for finding in findings}
    return tuple(entry for entry in entries if entry.fingerprint not in found)


def baseline_text(entries: Iterable[BaselineEntry]) -> str:
    """Return the file's text; the same entries give the same bytes."""
    document = {"format": FORMAT, "findings": [asdict(entry) for entry in sorted(entries)]}
    return json.dumps(document, indent=2) + "\n"


def parse_baseline(text: str, name: str) -> tuple[BaselineEntry, ...]:
    """Return the entries of a baseline file called ``name``.

    Raises:
        ConfigurationError: it is not what ``baseline_text`` writes. Nothing is guessed: an
            unread baseline must not accept anything.
    """
    try:
        document: Any = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise unreadable_baseline(name, str(error)) from error
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise unreadable_baseline(name, f'it is no JSON object with "format": {FORMAT}')
    findings = document.get("findings")
    if not isinstance(findings, list):
        raise unreadable_baseline(name, '"findings" is no list')
    return tuple(_parse_entry(item, number, name) for number, item in enumerate(findings, 1))


def _parse_entry(item: object, number: int, name: str) -> BaselineEntry:
    match item:
        case {
            "rule": str(rule),
            "part": str(part),
            "evidence": str(evidence),
            "fingerprint": str(key),
            "count": int(count),
        } if count > 0 and not isinstance(count, bool):
            return BaselineEntry(rule, part, evidence, key, count)
        case _:
            raise unreadable_baseline(
                name, f"finding {number} lacks a field or has one of another type"
            )


def unreadable_baseline(name: str, why: str) -> ConfigurationError:
    """Return the error of a baseline file called ``name``."""
    return ConfigurationError(
        "baseline-unreadable",
        f"The baseline {name} cannot be read.",
        context=why,
        hint=f"Write it anew: d365pop check … --write-baseline {name}",
    )


def _entry(finding: Finding, key: str, count: int) -> BaselineEntry:
    evidence = redact(finding.evidence)[:_SHOWN_EVIDENCE]
    return BaselineEntry(finding.rule.rule_id, finding.location.part, evidence, key, count)


def _place(finding: Finding) -> tuple[str, int, int, str, str, str]:
    place = finding.location
    return (
        place.part,
        place.line,
        place.column,
        finding.rule.rule_id,
        finding.evidence,
        finding.message,
    )
