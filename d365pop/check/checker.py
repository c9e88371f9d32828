"""Holds a package against every rule; reads no file, and findings are all that it knows."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Final

from d365pop.check.finding import Finding, Rule
from d365pop.check.rules import (
    components,
    content_types,
    documents,
    forms,
    grammar,
    handlers,
    libraries,
    manifest,
    ribbons,
    schema,
    structure,
    variables,
    web_resource_content,
    web_resources,
)
from d365pop.check.schemas import Schemas
from d365pop.check.subject import ExportedNames, Subject, read_subject
from d365pop.errors import BundleError

MAX_FINDINGS: Final = 100_000
"""Twenty for each of 5,000 web resources; whoever has more reads none of them."""

_FAMILIES: Final = (
    structure,
    content_types,
    documents,
    manifest,
    components,
    web_resources,
    web_resource_content,
    libraries,
    forms,
    handlers,
    ribbons,
    variables,
)

ALL_RULES: Final[tuple[Rule, ...]] = tuple(
    rule for family in (*_FAMILIES, grammar, schema) for rule in family.RULES
)
"""Every rule about packages; the rules about scripts are in ``check.scripts``."""


def check_package(
    parts: Mapping[str, bytes],
    *,
    exported_names: ExportedNames | None = None,
    schemas: Schemas | None = None,
    strict: bool = False,
) -> tuple[Finding, ...]:
    """Return what is wrong with a package, ordered by part, line, column and rule.

    ``exported_names`` says what a script defines; without it no handler's function is looked for.

    Raises:
        BundleError: ``package-broken`` for one that is made to have findings without end.
    """
    return check_subject(read_subject(parts, exported_names), schemas=schemas, strict=strict)


def check_subject(
    subject: Subject,
    *,
    schemas: Schemas | None = None,
    strict: bool = False,
    script_findings: Iterable[Finding] = (),
) -> tuple[Finding, ...]:
    """Return what is wrong with a package that has been read.

    ``strict`` holds the XML against our grammars as they stand: only what we generate passes.
    ``script_findings`` are those of the script rules, to be put in order with ours.

    Raises:
        BundleError: ``package-broken`` for one that is made to have findings without end.
    """
    found = _bounded(finding for family in _FAMILIES for finding in family.check(subject))
    found += _bounded(_documents(subject, found, schemas, strict=strict))
    return tuple(sorted((*found, *script_findings), key=_order))


def _documents(
    subject: Subject, found: list[Finding], schemas: Schemas | None, *, strict: bool
) -> Iterator[Finding]:
    yield from grammar.check(subject, found, strict=strict)
    if schemas is not None:
        yield from schema.check(subject, schemas)


def _bounded(findings: Iterator[Finding]) -> list[Finding]:
    found = list(islice(findings, MAX_FINDINGS + 1))
    if len(found) > MAX_FINDINGS:
        raise BundleError(
            "package-broken",
            f"More than {MAX_FINDINGS} things are wrong with the package",
            context=f"the first in {found[0].location}: {found[0].message}",
            hint="Export or build the package again.",
        )
    return found


def _order(finding: Finding) -> tuple[str, int, int, str, str]:
    place = finding.location
    return (place.part, place.line, place.column, finding.rule.rule_id, finding.message)
