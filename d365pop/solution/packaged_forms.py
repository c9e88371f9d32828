"""Forms that travel in the package: whole in an unmanaged one, as a difference in a managed one.

A managed form is merged: what carries ``solutionaction="Added"`` comes with the solution and goes
with it, and nothing else of the form is touched.
"""

from collections.abc import Sequence
from copy import deepcopy

from lxml import etree

from d365pop.errors import BundleError
from d365pop.models import FormHandler, PackagedForm
from d365pop.solution.formxml import register_in_document, unregister_in_document
from d365pop.solution.xml import parse_xml

_IN_DIFF = ("formid", "IntroducedVersion", "FormPresentation", "FormActivationState")
_TEXTS = ("LocalizedNames", "Descriptions")


def packaged_form(
    document: bytes, table: str, handlers: Sequence[FormHandler], name: str
) -> PackagedForm:
    """Return the form of a packager's file with ``handlers``; ``name`` names the file.

    ``table`` is written as the table's ``Name`` element says it (``Account``).

    Raises:
        BundleError: the file holds anything but one main form with its id.
        PlanRefusedError: the form takes no more handlers.
    """
    _system_form(document, name)
    before = unregister_in_document(document, handlers)
    after = _system_form(register_in_document(before, handlers), name)
    diff = _diff(_system_form(before, name), after, handlers)
    form_id = (after.findtext("formid") or "").strip().lower()
    return PackagedForm(
        table=table,
        form_id=form_id,
        whole=etree.tostring(after, encoding="utf-8"),
        difference=etree.tostring(diff, encoding="utf-8"),
    )


def _diff(
    before: etree._Element, after: etree._Element, handlers: Sequence[FormHandler]
) -> etree._Element:
    """Return the system form with nothing of its form but what ``handlers`` add."""
    found = etree.Element("systemform")
    found.extend(deepcopy(element) for tag in _IN_DIFF for element in after.findall(tag))
    form = etree.SubElement(found, "form")
    _add_libraries(form, before, after, {handler.library_name.lower() for handler in handlers})
    events = etree.SubElement(form, "events")
    for event in after.iterfind("form/events/event"):
        _add_event(events, before, event, handlers)
    found.extend(deepcopy(element) for tag in _TEXTS for element in after.findall(tag))
    return found


def _add_libraries(
    form: etree._Element, before: etree._Element, after: etree._Element, names: set[str]
) -> None:
    had = before.find("form/formLibraries") is not None
    libraries = etree.SubElement(form, "formLibraries", {} if had else _added())
    for library in after.iterfind("form/formLibraries/Library"):
        if library.get("name", "").lower() in names:
            # ASSUMED: beside libraries of others, each of ours is marked by itself.
            attributes = {str(key): str(value) for key, value in library.attrib.items()}
            etree.SubElement(libraries, "Library", {**attributes, **(_added() if had else {})})


def _add_event(
    events: etree._Element,
    before: etree._Element,
    event: etree._Element,
    handlers: Sequence[FormHandler],
) -> None:
    """Add what is ours of ``event``; the outermost that the form did not have is marked."""
    ours = [
        (position, element)
        for position, element in enumerate(event.iterfind("Handlers/Handler"))
        if any(_is_of(element, event, handler) for handler in handlers)
    ]
    if not ours:
        return
    old = _same_event(before, event)
    had_handlers = old is not None and old.find("Handlers/Handler") is not None
    own = etree.SubElement(
        events, "event", {**_attributes(event), **(_added() if old is None else {})}
    )
    new_list = old is not None and not had_handlers
    group = etree.SubElement(own, "Handlers", _added() if new_list else {})
    for position, element in ours:
        attributes = {**_attributes(element), "ordinalvalue": str(position)}
        etree.SubElement(group, "Handler", {**attributes, **(_added() if had_handlers else {})})


def _is_of(element: etree._Element, event: etree._Element, handler: FormHandler) -> bool:
    names = [event.get("name", ""), event.get("attribute", ""), element.get("libraryName", "")]
    wanted = [handler.event, handler.attribute, handler.library_name]
    # As where they are registered: only functions are told apart by their case.
    same_names = [name.lower() for name in names] == [name.lower() for name in wanted]
    return same_names and element.get("functionName") == handler.function_name


def _same_event(form: etree._Element, event: etree._Element) -> etree._Element | None:
    key = (event.get("name"), event.get("attribute"))
    for candidate in form.iterfind("form/events/event"):
        if (candidate.get("name"), candidate.get("attribute")) == key:
            return candidate
    return None


def _attributes(element: etree._Element) -> dict[str, str]:
    return {
        str(key): str(value) for key, value in element.attrib.items() if key != "solutionaction"
    }


def _added() -> dict[str, str]:
    return {"solutionaction": "Added"}


def _system_form(document: bytes, name: str) -> etree._Element:
    root = parse_xml(document, name)
    forms = [root] if root.tag == "systemform" else root.findall("systemform")
    if root.tag not in {"forms", "systemform"} or len(forms) != 1:
        raise _refuse(name, "it does not hold one systemform", "Unpack a solution with the form.")
    if not (forms[0].findtext("formid") or "").strip() or forms[0].find("form") is None:
        raise _refuse(name, "the form has no id or no form element", "Export the form again.")
    return forms[0]


def _refuse(name: str, why: str, hint: str) -> BundleError:
    return BundleError(
        "packaged-form-invalid", f"{name} cannot travel in the package: {why}", hint=hint
    )
