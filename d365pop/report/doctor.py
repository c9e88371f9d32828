"""Doctor's findings as text, JSON, SARIF and JUnit; what was not checked is in all of them."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, assert_never

from d365pop import __version__
from d365pop.check.finding import Finding, Location, Severity
from d365pop.doctor.examination import Examined, Room, Verdict
from d365pop.models import Json
from d365pop.report.findings import Checked, make_report
from d365pop.report.json_text import dump, redacted
from d365pop.report.junit import Case, Suite, format_suites
from d365pop.report.plain import one_line, visible
from d365pop.report.sarif import format_sarif
from d365pop.report.text import Line, Tone
from d365pop.wording import plural

FORMAT: Final = 1
"""Of the JSON: grows when a reader of the old shape would misread the new one."""
_PLACE: Final = "d365pop.toml"


class DoctorFormat(StrEnum):
    """What ``--format`` and ``--report`` accept."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"
    JUNIT = "junit"


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What one run of doctor saw."""

    environment: str
    url: str
    examined: tuple[Examined, ...]
    fail_on: Severity

    @property
    def failed(self) -> tuple[Examined, ...]:
        """The checks that found something."""
        return tuple(each for each in self.examined if each.outcome.verdict is Verdict.FAILED)

    @property
    def failing_count(self) -> int:
        """How many checks make doctor fail."""
        return sum(each.check.rule.severity >= self.fail_on for each in self.failed)


def render(report_format: DoctorFormat, diagnosis: Diagnosis) -> str:
    """Return ``diagnosis`` in one format."""
    match report_format:
        case DoctorFormat.TEXT:
            return "".join(f"{line}\n" for line in lines(diagnosis))
        case DoctorFormat.JSON:
            return _json(diagnosis)
        case DoctorFormat.SARIF:
            return _sarif(diagnosis)
        case DoctorFormat.JUNIT:
            return _junit(diagnosis)
        case _:
            assert_never(report_format)


def lines(diagnosis: Diagnosis) -> Iterator[Line]:
    """Yield the diagnosis line by line."""
    yield Line(f"{diagnosis.environment} ({diagnosis.url})", Tone.TITLE)
    width = max((len(each.check.rule.rule_id) for each in diagnosis.examined), default=0)
    for room in Room:
        yield Line("")
        yield Line(room.value, Tone.TITLE)
        for each in diagnosis.examined:
            if each.check.room is room:
                yield from _check_lines(each, width)
    yield Line("")
    yield from _totals(diagnosis)


def _check_lines(each: Examined, width: int) -> Iterator[Line]:
    outcome = each.outcome
    name = each.check.rule.rule_id.ljust(width)
    match outcome.verdict:
        case Verdict.PASSED:
            yield Line(f"  {'passed':<13} {name} {_shown(outcome.evidence)}", Tone.QUIET)
        case Verdict.NOT_CHECKED:
            yield Line(f"  {'not checked':<13} {name} {_shown(outcome.not_checked)}")
        case Verdict.FAILED:
            for problem in outcome.problems:
                yield Line(f"{name} {_shown(problem)}", severity=each.check.rule.severity)
            if outcome.evidence:
                yield Line(f"{'':<16}seen: {_shown(outcome.evidence)}", Tone.QUIET)
            yield Line(f"{'':<16}why:  {_shown(each.check.rule.why)}", Tone.QUIET)
            yield Line(f"{'':<16}mend: {_shown(each.mend)}")
            if outcome.fix:
                yield Line(f"{'':<16}      d365pop doctor --fix does it after a question.")
        case _:
            assert_never(outcome.verdict)


def _totals(diagnosis: Diagnosis) -> Iterator[Line]:
    counts = Counter(each.outcome.verdict for each in diagnosis.examined)
    yield Line(
        f"{plural(len(diagnosis.examined), 'check')}: {counts[Verdict.PASSED]} passed,"
        f" {counts[Verdict.FAILED]} found something, {counts[Verdict.NOT_CHECKED]} could not look."
    )
    limit = diagnosis.fail_on.label
    if diagnosis.failing_count:
        yield Line(
            f"Failed: {plural(diagnosis.failing_count, 'check')} at {limit} or worse.", Tone.BAD
        )
    else:
        yield Line(f"Passed: nothing of what was checked is {limit} or worse.", Tone.GOOD)


def _json(diagnosis: Diagnosis) -> str:
    counts = Counter(each.outcome.verdict for each in diagnosis.examined)
    return dump(
        redacted(
            {
                "format": FORMAT,
                "tool": {"name": "d365pop", "version": __version__},
                "environment": diagnosis.environment,
                "url": diagnosis.url,
                "fail_on": diagnosis.fail_on.label,
                "failed": diagnosis.failing_count > 0,
                "summary": {verdict.value: counts[verdict] for verdict in Verdict},
                "checks": [_json_check(each) for each in diagnosis.examined],
            }
        )
    )


def _json_check(each: Examined) -> Json:
    outcome, rule = each.outcome, each.check.rule
    found = outcome.verdict is Verdict.FAILED
    return {
        "id": rule.rule_id,
        "room": each.check.room.value,
        "severity": rule.severity.label,
        "outcome": outcome.verdict.value,
        "evidence": _shown(outcome.evidence),
        "problems": [_shown(problem) for problem in outcome.problems],
        "not_checked": _shown(outcome.not_checked),
        "why": rule.why if found else "",
        "mend": _shown(each.mend) if found else "",
        "fixable": outcome.fix is not None,
    }


def _sarif(diagnosis: Diagnosis) -> str:
    findings = [
        Finding(each.check.rule, Location(_PLACE), f"{problem} {each.mend}", problem)
        for each in diagnosis.failed
        for problem in each.outcome.problems
    ]
    gaps = tuple(
        f"{each.check.rule.rule_id}: {each.outcome.not_checked}"
        for each in diagnosis.examined
        if each.outcome.verdict is Verdict.NOT_CHECKED
    )
    rules = [each.check.rule for each in diagnosis.examined]
    return format_sarif(make_report([Checked(".", findings, gaps)], rules, diagnosis.fail_on))


def _junit(diagnosis: Diagnosis) -> str:
    suites = [
        Suite(
            f"{diagnosis.environment}: {room}",
            [_case(each, diagnosis) for each in diagnosis.examined if each.check.room is room],
        )
        for room in Room
    ]
    return format_suites("d365pop doctor", suites)


def _case(each: Examined, diagnosis: Diagnosis) -> Case:
    outcome, rule = each.outcome, each.check.rule
    name, room = rule.rule_id, each.check.room.value
    match outcome.verdict:
        case Verdict.PASSED:
            return Case(room, name, details=_shown(outcome.evidence))
        case Verdict.NOT_CHECKED:
            return Case(room, name, skipped=_shown(outcome.not_checked))
        case Verdict.FAILED:
            problems = "\n".join(_shown(problem) for problem in outcome.problems)
            details = f"{problems}\n\nWhy: {rule.why}\nMend: {_shown(each.mend)}"
            fails = rule.severity >= diagnosis.fail_on
            return Case(room, name, f"{rule.severity.label}: {rule.summary}" * fails, details)
        case _:
            assert_never(outcome.verdict)


def _shown(text: str) -> str:
    return one_line(visible(text))
