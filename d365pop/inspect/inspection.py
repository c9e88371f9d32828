"""Everything that an inspection tells, as values: the package itself and what an import does."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from d365pop.compare.dependencies import library_names
from d365pop.compare.difference import Change, Comparison
from d365pop.contents import content_hash
from d365pop.inspect.component_types import type_name
from d365pop.provenance.digest import provenance_digest, stamped_digest
from d365pop.solution.contents import Contents, FormEntry, WebResourceEntry


class Effect(StrEnum):
    """What an import would do to a component of the environment that is compared with."""

    CREATE = "create"
    CHANGE = "change"
    LEAVE = "leave as it is"
    NOT_IN_PACKAGE = "not in the package"
    """An unmanaged import leaves it; the upgrade of a managed solution removes it."""


_EFFECTS: Final = {
    Change.ADDED: Effect.CREATE,
    Change.CHANGED: Effect.CHANGE,
    Change.REMOVED: Effect.NOT_IN_PACKAGE,
}


@dataclass(frozen=True, slots=True)
class WebResourceFacts:
    """A web resource with what makes it recognisable; no size where its file is missing."""

    name: str
    display_name: str
    type: str
    size: int | None
    sha256: str
    used_by: tuple[str, ...]
    """Forms that load it, and web resources that name it as a dependency."""


@dataclass(frozen=True, slots=True)
class ImportEffect:
    """What an import would do to one component."""

    effect: Effect
    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class Inspection:
    """A package as an admin wants to see it; ``effects`` is None where nothing was compared."""

    source: str
    contents: Contents = field(repr=False)
    digest: str
    """Over all parts: the same for the same content, however it was zipped."""
    stamp: str
    """The digest that a build of ours wrote into the description; empty where there is none."""
    web_resources: tuple[WebResourceFacts, ...]
    against: str = ""
    effects: tuple[ImportEffect, ...] | None = None
    notes: tuple[str, ...] = ()

    @property
    def matches_own_stamp(self) -> bool:
        """Whether nothing contradicts the stamp; whoever changes a package can stamp it again."""
        return self.stamp == self.digest


def inspect(source: str, contents: Contents, comparison: Comparison | None = None) -> Inspection:
    """Return what there is to tell; ``comparison`` is from what is installed to the package."""
    users = _users(contents)
    return Inspection(
        source=source,
        contents=contents,
        digest=provenance_digest(contents.parts),
        stamp=stamped_digest(contents.parts),
        web_resources=tuple(
            _facts(entry, users.get(entry.name.lower(), ()))
            for entry in sorted(contents.web_resources, key=lambda entry: entry.name.lower())
        ),
        against=comparison.before if comparison else "",
        effects=tuple(_effects(comparison)) if comparison else None,
        notes=comparison.notes if comparison else (),
    )


def stamp_text(inspection: Inspection) -> str:
    """Say what the stamp is worth; empty where there is none."""
    if not inspection.stamp:
        return ""
    if inspection.matches_own_stamp:
        return "matches its own stamp; prove it with d365pop verify"
    return "CHANGED after it was stamped"


def form_name(form: FormEntry) -> str:
    """Name a form as people know it."""
    return f"{form.table or 'dialog'} / {form.name or form.form_id}"


def _facts(entry: WebResourceEntry, used_by: tuple[str, ...]) -> WebResourceFacts:
    content = entry.content
    return WebResourceFacts(
        name=entry.name,
        display_name=entry.display_name,
        type=type_name(entry.type_code),
        size=None if content is None else len(content),
        sha256="" if content is None else content_hash(content),
        used_by=used_by,
    )


def _users(contents: Contents) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    for form in contents.forms:
        for library in [*form.libraries, *(handler.library_name for handler in form.handlers)]:
            found.setdefault(library.lower(), {})[form_name(form)] = None
    for entry in contents.web_resources:
        for library in library_names(entry.dependency_xml):
            found.setdefault(library.lower(), {})[entry.name] = None
    return {name: tuple(users) for name, users in found.items()}


def _effects(comparison: Comparison) -> Iterator[ImportEffect]:
    for difference in comparison.differences:
        yield ImportEffect(_EFFECTS[difference.change], difference.kind, difference.name)
    for kind, names in comparison.unchanged.items():
        for name in names:
            yield ImportEffect(Effect.LEAVE, kind, name)
