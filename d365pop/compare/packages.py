"""Compares two sides component by component; pure."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final, TypeVar

from d365pop.compare.dependencies import meaning
from d365pop.compare.difference import Change, Comparison, Detail, Difference, Lines
from d365pop.compare.elements import (
    Outline,
    form_outlines,
    outline_lines,
    variable_outlines,
    web_resource_outlines,
)
from d365pop.compare.forms import form_details, form_lines
from d365pop.compare.manifests import manifest_details
from d365pop.compare.others import other_differences
from d365pop.compare.scripts import content_detail, content_lines
from d365pop.compare.side import Side
from d365pop.compare.variables import variable_details
from d365pop.solution.contents import FormEntry, VariableEntry, WebResourceEntry

SOLUTION: Final = "solution"
WEB_RESOURCES: Final = "web resources"
FORMS: Final = "forms"
VARIABLES: Final = "environment variables"
_KINDS: Final = (SOLUTION, WEB_RESOURCES, FORMS, VARIABLES)

_MANAGED: Final = "1"
MOST_COMPARED: Final = 32 * 1024 * 1024
"""Bytes of changed web resources that are compared line by line; nobody reads on behind that."""

_Entry = TypeVar("_Entry")
_Pair = tuple[str, Difference | None]
"""Name of a component that either side has, and what differs of it."""


def compare(before: Side, after: Side, *, detailed: bool = True) -> Comparison:
    """Return everything that differs between two sides, in a stable order.

    ``detailed`` compares web resources line by line too, which takes far longer than the rest.
    """
    web_resources, in_lines = _web_resources(before, after, detailed=detailed)
    pairs: dict[str, list[_Pair]] = {
        SOLUTION: [(after.contents.manifest.unique_name, _solution(before, after))],
        WEB_RESOURCES: web_resources,
        FORMS: list(_forms(before, after)),
        VARIABLES: list(_variables(before, after)),
    }
    notes = [*before.notes, *after.notes]
    if detailed and not in_lines:
        most = MOST_COMPARED // 2**20
        notes.append(f"behind {most} MB web resources are compared by size and hash alone")
    if before.is_environment or after.is_environment:
        notes += _not_read(before, after)
    else:
        for kind, name, difference in other_differences(before.contents, after.contents):
            pairs.setdefault(kind, []).append((name, difference))
    kinds = [*_KINDS, *sorted(pairs.keys() - set(_KINDS))]
    return Comparison(
        before=before.label,
        after=after.label,
        differences=tuple(d for kind in kinds for _, d in sorted(pairs[kind], key=_name) if d),
        unchanged={
            kind: names
            for kind in kinds
            if (names := tuple(sorted(name for name, d in pairs[kind] if d is None)))
        },
        notes=tuple(notes),
    )


def _name(pair: _Pair) -> str:
    return pair[0]


def _solution(before: Side, after: Side) -> Difference | None:
    name = after.contents.manifest.unique_name or before.contents.manifest.unique_name
    if before.is_environment and not before.contents.manifest.unique_name:
        return Difference(SOLUTION, name, Change.ADDED)
    if after.is_environment and not after.contents.manifest.unique_name:
        return Difference(SOLUTION, name, Change.REMOVED)
    details = tuple(manifest_details(before, after))
    return Difference(SOLUTION, name, Change.CHANGED, details) if details else None


def _paired(
    before: Mapping[str, _Entry], after: Mapping[str, _Entry]
) -> Iterator[tuple[_Entry | None, _Entry | None]]:
    for key in sorted(before.keys() | after.keys()):
        yield before.get(key), after.get(key)


def _web_resources(before: Side, after: Side, *, detailed: bool) -> tuple[list[_Pair], bool]:
    """Return the web resources, and whether all that changed was compared line by line."""

    def keyed(side: Side) -> dict[str, tuple[WebResourceEntry, Outline]]:
        outlines = web_resource_outlines(side.contents)
        listed = list(zip(side.contents.web_resources, outlines, strict=True))
        return _keyed(listed, lambda pair: pair[0].name.lower())

    pairs: list[_Pair] = []
    compared = 0
    for old, new in _paired(keyed(before), keyed(after)):
        if old is None or new is None:
            pair = old or new
            pairs.append(_one_sided(WEB_RESOURCES, pair[0].name if pair else "", old is None))
        else:
            compared += _changed_bytes(old[0], new[0])
            outlined = outline_lines(old[1], new[1])
            pair_of_sides = (before, old[0]), (after, new[0])
            in_lines = detailed and compared <= MOST_COMPARED
            found = _web_resource(*pair_of_sides, outlined, detailed=in_lines)
            pairs.append((new[0].name, found))
    return pairs, detailed and compared <= MOST_COMPARED


def _changed_bytes(old: WebResourceEntry, new: WebResourceEntry) -> int:
    """Return how much there is to compare; contents that are the same need no look."""
    return 0 if old.content == new.content else len(old.content or b"") + len(new.content or b"")


def _web_resource(
    before: tuple[Side, WebResourceEntry],
    after: tuple[Side, WebResourceEntry],
    outlined: tuple[Lines, ...],
    *,
    detailed: bool,
) -> Difference | None:
    (old_side, old), (new_side, new) = before, after
    details = []
    if not (old_side.is_environment or new_side.is_environment):
        facts = (
            ("type", str(old.type_code), str(new.type_code)),
            ("display name", old.display_name, new.display_name),
            ("dependencies", meaning(old.dependency_xml), meaning(new.dependency_xml)),
        )
        details = [Detail(what, a, b) for what, a, b in facts if a != b]
    old_content, new_content = old.content or b"", new.content or b""
    lines: list[Lines] = []
    if old.content != new.content:
        details.append(content_detail(old_content, new_content))
        if detailed:
            kind = new.type_code or old.type_code
            lines = list(content_lines(kind, (old_side, old_content), (new_side, new_content)))
    if not details and not outlined:
        return None
    return Difference(WEB_RESOURCES, new.name, Change.CHANGED, tuple(details), (*outlined, *lines))


def _forms(before: Side, after: Side) -> Iterator[_Pair]:
    old_forms, new_forms = _comparable_forms(before, after), _comparable_forms(after, before)
    for old, new in _paired(_keyed(old_forms, _pair_key), _keyed(new_forms, _pair_key)):
        if old is None or new is None:
            pair = old or new
            yield _one_sided(FORMS, form_name(pair[0]) if pair else "", old is None)
        else:
            details = tuple(form_details(old[0], new[0]))
            lines = (*outline_lines(old[1], new[1]), *form_lines(old[0], new[0]))
            changed = Difference(FORMS, form_name(new[0]), Change.CHANGED, details, lines)
            yield form_name(new[0]), changed if details or lines else None


def _comparable_forms(side: Side, other: Side) -> list[tuple[FormEntry, Outline]]:
    forms = list(zip(side.contents.forms, form_outlines(side.contents), strict=True))
    if not (side.is_environment or other.is_environment):
        return forms
    package = other.contents if side.is_environment else side.contents
    if package.manifest.managed == _MANAGED:
        return []
    if side.is_environment:
        wanted = {_form_key(form) for form in other.contents.forms}
        return [pair for pair in forms if _pair_key(pair) in wanted]
    return [pair for pair in forms if pair[0].form_type == "main"]


def _pair_key(pair: tuple[FormEntry, Outline]) -> str:
    return _form_key(pair[0])


def _form_key(form: FormEntry) -> str:
    return form.form_id or f"{form.table}/{form.form_type}/{form.name}"


def form_name(form: FormEntry) -> str:
    """Name a form as messages do."""
    return f"{form.table or 'dialog'} / {form.name or form.form_id} ({form.form_type})"


def _variables(before: Side, after: Side) -> Iterator[_Pair]:
    remote = before.is_environment or after.is_environment

    def keyed(side: Side) -> dict[str, tuple[VariableEntry, Outline]]:
        outlines = variable_outlines(side.contents)
        listed = list(zip(side.contents.variables, outlines, strict=True))
        return _keyed(listed, lambda pair: pair[0].schema_name.lower())

    for old, new in _paired(keyed(before), keyed(after)):
        if old is None or new is None:
            pair = old or new
            yield _one_sided(VARIABLES, pair[0].schema_name if pair else "", old is None)
            continue
        details = tuple(variable_details(old[0], new[0], remote=remote))
        lines = outline_lines(old[1], new[1])
        changed = Difference(VARIABLES, new[0].schema_name, Change.CHANGED, details, lines)
        yield new[0].schema_name, changed if details or lines else None


def _keyed(entries: Sequence[_Entry], key: Callable[[_Entry], str]) -> dict[str, _Entry]:
    """Return the entries by key; a repeated one gets a number, so that none is lost."""
    found: dict[str, _Entry] = {}
    for entry in entries:
        name, number = key(entry), 1
        while name in found:
            number += 1
            name = f"{key(entry)} ({number})"
        found[name] = entry
    return found


def _one_sided(kind: str, name: str, is_added: bool) -> _Pair:  # noqa: FBT001 - which of two sides
    return name, Difference(kind, name, Change.ADDED if is_added else Change.REMOVED)


def _not_read(before: Side, after: Side) -> Iterator[str]:
    package = after.contents if before.is_environment else before.contents
    yield "only what the package names was looked for in the environment"
    for kind, names in package.other_components.items():
        yield f"not compared, since an environment does not tell: {kind} ({len(names)})"
    if package.manifest.managed == _MANAGED:
        if package.forms:
            count = len(package.forms)
            yield f"not compared, since a managed package holds changes: forms ({count})"
        return
    others = [form for form in package.forms if form.form_type != "main"]
    if others:
        yield f"not compared, since only main forms are read: other forms ({len(others)})"
