"""Reads an environment into a RemoteSnapshot; writes nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from d365pop.dataverse.app_profiles import links_of, retrieve_app_profiles
from d365pop.dataverse.client import Dataverse
from d365pop.dataverse.environment import who_am_i
from d365pop.dataverse.forms import (
    retrieve_newest_forms,
    retrieve_published_forms,
    unite_forms,
)
from d365pop.dataverse.own_rows import missing_table, retrieve_rows
from d365pop.dataverse.pending import PENDING_KINDS, retrieve_pending_kind
from d365pop.dataverse.ribbons import retrieve_ribbons
from d365pop.dataverse.solutions import retrieve_components, retrieve_solution
from d365pop.dataverse.tables import retrieve_columns
from d365pop.dataverse.variables import retrieve_variables
from d365pop.dataverse.web_resources import (
    name_parts,
    retrieve_draft,
    retrieve_newest_web_resources,
    retrieve_published_web_resources,
    unite_web_resources,
)
from d365pop.errors import DataverseError
from d365pop.models import (
    Desired,
    Pending,
    RemoteForm,
    RemoteSnapshot,
    RemoteSolution,
    RemoteVariable,
    RemoteWebResource,
    web_resource_id,
)
from d365pop.own_rows import LinkKind, RemoteRow, RowSearch
from d365pop.parallel import Pool, in_threads
from d365pop.ribbons import RemoteRibbonNode, RibbonSearch

if TYPE_CHECKING:
    from d365pop.app_profiles import AppProfile

_NOT_FOR_US: Final = frozenset({HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND})


def retrieve_snapshot(
    dataverse: Dataverse, desired: Desired, pool: Pool = in_threads
) -> RemoteSnapshot:
    """Return what the environment holds of what ``desired`` names; reads several at a time."""
    reader = _Reader(dataverse, desired)
    parts = name_parts([each.name for each in desired.solution.web_resources])
    pool(
        [
            reader.read_organization,
            reader.read_solution,
            reader.read_published_forms,
            reader.read_newest_forms,
            reader.read_columns,
            reader.read_variables,
            *(lambda search=search: reader.read_rows(search) for search in desired.row_searches),
            *([reader.read_ribbons] if desired.ribbon_search else ()),
            *(lambda part=part: reader.read_published(part) for part in parts),
            *(lambda part=part: reader.read_newest(part) for part in parts),
        ]
    )
    return RemoteSnapshot(
        organization_id=reader.organization_id,
        solution=reader.solution,
        components=reader.components,
        web_resources={
            each.name.lower(): each for each in unite_web_resources(reader.published, reader.newest)
        },
        forms=unite_forms(reader.published_forms, reader.newest_forms),
        variables={each.schema_name.lower(): each for each in reader.variables},
        columns=reader.columns,
        rows=tuple(sorted(reader.rows, key=lambda row: row.identity)),
        profiles=reader.profiles,
        ribbons=reader.ribbons,
    )


def with_former(dataverse: Dataverse, remote: RemoteSnapshot, pool: Pool) -> RemoteSnapshot:
    """Return ``remote`` with the web resources of earlier builds, which unmanaged imports leave.

    The ids that our packages give tell them: what others added to the solution stays theirs.
    """
    if remote.solution is None or remote.solution.managed:
        return remote
    read = {each.web_resource_id.lower() for each in remote.web_resources.values()}
    unread = [row for row in remote.packaged_web_resources if row not in read]
    found = pool([partial(retrieve_draft, dataverse, row) for row in unread])
    former = {
        each.name.lower(): each
        for each in found
        if each and each.web_resource_id.lower() == str(web_resource_id(each.name))
    }
    return replace(remote, web_resources={**remote.web_resources, **former})


def retrieve_published(
    dataverse: Dataverse, expected: Mapping[str, bytes], pool: Pool
) -> dict[str, RemoteWebResource]:
    """Return what agents get of the web resources that ``expected`` names, by lower-case name."""
    found = pool(
        [
            partial(retrieve_published_web_resources, dataverse, part, expected)
            for part in name_parts([*expected])
        ]
    )
    return {each.name.lower(): each for part in found for each in part.values()}


def retrieve_pending(dataverse: Dataverse, tables: Sequence[str], pool: Pool) -> Pending:
    """Return what is unpublished on ``tables`` besides main forms, and what cannot be told."""
    found = pool(
        [partial(retrieve_pending_kind, dataverse, kind, tables) for kind in PENDING_KINDS]
    )
    return Pending(
        tuple(sorted(item for each in found for item in each.items)),
        tuple(item for each in found for item in each.untold),
    )


class _Reader:
    """Collects what several threads read, each its own part."""

    def __init__(self, dataverse: Dataverse, desired: Desired) -> None:
        self._dataverse = dataverse
        self._desired = desired
        self._tables = sorted({registration.form.table for registration in desired.registrations})
        self.organization_id = ""
        self.solution: RemoteSolution | None = None
        self.components: dict[str, int] = {}
        self.published_forms: dict[str, RemoteForm] = {}
        self.newest_forms: dict[str, RemoteForm] = {}
        self.columns: dict[str, frozenset[str]] = {}
        self.variables: tuple[RemoteVariable, ...] = ()
        self.rows: list[RemoteRow] = []
        self.profiles: tuple[AppProfile, ...] = ()
        self.ribbons = _ribbons(dataverse, None)
        self.published: dict[str, RemoteWebResource] = {}
        self.newest: dict[str, RemoteWebResource] = {}
        self._expected = {each.name: each.content for each in desired.solution.web_resources}
        # Contents that are the same are held once: ours, the published, the newest.
        self._contents = {each.content: each.content for each in desired.solution.web_resources}

    def read_organization(self) -> None:
        self.organization_id = who_am_i(self._dataverse).organization_id

    def read_solution(self) -> None:
        self.solution = retrieve_solution(self._dataverse, self._desired.solution.unique_name)
        if self.solution:
            self.components = retrieve_components(self._dataverse, self.solution.solution_id)

    def read_published_forms(self) -> None:
        self.published_forms = retrieve_published_forms(self._dataverse, self._tables)

    def read_newest_forms(self) -> None:
        self.newest_forms = retrieve_newest_forms(self._dataverse, self._tables)

    def read_columns(self) -> None:
        tables = sorted({*self._tables, *self._desired.searched_columns})
        self.columns = retrieve_columns(self._dataverse, tables)

    def read_variables(self) -> None:
        names = [each.schema_name for each in self._desired.solution.environment_variables]
        self.variables = retrieve_variables(self._dataverse, names)

    def read_rows(self, search: RowSearch) -> None:
        try:
            if isinstance(search.kind, LinkKind):
                self.profiles = retrieve_app_profiles(self._dataverse)
                self.rows += links_of(self.profiles, search.prefix)
            else:
                self.rows += retrieve_rows(self._dataverse, search.kind, search.prefix)
        except DataverseError as error:
            if any(row.kind is search.kind for row in self._desired.rows):
                raise missing_table(search.kind, error) from error
            if error.status != HTTPStatus.NOT_FOUND:
                raise

    def read_ribbons(self) -> None:
        try:
            self.ribbons = _ribbons(self._dataverse, self._desired.ribbon_search)
        except DataverseError as error:
            # Who wants no button there need not be able to look for one.
            if self._desired.solution.ribbons or error.status not in _NOT_FOR_US:
                raise

    def read_published(self, names: list[str]) -> None:
        found = retrieve_published_web_resources(self._dataverse, names, self._expected)
        self.published |= {row_id: self._shared(each) for row_id, each in found.items()}

    def read_newest(self, names: list[str]) -> None:
        found = retrieve_newest_web_resources(self._dataverse, names, self._expected)
        self.newest |= {row_id: self._shared(each) for row_id, each in found.items()}

    def _shared(self, resource: RemoteWebResource) -> RemoteWebResource:
        content = self._contents.setdefault(resource.draft, resource.draft)
        published = None if resource.published is None else content
        return replace(resource, draft=content, published=published)


def _ribbons(dataverse: Dataverse, search: RibbonSearch | None) -> tuple[RemoteRibbonNode, ...]:
    return retrieve_ribbons(dataverse, search) if search else ()
