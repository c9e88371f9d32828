"""What a check is and what it can say; what could not be looked at has never passed."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from d365pop.check.finding import Rule
from d365pop.errors import D365PopError

if TYPE_CHECKING:
    from d365pop.doctor.subject import Subject
    from d365pop.settings import Settings


class Room(StrEnum):
    """Where a check looks."""

    LOCAL = "Local"
    DATAVERSE = "Dataverse"
    GENESYS = "Genesys Cloud"


class Verdict(StrEnum):
    """How a check ended."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_CHECKED = "not-checked"


@dataclass(frozen=True, slots=True)
class Fix:
    """What ``--fix`` does after its question was answered with yes."""

    question: str
    apply: Callable[[], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a check saw."""

    evidence: str = ""
    problems: tuple[str, ...] = ()
    mend: str = ""
    """The remedy in this very case; empty: the rule's own."""
    not_checked: str = ""
    """Why nobody could look."""
    fix: Fix | None = None

    @property
    def verdict(self) -> Verdict:
        """How it ended."""
        if self.problems:
            return Verdict.FAILED
        return Verdict.NOT_CHECKED if self.not_checked else Verdict.PASSED


def passed(evidence: str) -> Outcome:
    """Return that all is well, and by what that was seen."""
    return Outcome(evidence)


def failed(*problems: str, evidence: str = "", mend: str = "", fix: Fix | None = None) -> Outcome:
    """Return what is wrong; nothing wrong is a pass."""
    return Outcome(evidence, problems, mend, fix=fix)


def not_checked(reason: str) -> Outcome:
    """Return why nobody could look."""
    return Outcome(not_checked=reason)


@dataclass(frozen=True, slots=True)
class Check:
    """One independent check: ``rule`` says what is wrong where it fails."""

    room: Room
    rule: Rule
    run: Callable[["Subject"], Outcome]
    concerns: Callable[["Settings"], bool] = lambda _: True
    """Whether it is about anything that is configured; else nobody hears of it."""


@dataclass(frozen=True, slots=True)
class Examined:
    """A check and what it saw."""

    check: Check
    outcome: Outcome

    @property
    def mend(self) -> str:
        """What to do about it."""
        return self.outcome.mend or self.check.rule.mend


def examine(checks: Iterable[Check], subject: "Subject") -> Iterator[Examined]:
    """Run each check; one that meets an error of ours has not been able to look."""
    for check in checks:
        if not check.concerns(subject.settings):
            continue
        try:
            outcome = check.run(subject)
        except D365PopError as error:
            outcome = not_checked(error.message)
        yield Examined(check, outcome)
