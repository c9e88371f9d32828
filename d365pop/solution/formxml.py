"""FormXml and handlers to FormXml: edits a form's own libraries and events, not one byte else.

Nothing is parsed and written again, since that would lose quotes, entities, comments and white
space that belong to others. expat says where elements stand; bytes are spliced in there, and
``unregister`` takes out the same bytes: ``unregister(register(form)) == form`` for every form
that had nothing of ours. What it cannot bring back is a foreign handler for the same function
whose attributes ``register`` corrected; the deploy journal keeps that form.
"""

import codecs
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce

from d365pop.models import FormHandler
from d365pop.solution.formxml_edit import (
    add_handler,
    drop_handler,
    handler_paths,
    is_true,
    library_names,
)
from d365pop.solution.formxml_order import order_handlers
from d365pop.solution.formxml_scan import Element, check_well_formed, invalid, scan
from d365pop.solution.formxml_splice import replace

_FORM = "the form"
_DOCUMENT = "the document"
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DECLARED_ENCODING = re.compile(
    rb"<\?xml[^>]*?[ \t\r\n]encoding[ \t\r\n]*=[ \t\r\n]*[\"']([A-Za-z0-9._-]+)"
)


@dataclass(frozen=True, slots=True)
class RegisteredHandler:
    """A handler as a form has it; ``handler_unique_id`` is written as there."""

    event: str
    attribute: str
    function_name: str
    library_name: str
    handler_unique_id: str
    enabled: bool
    pass_execution_context: bool
    parameters: str


def register(form_xml: str, handlers: Sequence[FormHandler]) -> str:
    """Return ``form_xml`` with all ``handlers``, in their order, behind those of others.

    Those with our ids that it has already only change places among themselves.

    Raises:
        PlanRefusedError: ``form-xml-invalid``, ``form-full`` or ``form-handler-invalid``.
    """
    data, form = _form(form_xml)
    return _edited(data, [form], handlers, _added).decode()


def unregister(form_xml: str, handlers: Sequence[FormHandler]) -> str:
    """Return ``form_xml`` without what ``register`` added for ``handlers``.

    Raises:
        PlanRefusedError: ``form-xml-invalid``.
    """
    data, form = _form(form_xml)
    return _edited(data, [form], handlers, _dropped).decode()


def registered(form_xml: str) -> tuple[RegisteredHandler, ...]:
    """Return the handlers of the form's own events in document order, without internal ones."""
    return tuple(
        RegisteredHandler(
            event=event.attributes.get("name", ""),
            attribute=event.attributes.get("attribute", ""),
            function_name=element.attributes.get("functionName", ""),
            library_name=element.attributes.get("libraryName", ""),
            handler_unique_id=element.attributes.get("handlerUniqueId", ""),
            enabled=is_true(element, "enabled"),
            pass_execution_context=is_true(element, "passExecutionContext"),
            parameters=element.attributes.get("parameters", ""),
        )
        for _, _, event, _, element in handler_paths(_form(form_xml)[1])
    )


def libraries(form_xml: str) -> tuple[str, ...]:
    """Return the names of the libraries that the form loads, in document order."""
    return tuple(library_names(_form(form_xml)[1]))


def register_in_document(
    document: bytes, handlers: Sequence[FormHandler], *, table: str = ""
) -> bytes:
    """Return ``document`` with ``handlers`` on each main form in it, or each one of ``table``.

    A document is a file with a ``form``, a ``forms`` (as a solution packager lays forms out) or
    a whole customizations.xml; its encoding, byte order mark and line ends stay as they are.

    Raises:
        PlanRefusedError: as ``register``, and for a document without a main form.
    """
    return _edited_document(document, handlers, _added, table)


def unregister_in_document(
    document: bytes, handlers: Sequence[FormHandler], *, table: str = ""
) -> bytes:
    """Return ``document`` without what ``register_in_document`` added for ``handlers``.

    Raises:
        PlanRefusedError: ``form-xml-invalid``.
    """
    return _edited_document(document, handlers, _dropped, table)


_Edit = Callable[[bytes, Sequence[FormHandler]], bytes]


def _added(form: bytes, handlers: Sequence[FormHandler]) -> bytes:
    return order_handlers(reduce(add_handler, handlers, form), handlers)


def _dropped(form: bytes, handlers: Sequence[FormHandler]) -> bytes:
    return reduce(drop_handler, handlers, form)


def _edited(
    data: bytes, forms: Sequence[Element], handlers: Sequence[FormHandler], edit: _Edit
) -> bytes:
    # From the end, so that the offsets of the forms before stay true.
    for form in sorted(forms, key=lambda form: form.start, reverse=True):
        piece = edit(data[form.start : form.end], handlers)
        data = replace(data, form.start, form.end, piece)
    return data


def _edited_document(
    document: bytes, handlers: Sequence[FormHandler], edit: _Edit, table: str
) -> bytes:
    bom, codec, text = _decoded(document)
    data = text.encode()
    check_well_formed(data, _DOCUMENT)
    root = scan(data)
    roots = _entities(data, root, table) if table and root.named("Entities") else [root]
    forms = [form for element in roots for form in _main_forms(element)]
    if not forms:
        of_table = f" of {table}" if table else ""
        raise invalid(_DOCUMENT, f"line 1, column 1: there is no main form{of_table} in it")
    data = _edited(data, forms, handlers, edit)
    # What stood there can be encoded; a character reference serves what we brought.
    return bom + data.decode().encode(codec, "xmlcharrefreplace")


def _entities(data: bytes, root: Element, table: str) -> list[Element]:
    """Return the elements of ``table`` in a customizations.xml."""
    return [
        entity
        for entities in root.named("Entities")
        for entity in entities.named("Entity")
        for name in entity.named("Name")
        if data[name.content_start : name.content_end].decode().strip().lower() == table.lower()
    ]


def _main_forms(root: Element) -> Iterator[Element]:
    if root.name == "form":
        yield root
        return
    waiting = [root]
    while waiting:
        element = waiting.pop()
        waiting.extend(element.children)
        # A packager's file says the type of its forms in the name of its folder only.
        if element.name == "forms" and element.attributes.get("type", "main") == "main":
            for system_form in element.named("systemform"):
                yield from system_form.named("form")


def _form(form_xml: str) -> tuple[bytes, Element]:
    try:
        data = form_xml.encode()
    except UnicodeEncodeError as exc:
        line = form_xml.count("\n", 0, exc.start) + 1
        column = exc.start - form_xml.rfind("\n", 0, exc.start)
        raise invalid(_FORM, f"line {line}, column {column}: {exc.reason}") from exc
    check_well_formed(data, _FORM)
    root = scan(data)
    if root.name != "form":
        raise invalid(_FORM, f"line 1, column 1: its root is {root.name}, not form")
    return data, root


def _decoded(document: bytes) -> tuple[bytes, str, str]:
    """Return byte order mark, codec and text; together they are ``document`` to the byte."""
    bom, codec = next(((b, c) for b, c in _BOMS if document.startswith(b)), (b"", ""))
    body = document.removeprefix(bom)
    if not codec:
        declared = _DECLARED_ENCODING.match(body)
        codec = declared[1].decode() if declared else "utf-8"
    try:
        text = body.decode(codec)
        same = text.encode(codec) == body
    except (UnicodeError, LookupError) as exc:
        raise invalid(_DOCUMENT, f"line 1, column 1: {exc}") from exc
    if not same:
        raise invalid(_DOCUMENT, f"line 1, column 1: it is not clean {codec}")
    return bom, codec, text
