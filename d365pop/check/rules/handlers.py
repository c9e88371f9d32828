"""Whether each handler of a form can run: complete, its library loaded, its function there."""

from collections.abc import Callable, Iterator
from functools import cache
from typing import Final

from lxml import etree

from d365pop.check.differences import is_enabled, kept
from d365pop.check.finding import Finding, Rule, Severity
from d365pop.check.scripts.definitions import Definitions
from d365pop.check.subject import ExportedNames, FormItem, Subject, is_guid, place
from d365pop.solution.reading import CUSTOMIZATIONS
from d365pop.solution.reading_xml import guid

_DIALOG: Final = "dialog"
_SCRIPT: Final = "3"

FORM_HANDLER_INCOMPLETE = Rule(
    "form-handler-incomplete",
    Severity.HIGH,
    "A Handler has no function, no library or no GUID.",
    "Dataverse's schema demands all three: the import fails with 0x8004801a.",
    "Write functionName, libraryName and handlerUniqueId.",
    '<Handler functionName="Pop.onLoad" libraryName="new_/app.js" />',
)
FORM_HANDLER_ID_DUPLICATE = Rule(
    "form-handler-id-duplicate",
    # ASSUMED: from what the id is called; the schema lets both stand.
    Severity.MEDIUM,
    "Two handlers of one form have the same id.",
    "Whoever goes by the id may take them for one: changing one may lose the other.",
    "Give each handler its own GUID.",
    'handlerUniqueId="{5b5711c6-…}" twice',
)
FORM_HANDLER_LIBRARY_UNLISTED = Rule(
    "form-handler-library-unlisted",
    Severity.MEDIUM,
    "A handler names a library that formLibraries of its form does not list.",
    "The library is not loaded with the form: the event ends in an error that users see.",
    "Add a Library for it to formLibraries.",
    '<Handler libraryName="new_/app.js" … /> without <Library name="new_/app.js" … />',
)
FORM_HANDLER_FUNCTION_MISSING = Rule(
    "form-handler-function-missing",
    Severity.HIGH,
    "A handler calls a function that neither its library nor another one of the form defines.",
    "Nobody checks it at import: every user of the form sees a script error instead.",
    "Correct functionName, or define and expose the function.",
    '<Handler functionName="Pop.onLaod" … />',
)

RULES: Final = (
    FORM_HANDLER_INCOMPLETE,
    FORM_HANDLER_ID_DUPLICATE,
    FORM_HANDLER_LIBRARY_UNLISTED,
    FORM_HANDLER_FUNCTION_MISSING,
)


def check(subject: Subject) -> Iterator[Finding]:
    """Look at the handlers that people and solutions register; internal ones are the platform's."""
    defined = definitions_of(subject)
    for form in subject.forms:
        listed = {
            library.get("name", "").strip().lower()
            for library in kept(form.children("formLibraries", "Library"))
        }
        ids: set[str] = set()
        for handler in kept(form.children("Handlers", "Handler")):
            if not _is_complete(handler):
                message = f"{form.label} has a handler {dict(handler.items())}"
                yield _finding(FORM_HANDLER_INCOMPLETE, handler, message)
                continue
            yield from _unique(form, handler, ids)
            if is_enabled(handler):
                yield from _listed(form, handler, listed)
                yield from _function(form, handler, defined, listed)


def definitions_of(subject: Subject) -> Callable[[str], Definitions | None]:
    """Return what tells of a script, by its name in lower case, which names it defines."""
    exported_names: ExportedNames | None = subject.exported_names

    @cache
    def defined(library: str) -> Definitions | None:
        item = subject.web_resource_by_name.get(library)
        if exported_names is None or item is None or item.type_text != _SCRIPT:
            return None
        return exported_names(item.content) if item.content else None

    return defined


def _is_complete(handler: etree._Element) -> bool:
    return (
        handler.get("functionName", "").strip() != ""
        and _library(handler) != ""
        and is_guid(handler.get("handlerUniqueId", "").strip())
    )


def _library(handler: etree._Element) -> str:
    return handler.get("libraryName", "").strip().lower()


def _unique(form: FormItem, handler: etree._Element, ids: set[str]) -> Iterator[Finding]:
    unique_id = guid(handler.get("handlerUniqueId", ""))
    if unique_id in ids:
        message = f"{form.label} has another handler with the id {unique_id}"
        yield _finding(FORM_HANDLER_ID_DUPLICATE, handler, message)
    ids.add(unique_id)


def _listed(form: FormItem, handler: etree._Element, listed: set[str]) -> Iterator[Finding]:
    # Dialogs list theirs in clientresources.
    if form.form_type != _DIALOG and _library(handler) not in listed:
        message = f"{form.label} does not list {handler.get('libraryName')}"
        yield _finding(FORM_HANDLER_LIBRARY_UNLISTED, handler, message)


def _function(
    form: FormItem,
    handler: etree._Element,
    defined: Callable[[str], Definitions | None],
    listed: set[str],
) -> Iterator[Finding]:
    function = handler.get("functionName", "").strip()
    # The function is looked up in the window, where every library of the form has put its own:
    # one that nobody can read may be the one that defines it.
    found = [defined(library) for library in {_library(handler), *listed}]
    if not any(names is None or names.may_define(function) for names in found):
        library = handler.get("libraryName")
        message = f"{form.label} calls {function}, which {library} does not define"
        yield _finding(FORM_HANDLER_FUNCTION_MISSING, handler, message)


def _finding(rule: Rule, handler: etree._Element, message: str) -> Finding:
    evidence = f"{handler.get('libraryName', '')} {handler.get('functionName', '')}".strip()
    return Finding(rule, place(CUSTOMIZATIONS, handler), message, evidence)
