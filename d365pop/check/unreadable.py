"""What stands in a report for a package that cannot be read, so that others keep theirs."""

from typing import Final

from d365pop.check.finding import Finding, Location, Rule, Severity
from d365pop.errors import BundleError

PACKAGE_UNREADABLE: Final = Rule(
    "package-unreadable",
    Severity.CRITICAL,
    "The file is no package, or it is damaged, encrypted or made to harm its reader.",
    "Nothing is known about it, and Dataverse would refuse it or read something else.",
    "Export or build it again; `d365pop check` with this file alone says the same as an error.",
    "GenesysScreenPop.zip that holds the first half of itself",
)


def unreadable(error: BundleError) -> Finding:
    """Return the finding for a package whose reading ended with ``error``."""
    said = ": ".join(filter(None, (error.message, error.context)))
    return Finding(PACKAGE_UNREADABLE, Location(""), said, evidence=error.reference)
