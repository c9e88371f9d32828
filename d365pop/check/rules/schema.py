"""Whether customizations.xml follows Microsoft's schema, where the user has brought it."""

from collections.abc import Iterator
from typing import Final

from d365pop.check.finding import Finding, Location, Rule, Severity
from d365pop.check.schemas import Schemas
from d365pop.check.subject import Subject
from d365pop.solution.reading import CUSTOMIZATIONS

SCHEMA_VIOLATION = Rule(
    "schema-violation",
    Severity.LOW,
    "customizations.xml does not follow Microsoft's CustomizationsSolution.xsd (with --schemas).",
    "The set is older than the service: it may be nothing, or fail an import with 0x8004801a.",
    "Compare with a fresh export of the same component.",
    "<FormActivationState>on</FormActivationState>",
)

RULES: Final = (SCHEMA_VIOLATION,)


def check(subject: Subject, schemas: Schemas) -> Iterator[Finding]:
    """Report each violation that is not just an export newer than the schema."""
    if subject.root(CUSTOMIZATIONS) is not None:
        for line, message in schemas.violations(subject.parts[CUSTOMIZATIONS]):
            yield Finding(SCHEMA_VIOLATION, Location(CUSTOMIZATIONS, line), message, message)
