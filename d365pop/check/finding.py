"""Findings as values: what a rule says, how grave it is, and where; no rule, no format."""

from dataclasses import dataclass
from enum import IntEnum


class Severity(IntEnum):
    """How grave a finding is; Microsoft's Solution Checker has the same four, and information.

    Ordered, so that a threshold is a comparison.
    """

    INFORMATIONAL = 0
    LOW = 1
    MEDIUM = 2
    HIGH = 3
    CRITICAL = 4

    @property
    def label(self) -> str:
        """The name as options and reports write it."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Rule:
    """What is looked for. ``rule_id`` is kebab-case and stable: baselines refer to it."""

    rule_id: str
    severity: Severity
    summary: str
    """One sentence: what is wrong when it fires."""
    why: str
    """What happens to whom if it stays."""
    mend: str
    """What to do about it."""
    example: str = ""
    """A short piece that fires it, for the documentation."""
    security: bool = False
    """Whether leaving it lets somebody do or read what they may not."""


@dataclass(frozen=True, slots=True, order=True)
class Location:
    """A place inside a package; ``line`` and ``column`` start at 1, 0 where there is none."""

    part: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        """Name the place as compilers do."""
        numbers = (self.line, self.column) if self.column else (self.line,)
        return ":".join([self.part, *(str(number) for number in numbers if number)])


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a rule found.

    ``evidence`` is the text that identifies it when lines move: fingerprints and baselines use
    it together with the rule and the part.
    """

    rule: Rule
    location: Location
    message: str
    evidence: str = ""
