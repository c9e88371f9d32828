"""Compares two forms by libraries, handlers and their order, then by outline."""

from collections.abc import Iterator, Sequence
from typing import Final

from d365pop.compare.difference import Detail, Lines
from d365pop.compare.lines import diff_lines
from d365pop.compare.outline import outline
from d365pop.solution.contents import FormEntry
from d365pop.solution.formxml import RegisteredHandler
from d365pop.solution.reading_xml import guid
from d365pop.solution.xml import parse_xml

_ORDER: Final = " → "


def form_details(before: FormEntry, after: FormEntry) -> Iterator[Detail]:
    """Yield what changed of the name, the libraries and the handlers."""
    for what, old, new in (
        ("table", before.table, after.table),
        ("name", before.name, after.name),
        ("type", before.form_type, after.form_type),
    ):
        if old != new:
            yield Detail(what, old, new)
    yield from _list_details("library", before.libraries, after.libraries)
    yield from _list_details(
        "handler",
        [handler_text(handler) for handler in before.handlers],
        [handler_text(handler) for handler in after.handlers],
    )


def form_lines(before: FormEntry, after: FormEntry) -> tuple[Lines, ...]:
    """Return the diff of the two forms' outlines; empty where they mean the same."""
    if before.form_xml == after.form_xml:
        return ()
    found = diff_lines("FormXml, as an outline", _outline(before), _outline(after))
    return () if found is None else (found,)


def handler_text(handler: RegisteredHandler) -> str:
    """Return a handler in one line: when, what, from where, and how."""
    event = f"{handler.event} of {handler.attribute}" if handler.attribute else handler.event
    facts = [
        *([f"parameters {handler.parameters}"] if handler.parameters else []),
        *([] if handler.pass_execution_context else ["without execution context"]),
        *([] if handler.enabled else ["disabled"]),
        *([f"id {guid(handler.handler_unique_id)}"] if handler.handler_unique_id else []),
    ]
    described = f" ({', '.join(facts)})" if facts else ""
    return f"{event}: {handler.function_name} in {handler.library_name}{described}"


def _list_details(what: str, before: Sequence[str], after: Sequence[str]) -> Iterator[Detail]:
    for item in before:
        if item not in after:
            yield Detail(f"{what} removed", before=item)
    for item in after:
        if item not in before:
            yield Detail(f"{what} added", after=item)
    kept = [item for item in before if item in after]
    order = [item for item in after if item in before]
    if kept != order:
        yield Detail(f"{what} order", _ORDER.join(kept), _ORDER.join(order))


def _outline(form: FormEntry) -> tuple[str, ...]:
    if not form.form_xml:
        return ()
    return outline(parse_xml(form.form_xml.encode(), f"the form {form.table} / {form.name}"))
