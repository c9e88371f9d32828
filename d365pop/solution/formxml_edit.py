"""Which splices register a handler on a form and take it off; works on one ``form`` in UTF-8.

Only the form's own ``formLibraries`` and ``events`` are looked at for changes: tabs and cells have
``events`` too, and ``InternalHandlers`` belong to the platform.
"""

import re
from collections.abc import Iterator
from typing import Final
from uuid import UUID
from xml.sax.saxutils import escape

from d365pop.errors import PlanRefusedError
from d365pop.models import FormEvent, FormHandler
from d365pop.solution.formxml_scan import Element, attribute_spans, scan
from d365pop.solution.formxml_splice import Line, append_child, remove_child, replace

MAX_CHILDREN: Final = 50
"""Handlers of an event and libraries of a form, by FormXml.xsd."""

_NOT_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# A parser turns these into blanks unless they are references: a value would never compare equal.
_IN_ATTRIBUTE = {'"': "&quot;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;"}
# Stands at the end of a Library that we listed although handlers of others used it unlisted.
_WAS_USED_UNLISTED = b"  />"

HandlerPath = tuple[Element, Element, Element, Element, Element]
"""Form, events, event, Handlers, Handler."""


def add_handler(data: bytes, handler: FormHandler) -> bytes:
    """Return the form with ``handler`` and its library; the very same bytes where it has them.

    Raises:
        PlanRefusedError: the form is full, or ``handler`` says nothing that a form can hold.
    """
    _check_handler(handler)
    return _with_handler(_with_library(data, handler), handler)


def drop_handler(data: bytes, handler: FormHandler) -> bytes:
    """Return the form without what ``add_handler`` put in: elements with our ids, no others."""
    own_id = handler.handler_unique_id
    while path := next((p for p in handler_paths(scan(data)) if has_id(p[-1], own_id)), None):
        data = remove_child(data, path)
    form = scan(data)
    for container, library in _libraries(form):
        same_name = library.attributes.get("name", "").lower() == handler.library_name.lower()
        own = same_guid(library.attributes.get("libraryUniqueId", ""), handler.library_unique_id)
        if same_name and own and not _is_needed(data, form, library):
            return remove_child(data, (form, container, library))
    return data


def handler_paths(form: Element) -> Iterator[HandlerPath]:
    """Yield each handler of the form's own events that a person or a solution registered."""
    for events in form.named("events"):
        for event in events.named("event"):
            for handlers in event.named("Handlers"):
                for handler in handlers.named("Handler"):
                    yield form, events, event, handlers, handler


def library_names(form: Element) -> Iterator[str]:
    """Yield the name of each library that the form loads."""
    for _, library in _libraries(form):
        yield library.attributes.get("name", "")


def is_true(element: Element, attribute: str) -> bool:
    """Return a flag of a handler.

    ASSUMED: a flag that is absent is off; registering writes what must be on.
    """
    return element.attributes.get(attribute, "").strip() in {"true", "1"}


def same_guid(text: str, guid: UUID) -> bool:
    """Whether ``text``, in braces or bare, in any case, is ``guid``."""
    return text.strip(" {}").lower() == str(guid)


def _with_library(data: bytes, handler: FormHandler) -> bytes:
    form = scan(data)
    name = handler.library_name
    if name.lower() in {listed.lower() for listed in library_names(form)}:
        return data
    used_unlisted = any(True for _ in _users(form, name))
    closing = _WAS_USED_UNLISTED if used_unlisted else b" />"
    tag = _open_tag(
        "Library", {"name": name, "libraryUniqueId": f"{{{handler.library_unique_id}}}"}
    )
    containers = form.named("formLibraries")
    if not containers:
        lines = _nest([(_open_tag("formLibraries", {}), b"</formLibraries>")], tag + closing)
        return append_child(data, form, lines, is_root=True)
    _refuse_full(containers[0], "Library", f"the library {name}")
    return append_child(data, containers[0], _nest([], tag + closing), is_root=False)


def _with_handler(data: bytes, handler: FormHandler) -> bytes:
    form = scan(data)
    known = _known_handler(form, handler)
    if known is not None:
        return _with_attributes(data, known, handler)
    # The innermost container that is there gets the rest.
    container, missing = form, ["events", "event", "Handlers"]
    for events in form.named("events")[:1]:
        container, missing = events, ["event", "Handlers"]
    for event in matching_events(form, handler):
        container, missing = event, ["Handlers"]
        for handlers in event.named("Handlers")[:1]:
            container, missing = handlers, []
            _refuse_full(handlers, "Handler", f"the handler {handler.function_name}")
        break
    wrappers = [
        (_open_tag(name, _event_attributes(handler) if name == "event" else {}), f"</{name}>")
        for name in missing
    ]
    leaf = _open_tag("Handler", _handler_attributes(handler)) + b" />"
    lines = _nest([(opening, closing.encode()) for opening, closing in wrappers], leaf)
    return append_child(data, container, lines, is_root=container is form)


def _known_handler(form: Element, handler: FormHandler) -> Element | None:
    events = matching_events(form, handler)
    candidates = [
        path[-1] for path in handler_paths(form) if any(path[2] is event for event in events)
    ]
    for element in candidates:
        if has_id(element, handler.handler_unique_id):
            return element
    for element in candidates:
        if (
            element.attributes.get("functionName") == handler.function_name
            and _library_of(element) == handler.library_name.lower()
        ):
            return element
    return None


