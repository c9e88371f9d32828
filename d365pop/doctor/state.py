"""Checks of the environment's state: limits, locks, governance, forms and layers."""

from collections.abc import Callable, Iterator
from typing import Final

from d365pop.check.finding import Rule, Severity
from d365pop.dataverse.environment import environment_id
from d365pop.dataverse.layers import LAYERED, has_active_layer
from d365pop.dataverse.lifecycle import retrieve_running_imports
from d365pop.dataverse.organization import retrieve_running_operations
from d365pop.dataverse.solutions import retrieve_components, retrieve_solution
from d365pop.deploy.forms import find_form
from d365pop.doctor.examination import Check, Outcome, Room, failed, not_checked, passed
from d365pop.doctor.subject import Subject
from d365pop.models import FormSelector, Json, RemoteForm
from d365pop.settings import FormSettings
from d365pop.solution.formxml import registered

MOST_HANDLERS: Final = 50
"""Of one event of one form, in Microsoft's page on configuring event handlers."""
_ON_LOAD: Final = "onload"


def state_checks() -> Iterator[Check]:
    """Yield the checks."""
    for rule, run in (
        (_UPLOAD, _upload),
        (_LOCK, _lock),
        (_CHECKER_BLOCKS, _checker),
        (_CHECKER_HANGS, _zip),
        (_FORM_MISSING, _forms_missing),
        (_FORM_AMBIGUOUS, _forms_ambiguous),
        (_FORM_INACTIVE, _forms_inactive),
        (_FORM_LOCKED, _forms_locked),
        (_HANDLERS, _handlers),
        (_LAYERS, _layers),
    ):
        yield Check(Room.DATAVERSE, rule, run)


_UPLOAD: Final = Rule(
    "upload-limit",
    Severity.HIGH,
    "The environment takes no file as large as one of the web resources.",
    "The import fails, or the web resource cannot be written.",
    "Power Platform admin center, Environments, NAME, Settings, Email, Email settings: raise the"
    " maximum file size.",
)
_LOCK: Final = Rule(
    "customization-running",
    Severity.HIGH,
    "Somebody imports or publishes at this moment.",
    "A deploy would wait for it, or fail with 0x80071151.",
    "Wait for it to end: maker portal, Solutions, See history.",
)
_CHECKER_BLOCKS: Final = Rule(
    "solution-checker-blocks",
    Severity.MEDIUM,
    "Solution checker blocks imports with critical findings here.",
    "An import is refused before anything changes.",
    "Run d365pop check before each deploy.",
)
_CHECKER_HANGS: Final = Rule(
    "solution-checker-hangs",
    Severity.LOW,
    "The extension zip is blocked, and with it solution checker's own files.",
    "Solution checker does not end where it is enforced.",
    "Power Platform admin center, Environments, NAME, Settings, Product, Privacy + Security: take"
    " zip out of the blocked extensions.",
)
_FORM_MISSING: Final = Rule(
    "form-missing",
    Severity.HIGH,
    "A configured form is not there.",
    "The deploy is refused.",
    "Mend [[forms]] in d365pop.toml.",
)
_FORM_AMBIGUOUS: Final = Rule(
    "form-ambiguous",
    Severity.HIGH,
    "A configured form's name is that of several active forms.",
    "The deploy is refused: it does not guess which one is meant.",
    "Name the form by its id in [[forms]] of d365pop.toml.",
)
_FORM_INACTIVE: Final = Rule(
    "form-inactive",
    Severity.HIGH,
    "A configured form is inactive.",
    "Agents do not get it, so nothing starts the softphone; the deploy is refused.",
    "Maker portal, Tables, TABLE, Forms, NAME: Activate.",
)
_FORM_LOCKED: Final = Rule(
    "form-not-customizable",
    Severity.HIGH,
    "A configured form cannot be customized.",
    "The handler cannot be registered; the deploy is refused.",
    "Configure another form, or ask the publisher of the solution that locks it.",
)
_HANDLERS: Final = Rule(
    "form-handlers-full",
    Severity.HIGH,
    "A configured form has no room for another handler.",
    f"Forms take {MOST_HANDLERS} handlers for an event; ours would be refused.",
    "Remove a handler that is not needed: form editor, Events.",
)
_LAYERS: Final = Rule(
    "unmanaged-layer",
    Severity.MEDIUM,
    "Somebody has changed a component of ours by hand, above the managed solution.",
    "An import changes nothing that agents see, as long as that layer lies above it.",
    "Maker portal, Solutions, NAME, the component, See solution layers: remove the unmanaged one.",
)


def _upload(subject: Subject) -> Outcome:
    limit = subject.organization.max_upload_bytes
    resources = subject.build.solution.web_resources
    largest = max(resources, key=lambda each: len(each.content))
    size = len(largest.content)
    evidence = f"{limit} bytes; the largest web resource has {size}"
    if limit and size > limit:
        return failed(f"{largest.name} has {size} bytes; {limit} are allowed.", evidence=evidence)
    return passed(evidence)


def _lock(subject: Subject) -> Outcome:
    running = {*retrieve_running_imports(subject.dataverse)}
    running |= {*retrieve_running_operations(subject.dataverse)}
    if running:
        return failed(f"Running now: {', '.join(sorted(running))}.")
    return passed("no import and no publish is running")


