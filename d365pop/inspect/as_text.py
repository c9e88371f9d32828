"""An inspection in lines of a given width, for terminals and logs; knows no colours."""

import textwrap
from collections.abc import Iterator, Sequence
from typing import Final

from d365pop.compare.forms import handler_text
from d365pop.compare.manifests import managed_text
from d365pop.inspect.component_types import component_type_name, variable_type_name
from d365pop.inspect.inspection import Effect, Inspection, form_name, stamp_text
from d365pop.report.plain import visible

_GAP: Final = "  "
_INDENT: Final = "  "
_WIDE: Final = 150
_SHORT_HASH: Final = 12
_NARROWEST: Final = 20
_NAMED: Final = 12
_NUMBERS: Final = frozenset({"bytes", "count"})


def inspection_text(inspection: Inspection, width: int) -> str:
    """Return the report; no line is longer than ``width``."""
    sections = (
        _head(inspection, width),
        _effects(inspection, width),
        _web_resources(inspection, width),
        _forms(inspection, width),
        _variables(inspection, width),
        _dependencies(inspection, width),
        _components(inspection, width),
        _others(inspection, width),
        _notes(inspection, width),
    )
    texts = ["\n".join(lines) for lines in map(list, sections) if lines]
    return "\n\n".join(texts) + "\n"


def _head(inspection: Inspection, width: int) -> Iterator[str]:
    manifest = inspection.contents.manifest
    yield from _wrapped(
        f"{manifest.unique_name or '(no unique name)'} {manifest.version}"
        f" ({managed_text(manifest.managed)})",
        width,
    )
    if manifest.display_name:
        yield from _wrapped(manifest.display_name, width)
    for paragraph in visible(manifest.description).splitlines():
        yield from _wrapped(paragraph, width)
    yield ""
    publisher = f"{manifest.publisher_display_name} ({manifest.publisher_unique_name})"
    facts = [
        ("from", inspection.source),
        ("publisher", f"{publisher}, prefix {manifest.customization_prefix or '(none)'}"),
        ("platform", manifest.package_version),
        ("SHA-256", inspection.digest),
        ("stamped as", inspection.stamp),
        ("content", stamp_text(inspection)),
    ]
    yield from _table([], [fact for fact in facts if fact[1]], width)


def _effects(inspection: Inspection, width: int) -> Iterator[str]:
    if inspection.effects is None:
        return
    yield from _title(f"An import over {inspection.against} would", None, width)
    for effect in Effect:
        items = [item for item in inspection.effects if item.effect is effect]
        if not items:
            continue
        yield f"{_INDENT}{effect} ({len(items)})"
        if effect is Effect.LEAVE:
            continue
        for item in items:
            yield from _wrapped(f"{item.kind}: {item.name}", width, _INDENT * 2)


def _web_resources(inspection: Inspection, width: int) -> Iterator[str]:
    items = inspection.web_resources
    if not items:
        return
    yield from _title("Web resources", len(items), width)
    cut = None if width >= _WIDE else _SHORT_HASH
    rows = [
        (
            item.type,
            "missing" if item.size is None else f"{item.size:,}",
            item.sha256[:cut],
            item.name + (f" (used by {', '.join(item.used_by)})" if item.used_by else ""),
        )
        for item in items
    ]
    yield from _table(["type", "bytes", "SHA-256", "name"], rows, width)


def _forms(inspection: Inspection, width: int) -> Iterator[str]:
    forms = inspection.contents.forms
    if not forms:
        return
    yield from _title("Forms", len(forms), width)
    for form in forms:
        yield from _wrapped(f"{form_name(form)} ({form.form_type})", width, _INDENT)
        for number, library in enumerate(form.libraries, 1):
            yield from _wrapped(f"library {number}: {library}", width, _INDENT * 2)
        for number, handler in enumerate(form.handlers, 1):
            yield from _wrapped(f"handler {number}: {handler_text(handler)}", width, _INDENT * 2)


def _variables(inspection: Inspection, width: int) -> Iterator[str]:
    variables = inspection.contents.variables
    if not variables:
        return
    yield from _title("Environment variables", len(variables), width)
    rows = [
        (
            variable_type_name(item.type_code),
            "none" if item.default_value is None else "yes",
            "none" if item.value is None else "IN THE PACKAGE",
            item.schema_name,
        )
        for item in variables
    ]
    yield from _table(["type", "default", "value", "name"], rows, width)


def _dependencies(inspection: Inspection, width: int) -> Iterator[str]:
    dependencies = inspection.contents.manifest.missing_dependencies
    if not dependencies:
        return
    yield from _title("Must be there before an import", len(dependencies), width)
    for item in dependencies:
        brings = item.required_solution or "a solution that is not named"
        yield from _wrapped(
            f"{component_type_name(item.required_type)} {item.required_name}, from {brings};"
            f" needed by {component_type_name(item.dependent_type)} {item.dependent_name}",
            width,
            _INDENT,
        )


def _components(inspection: Inspection, width: int) -> Iterator[str]:
    components = inspection.contents.manifest.root_components
    if not components:
        return
    yield from _title("Root components", len(components), width)
    rows = [
        (component_type_name(item.type_code), item.schema_name or item.component_id)
        for item in components
    ]
    yield from _table(["type", "name"], rows, width)


def _others(inspection: Inspection, width: int) -> Iterator[str]:
    others = inspection.contents.other_components
    if not others:
        return
    yield from _title("Everything else", sum(map(len, others.values())), width)
    rows = []
    for kind, names in others.items():
        left = len(names) - _NAMED
        # The formats for machines and the page name all of them.
        named = ", ".join(names[:_NAMED]) + (f" and {left} more" if left > 0 else "")
        rows.append((kind, str(len(names)), named))
    yield from _table(["kind", "count", "names"], rows, width)


def _notes(inspection: Inspection, width: int) -> Iterator[str]:
    for note in inspection.notes:
        yield from _wrapped(f"note: {note}", width)


def _title(text: str, count: int | None, width: int) -> Iterator[str]:
    yield from _wrapped(text if count is None else f"{text} ({count})", width)


def _table(headers: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> Iterator[str]:
    """Yield rows whose last column takes the space that is left, wrapped."""
    # Masked one by one: a key that never ends must not take the rest of the report along.
    safe = [[visible(cell) for cell in row] for row in rows]
    everything = [list(headers), *safe] if headers else safe
    widths = [max(map(len, column)) for column in zip(*everything, strict=True)][:-1]
    for row in everything:
        cells = [
            cell.rjust(size) if header in _NUMBERS else cell.ljust(size)
            for cell, size, header in zip(row[:-1], widths, headers or row, strict=False)
        ]
        start = _INDENT + "".join(cell + _GAP for cell in cells)
        # Too narrow for columns: the last one goes below.
        room = width - len(start)
        if room < _NARROWEST:
            yield from _wrapped(start.strip(), width, _INDENT)
            yield from _wrapped(row[-1], width, _INDENT * 2)
            continue
        pieces = textwrap.wrap(row[-1], room, break_on_hyphens=False) or [""]
        yield (start + pieces[0]).rstrip()
        for piece in pieces[1:]:
            yield " " * len(start) + piece


def _wrapped(text: str, width: int, indent: str = "") -> list[str]:
    return textwrap.wrap(
        visible(text),
        width,
        initial_indent=indent,
        subsequent_indent=indent + (_INDENT if indent else ""),
        break_on_hyphens=False,
    ) or [""]
