"""All that is looked for in one package: its own rules and those of the scripts it carries."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from d365pop.check.checker import ALL_RULES, check_subject
from d365pop.check.finding import Finding, Rule
from d365pop.check.rules.handlers import FORM_HANDLER_FUNCTION_MISSING
from d365pop.check.rules.schema import SCHEMA_VIOLATION
from d365pop.check.schemas import Schemas
from d365pop.check.scripts.checker import Study, study_scripts
from d365pop.check.scripts.own import NOT_CHECKED
from d365pop.check.scripts.rules import SCRIPT_RULES
from d365pop.check.subject import LIBRARY_NAMES, ExportedNames, Subject, read_subject
from d365pop.check.unreadable import PACKAGE_UNREADABLE
from d365pop.solution.reading import CUSTOMIZATIONS

_PAGE: Final = "1"
_SCRIPT: Final = "3"


@dataclass(frozen=True, slots=True)
class CheckOptions:
    """What is looked for, and with what."""

    scripts: bool = True
    schemas: Schemas | None = None
    cache: Path | None = None

    def rules(self) -> tuple[Rule, ...]:
        """Return every rule that these options look for, and no other."""
        left_out = set() if self.scripts else {FORM_HANDLER_FUNCTION_MISSING}
        left_out |= set() if self.schemas else {SCHEMA_VIOLATION}
        found = tuple(rule for rule in ALL_RULES if rule not in left_out)
        return (PACKAGE_UNREADABLE, *found) + (SCRIPT_RULES if self.scripts else ())


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was found, and what was not looked into and why."""

    findings: tuple[Finding, ...]
    not_checked: tuple[str, ...] = ()


def check_all(
    parts: Mapping[str, bytes], options: CheckOptions, *, strict: bool = False
) -> Outcome:
    """Check one package; ``strict`` is for one that we have made ourselves.

    Raises:
        BundleError: scripts cannot be checked on this machine.
    """
    subject = read_subject(parts)
    if not options.scripts:
        findings = check_subject(subject, schemas=options.schemas, strict=strict)
        return Outcome(findings, ("scripts and the functions of handlers: --no-scripts",))
    scripts = _contents(subject, _SCRIPT)
    study = study_scripts(
        scripts,
        _contents(subject, _PAGE),
        libraries=_libraries(subject) & scripts.keys(),
        cache=options.cache,
    )
    findings = check_subject(
        replace(subject, exported_names=_exported_names(scripts, study)),
        schemas=options.schemas,
        strict=strict,
        script_findings=study.findings,
    )
    return Outcome(findings, tuple(_gaps(subject, study)))


def _gaps(subject: Subject, study: Study) -> Iterator[str]:
    """Say what nobody has looked at: a check that passes must not sound as if it had."""
    if subject.root(CUSTOMIZATIONS) is None:
        yield f"scripts: {CUSTOMIZATIONS} cannot be read, so nothing says which parts are scripts"
    given_up = {f.location.part for f in study.findings if f.rule is NOT_CHECKED}
    yield from (f"all or a part of {part}" for part in sorted(given_up))


def _contents(subject: Subject, type_text: str) -> dict[str, bytes]:
    return {
        item.part: item.content
        for item in subject.web_resources
        if item.type_text == type_text and item.content is not None
    }


def _libraries(subject: Subject) -> set[str]:
    """Return the parts of the web resources that forms load or name."""
    names = {
        element.get(attribute, "").strip().lower()
        for form in subject.forms
        for container, child, attribute in LIBRARY_NAMES
        for element in form.children(container, child)
    }
    return {item.part for name, item in subject.web_resource_by_name.items() if name in names}


def _exported_names(scripts: Mapping[str, bytes], study: Study) -> ExportedNames:
    return {scripts[part]: found for part, found in study.definitions.items()}.get