def _checker(subject: Subject) -> Outcome:
    if subject.governance is None:
        reason = "a local environment has no governance"
        if not subject.environment.is_local:
            reason = "this host is in no table of Microsoft's clouds, so who governs it is unknown"
        return not_checked(reason)
    found = subject.governance(environment_id(subject.dataverse))
    settings = _inside(found, "properties", "governanceConfiguration")
    level = _inside(settings, "protectionLevel")
    if not isinstance(level, str):
        return not_checked("only a Power Platform administrator may read it")
    mode = _inside(settings, "settings", "extendedSettings", "solutionCheckerMode") or "none"
    managed = "a managed environment" if level == "Standard" else "no managed environment"
    evidence = f"{managed}; solution checker: {mode}"
    if str(mode).lower() == "block":
        return failed(f"This is {evidence}.", evidence=evidence)
    return passed(evidence)


def _inside(document: Json, *names: str) -> Json:
    for name in names:
        document = document.get(name) if isinstance(document, dict) else None
    return document


def _zip(subject: Subject) -> Outcome:
    if "zip" in subject.organization.blocked_extensions:
        return failed("Files with the extension zip are blocked.")
    return passed("zip is no blocked extension")


def _selected(subject: Subject) -> Iterator[tuple[FormSettings, RemoteForm | None]]:
    """Yield each configured form as it is there; without a name all active ones of the table."""
    for form in subject.settings.forms:
        if form.in_package:
            continue
        if form.name or form.id:
            # An inactive form of the same name is no rival.
            by_use = sorted(subject.forms, key=lambda each: not each.active)
            yield form, find_form(FormSelector(form.table, form.name, form.id), by_use)
            continue
        of_table = [each for each in subject.forms if each.table == form.table]
        usable = [each for each in of_table if each.active and each.customizable]
        # With none that is usable, say what is wrong with those there are.
        chosen = usable or of_table
        yield from ((form, each) for each in chosen)
        if not chosen:
            yield form, None


def _forms_missing(subject: Subject) -> Outcome:
    missing = [form for form, found in _selected(subject) if found is None]
    if missing:
        return failed(*(f"There is no main form {_wanted(form)}." for form in missing))
    return passed(f"{sum(1 for _ in _selected(subject))} main forms")


def _forms_ambiguous(subject: Subject) -> Outcome:
    if not any(form.name and not form.id for form in subject.settings.forms):
        return passed("no form is configured by its name")
    complaints = [
        f"{len(rivals)} active main forms are {_wanted(form)}:"
        f" {', '.join(sorted(each.form_id for each in rivals))}."
        for form in subject.settings.forms
        if not form.in_package and len(rivals := _rivals(subject, form)) > 1
    ]
    return failed(*complaints) if complaints else passed("each name is that of one active form")


def _rivals(subject: Subject, form: FormSettings) -> list[RemoteForm]:
    """Return the active forms of the configured name; an id has no rivals."""
    if form.id or not form.name:
        return []
    return [f for f in subject.forms if (f.table, f.name) == (form.table, form.name) and f.active]


def _forms_inactive(subject: Subject) -> Outcome:
    return _each_form(subject, lambda form: not form.active, "is inactive", "all are active")


def _forms_locked(subject: Subject) -> Outcome:
    return _each_form(
        subject, lambda form: not form.customizable, "cannot be customized", "all are customizable"
    )


def _handlers(subject: Subject) -> Outcome:
    return _each_form(
        subject,
        _is_full,
        f"has {MOST_HANDLERS} onload handlers already",
        f"fewer than {MOST_HANDLERS} onload handlers on each",
    )


def _is_full(form: RemoteForm) -> bool:
    handlers = [each for each in registered(form.draft_xml) if each.event == _ON_LOAD]
    ours = any("/screenpop/" in each.library_name for each in handlers)
    return len(handlers) >= MOST_HANDLERS and not ours


def _each_form(
    subject: Subject, wrong: Callable[[RemoteForm], bool], complaint: str, evidence: str
) -> Outcome:
    found = [form for _, form in _selected(subject) if form is not None and wrong(form)]
    if found:
        return failed(*(f"The main form {f.table} / {f.name} {complaint}." for f in found))
    return passed(evidence)


def _wanted(form: FormSettings) -> str:
    return f"{form.table} / {form.name or form.id or 'any'}"


def _layers(subject: Subject) -> Outcome:
    name = subject.settings.solution.unique_name
    solution = retrieve_solution(subject.dataverse, name)
    if solution is None:
        return passed("the solution is not installed")
    if not solution.managed:
        return passed("the solution is installed unmanaged: its only layer is the unmanaged one")
    components = retrieve_components(subject.dataverse, solution.solution_id)
    layered = [
        (object_id, kind)
        for object_id, kind in sorted(components.items())
        if kind in LAYERED and has_active_layer(subject.dataverse, object_id, kind)
    ]
    if layered:
        return failed(*(f"{LAYERED[kind]} {object_id}" for object_id, kind in layered))
    return passed(f"none over {len(components)} components")
