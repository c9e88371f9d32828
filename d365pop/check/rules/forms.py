"""Whether the events and libraries of forms are as Dataverse takes them, and their ids unique."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from lxml import etree

from d365pop.check.differences import kept
from d365pop.check.finding import Finding, Rule, Severity
from d365pop.check.subject import FormItem, Subject, is_guid, place
from d365pop.solution.formxml_edit import MAX_CHILDREN
from d365pop.solution.reading import CUSTOMIZATIONS
from d365pop.solution.reading_xml import guid

_QUICK_VIEW: Final = "quick"
_CONTAINERS: Final = {
    "formLibraries": "Library",
    "events": "event",
    "Handlers": "Handler",
    "InternalHandlers": "Handler",
}
# An event without handlers is a stub that exports do have; without an event there is no such use.
_NEVER_EMPTY: Final = ("formLibraries", "events")
_EVENT_KEY: Final = ("name", "attribute", "control", "relationship")

FORM_ID_DUPLICATE = Rule(
    "form-id-duplicate",
    Severity.HIGH,
    "Two forms have the same id.",
    "One of them overwrites the other.",
    "Give each form its own GUID.",
    "<formid>{8448b78f-…}</formid> twice",
)
FORM_CONTAINER_EMPTY = Rule(
    "form-container-empty",
    Severity.HIGH,
    "formLibraries or events is there without anything in it.",
    "Dataverse's schema wants at least one child: the import fails with 0x8004801a.",
    "Remove the container together with its last child.",
    "<formLibraries />",
)
FORM_TOO_MANY_CHILDREN = Rule(
    "form-too-many-children",
    Severity.HIGH,
    "A form has more than 50 libraries, or an event more than 50 handlers.",
    "Dataverse's schema allows 50: the import fails with 0x8004801a.",
    "Join handlers into one function, and libraries into one file.",
    "51 Handler elements in one Handlers",
)
FORM_EVENT_NAMELESS = Rule(
    "form-event-nameless",
    Severity.HIGH,
    "An event has no name.",
    "Nothing ever raises it: its handlers never run.",
    "Name the event, such as onload.",
    '<event application="false" active="false">',
)
FORM_EVENT_DUPLICATE = Rule(
    "form-event-duplicate",
    # ASSUMED: the schema lets both stand; nobody says what the form does with them.
    Severity.MEDIUM,
    "The same event stands twice on one form.",
    "Which handlers run is not documented: those of one of the two may be lost.",
    "Move the handlers into one event element.",
    '<event name="onload"> … </event><event name="onload"> … </event>',
)
FORM_LIBRARY_INCOMPLETE = Rule(
    "form-library-incomplete",
    Severity.HIGH,
    "A Library has no name or no GUID.",
    "Dataverse's schema demands both: the import fails with 0x8004801a.",
    "Write name and libraryUniqueId.",
    '<Library name="new_/app.js" />',
)
FORM_LIBRARY_DUPLICATE = Rule(
    "form-library-duplicate",
    # ASSUMED: the schema lets both stand; the form editor adds a library once only.
    Severity.MEDIUM,
    "A form lists the same library twice.",
    "The script may run twice, and the form editor never writes such a form.",
    "Keep one Library.",
    '<Library name="new_/app.js" … /> twice',
)
FORM_SCRIPT_UNSUPPORTED = Rule(
    "form-script-unsupported",
    Severity.MEDIUM,
    "A quick view form has libraries or handlers.",
    "Quick view forms run no script: what the handlers do does not happen.",
    "Register them on the main form that shows the quick view form.",
    '<forms type="quick"> … <formLibraries>',
)

RULES: Final = (
    FORM_ID_DUPLICATE,
    FORM_CONTAINER_EMPTY,
    FORM_TOO_MANY_CHILDREN,
    FORM_EVENT_NAMELESS,
    FORM_EVENT_DUPLICATE,
    FORM_LIBRARY_INCOMPLETE,
    FORM_LIBRARY_DUPLICATE,
    FORM_SCRIPT_UNSUPPORTED,
)


def check(subject: Subject) -> Iterator[Finding]:
    """Look at each form, then at the ids of all."""
    for form in subject.forms:
        yield from _containers(form)
        yield from _events(form)
        yield from _libraries(form)
        yield from _quick_view(form)
    seen = set()
    for form in subject.forms:
        if form.form_id in seen:
            message = f"{form.label} has the id of a form before it"
            yield _finding(FORM_ID_DUPLICATE, form.element, message, form.form_id)
        if form.form_id:
            seen.add(form.form_id)


def _containers(form: FormItem) -> Iterator[Finding]:
    for name, child in _CONTAINERS.items():
        for element in kept(form.form.iter(name)):
            # The schema counts what is removed as well, the form does not.
            if name in _NEVER_EMPTY and element.find(child) is None:
                message = f"{name} of {form.label} has no {child}"
                yield _finding(FORM_CONTAINER_EMPTY, element, message, name)
            count = sum(1 for _ in kept(element.iterchildren(child)))
            if name != "events" and count > MAX_CHILDREN:
                message = f"{name} of {form.label} has {count} of {child}"
                yield _finding(FORM_TOO_MANY_CHILDREN, element, message, name)


def _events(form: FormItem) -> Iterator[Finding]:
    for events in form.form.iter("events"):
        seen = set()
        for event in kept(events.iterchildren("event")):
            key = tuple(event.get(name, "").strip().lower() for name in _EVENT_KEY)
            evidence = " ".join(filter(None, key))
            if not key[0]:
                message = f"An event of {form.label} has no name"
                yield _finding(FORM_EVENT_NAMELESS, event, message, evidence)
            elif key in seen:
                message = f"{form.label} has the event {evidence} again"
                yield _finding(FORM_EVENT_DUPLICATE, event, message, evidence)
            seen.add(key)


def _libraries(form: FormItem) -> Iterator[Finding]:
    names: Counter[str] = Counter()
    for library in kept(form.children("formLibraries", "Library")):
        name = library.get("name", "").strip()
        unique_id = library.get("libraryUniqueId", "")
        names[name.lower()] += 1
        if not name or not is_guid(unique_id):
            message = f"{form.label} has the library {name!r} with the id {unique_id!r}"
            yield _finding(FORM_LIBRARY_INCOMPLETE, library, message, name or guid(unique_id))
        elif names[name.lower()] > 1:
            message = f"{form.label} lists the library {name} again"
            yield _finding(FORM_LIBRARY_DUPLICATE, library, message, name)


def _quick_view(form: FormItem) -> Iterator[Finding]:
    if form.form_type != _QUICK_VIEW:
        return
    for element in form.form.iter("formLibraries", "Handlers"):
        if any(True for _ in kept(element.iterchildren("Library", "Handler"))):
            message = f"{form.label} is a quick view form and has {element.tag}"
            yield _finding(FORM_SCRIPT_UNSUPPORTED, element, message, form.form_id)
            return


def _finding(rule: Rule, element: etree._Element, message: str, evidence: str) -> Finding:
    return Finding(rule, place(CUSTOMIZATIONS, element), message, evidence)
