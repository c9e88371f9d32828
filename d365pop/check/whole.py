"""All that is looked for in one package: its own rules and those of the scripts it carries."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from d365pop.check.checker import ALL_RULES, check_subject
from d365pop.check.finding import Finding, Rule
from d365pop.check.rules.handlers import FORM_HANDLER_FUNCTION_MISSING
from d365pop.check.rules.ribbons import RIBBON_FUNCTION_MISSING, called_libraries
from d365pop.check.rules.schema import SCHEMA_VIOLATION
from d365pop.check.rules.variables import VARIABLE_SECRET_DEFAULT, default_values
from d365pop.check.schemas import Schemas
from d365pop.check.scripts.checker import Study, Texts, study_scripts
from d365pop.check.scripts.own import HARDCODED_SECRET, NOT_CHECKED
from d365pop.check.scripts.rules import SCRIPT_RULES
from d365pop.check.subject import LIBRARY_NAMES, VARIABLES, ExportedNames, Subject, read_subject
from d365pop.check.unreadable import PACKAGE_UNREADABLE
from d365pop.solution.reading import CUSTOMIZATIONS

_SCRIPT: Final = "3"
_PAGES: Final = ("1", "11")
"""HTML, and SVG: a drawing that is opened by itself runs its scripts."""


@dataclass(frozen=True, slots=True)
class CheckOptions:
    """What is looked for, and with what."""

    scripts: bool = True
    schemas: Schemas | None = None
    cache: Path | None = None

    def rules(self) -> tuple[Rule, ...]:
        """Return every rule that these options look for, and no other."""
        functions = {FORM_HANDLER_FUNCTION_MISSING, RIBBON_FUNCTION_MISSING}
        left_out = set() if self.scripts else functions
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
    texts = Texts(
        scripts,
        _contents(subject, *_PAGES),
        default_values(subject),
        libraries=_libraries(subject) & scripts.keys(),
    )
    study = study_scripts(texts, cache=options.cache)
    findings = check_subject(
        replace(subject, exported_names=_exported_names(scripts, study)),
        schemas=options.schemas,
        strict=strict,
        script_findings=map(_about_variables, study.findings),
    )
    return Outcome(findings, tuple(_gaps(subject, study)))


def _about_variables(finding: Finding) -> Finding:
    """Return the finding under the rule for defaults, where that is what holds the secret."""
    if finding.rule is HARDCODED_SECRET and finding.location.part.startswith(VARIABLES):
        message = "The default of this variable holds a secret: whoever gets the package reads it"
        return replace(finding, rule=VARIABLE_SECRET_DEFAULT, message=message, evidence="default")
    return finding


def _gaps(subject: Subject, study: Study) -> Iterator[str]:
    """Say what nobody has looked at: a check that passes must not sound as if it had."""
    if subject.root(CUSTOMIZATIONS) is None:
        yield f"scripts: {CUSTOMIZATIONS} cannot be read, so nothing says which parts are scripts"
    given_up = {f.location.part for f in study.findings if f.rule is NOT_CHECKED}
    yield from (f"all or a part of {part}" for part in sorted(given_up))


def _contents(subject: Subject, *type_texts: str) -> dict[str, bytes]:
    return {
        item.part: item.content
        for item in subject.web_resources
        if item.type_text in type_texts and item.content is not None
    }


def _libraries(subject: Subject) -> set[str]:
    """Return the parts of the web resources that forms load or name, and ribbons call."""
    names = {
        element.get(attribute, "").strip().lower()
        for form in subject.forms
        for container, child, attribute in LIBRARY_NAMES
        for element in form.children(container, child)
    } | called_libraries(subject)
    return {item.part for name, item in subject.web_resource_by_name.items() if name in names}


def _exported_names(scripts: Mapping[str, bytes], study: Study) -> ExportedNames:
    return {scripts[part]: found for part, found in study.definitions.items()}.get