def _with_attributes(data: bytes, element: Element, handler: FormHandler) -> bytes:
    """Return ``data`` with those attributes of a known handler changed that differ."""
    wanted = _handler_attributes(handler)
    same = {
        "functionName": element.attributes.get("functionName") == handler.function_name,
        "libraryName": _library_of(element) == handler.library_name.lower(),
        "enabled": is_true(element, "enabled") == handler.enabled,
        "parameters": element.attributes.get("parameters", "") == handler.parameters,
        "passExecutionContext": (
            is_true(element, "passExecutionContext") == handler.pass_execution_context
        ),
    }
    spans = attribute_spans(data, element)
    tail = max(end for _, end in spans.values())
    edits = []
    for name in (name for name, equal in same.items() if not equal):
        value = _quoted(wanted[name])
        if name in spans:
            edits.append((*spans[name], value))
        else:
            edits.append((tail, tail, b" " + name.encode() + b"=" + value))
    for start, end, value in sorted(edits, key=lambda edit: edit[0], reverse=True):
        data = replace(data, start, end, value)
    return data


def matching_events(form: Element, handler: FormHandler) -> list[Element]:
    """Return the events of the form that the handler is for."""
    return [
        event
        for events in form.named("events")
        for event in events.named("event")
        if event.attributes.get("name", "").lower() == handler.event
        and event.attributes.get("attribute", "").lower() == handler.attribute.lower()
        # Events of a control or a relationship may share the name.
        and not event.attributes.get("control")
        and not event.attributes.get("relationship")
    ]


def _libraries(form: Element) -> Iterator[tuple[Element, Element]]:
    for container in form.named("formLibraries"):
        for library in container.named("Library"):
            yield container, library


def _is_needed(data: bytes, form: Element, library: Element) -> bool:
    """Whether a library that we listed must stay listed."""
    name = library.attributes["name"]
    if data.endswith(_WAS_USED_UNLISTED, library.start, library.end):
        return any(
            _library_of(path[-1]) == name.lower() and _is_ours(path[2], path[-1])
            for path in handler_paths(form)
        )
    return any(True for _ in _users(form, name))


def _users(form: Element, library_name: str) -> Iterator[Element]:
    """Yield every handler that names the library, also those of tabs, cells and the platform."""
    waiting = list(form.children)
    while waiting:
        element = waiting.pop()
        waiting.extend(element.children)
        if element.name == "Handler" and _library_of(element) == library_name.lower():
            yield element


def _is_ours(event: Element, element: Element) -> bool:
    """Whether the handler has the id that we derive from what it says."""
    name = event.attributes.get("name", "").lower()
    if name not in set(FormEvent):
        return False
    handler = FormHandler(
        event=FormEvent(name),
        function_name=element.attributes.get("functionName", ""),
        library_name=element.attributes.get("libraryName", ""),
        attribute=event.attributes.get("attribute", ""),
    )
    return has_id(element, handler.handler_unique_id)


def has_id(element: Element, guid: UUID) -> bool:
    """Whether the handler has this id."""
    return same_guid(element.attributes.get("handlerUniqueId", ""), guid)


def _library_of(element: Element) -> str:
    return element.attributes.get("libraryName", "").lower()


def _handler_attributes(handler: FormHandler) -> dict[str, str]:
    return {
        "functionName": handler.function_name,
        "libraryName": handler.library_name,
        "handlerUniqueId": f"{{{handler.handler_unique_id}}}",
        "enabled": str(handler.enabled).lower(),
        "parameters": handler.parameters,
        "passExecutionContext": str(handler.pass_execution_context).lower(),
    }


def _event_attributes(handler: FormHandler) -> dict[str, str]:
    attribute = {"attribute": handler.attribute} if handler.attribute else {}
    # What the platform's own form editor writes for handlers that are not its own.
    return {"name": handler.event, **attribute, "application": "false", "active": "false"}


def _nest(wrappers: list[tuple[bytes, bytes]], leaf: bytes) -> list[Line]:
    opening = [Line(depth, tag + b">") for depth, (tag, _) in enumerate(wrappers)]
    closing = [Line(depth, tag) for depth, (_, tag) in enumerate(wrappers)]
    return [*opening, Line(len(wrappers), leaf), *reversed(closing)]


def _open_tag(name: str, attributes: dict[str, str]) -> bytes:
    """Return a start tag without its end: ``<name a="1"``."""
    parts = [b" " + key.encode() + b"=" + _quoted(value) for key, value in attributes.items()]
    return b"<" + name.encode() + b"".join(parts)


def _quoted(value: str) -> bytes:
    return f'"{escape(value, _IN_ATTRIBUTE)}"'.encode()


def _refuse_full(container: Element, name: str, what: str) -> None:
    if len(container.named(name)) >= MAX_CHILDREN:
        raise PlanRefusedError(
            "form-full",
            f"The form has no room for {what}",
            context=f"{container.name} holds {MAX_CHILDREN} {name} elements, and no more may be.",
            hint="Remove handlers or libraries that are not used from the form, then plan again.",
        )


def _check_handler(handler: FormHandler) -> None:
    texts = (
        handler.function_name,
        handler.library_name,
        handler.attribute,
        handler.parameters,
    )
    complete = handler.function_name and handler.library_name
    has_column = bool(handler.attribute) == (handler.event is FormEvent.ON_CHANGE)
    if not complete or not has_column or any(_NOT_XML.search(text) for text in texts):
        raise PlanRefusedError(
            "form-handler-invalid",
            f"{handler.event} cannot call {handler.function_name!r} of {handler.library_name!r}",
            context="A handler has a function and a library, one of onchange also a column, and"
            " no text of it holds control characters.",
            hint="Correct [[forms]] in d365pop.toml.",
        )
