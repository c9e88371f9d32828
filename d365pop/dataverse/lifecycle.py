"""Solutions after their import: what they say of themselves, what needs them, how they go."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from d365pop.dataverse import odata
from d365pop.dataverse.client import LONG_TIMEOUT, Call, Dataverse
from d365pop.dataverse.reading import nested_list, optional_text, text, whole_number
from d365pop.errors import DataverseError
from d365pop.models import ComponentType

_IMPORT_OPERATION = 54
"""``operationtype`` of an import's asynchronous operation, from a recorded answer."""

_KINDS: Final[Mapping[int, tuple[str, str, tuple[str, ...]]]] = {
    ComponentType.FORM: ("form", "systemforms", ("objecttypecode", "name")),
    ComponentType.WEB_RESOURCE: ("web resource", "webresourceset", ("name",)),
}
"""By component type: what it is called, its entity set and the columns that name a row."""


@dataclass(frozen=True, slots=True)
class Dependent:
    """A component that needs one of the solution's."""

    object_id: str
    component_type: int


def describe_solution(
    dv: Dataverse, solution_id: str, *, version: str, display_name: str, description: str
) -> None:
    """Write what an unmanaged solution says of itself."""
    dv.send(
        Call(
            "restore the solution's version",
            "PATCH",
            odata.entity("solutions", solution_id),
            {"version": version, "friendlyname": display_name, "description": description},
            headers={"If-Match": "*"},
            idempotent=True,
        )
    )


def delete_solution(dv: Dataverse, solution_id: str) -> None:
    """Delete an unmanaged solution; its components stay. One that is gone is no error."""
    path = odata.entity("solutions", solution_id)
    dv.delete("delete the solution", path, timeout=LONG_TIMEOUT)


def uninstall_solution_async(dv: Dataverse, unique_name: str) -> str:
    """Start to uninstall a managed solution with its components; return the async operation."""
    body = {"SolutionUniqueName": unique_name}
    call = Call("uninstall the solution", "POST", "UninstallSolutionAsync", body)
    return text(dv.fetch(call), "AsyncOperationId")


def retrieve_dependents(dv: Dataverse, unique_name: str) -> tuple[Dependent, ...]:
    """Return the components that would break if a managed solution went."""
    # ASSUMED: the spelling of the function's parameter in a URL, here and below.
    path = f"RetrieveDependenciesForUninstall(SolutionUniqueName={odata.quote(unique_name)})"
    return _dependents(dv, path)


def retrieve_dependents_of(
    dv: Dataverse, object_id: str, component_type: int
) -> tuple[Dependent, ...]:
    """Return the components that would break if this one were deleted."""
    bare = object_id.strip("{}")
    path = f"RetrieveDependenciesForDelete(ObjectId={bare},ComponentType={component_type})"
    return _dependents(dv, path)


def describe_dependent(dv: Dataverse, dependent: Dependent) -> str:
    """Return what messages say of ``dependent``: its kind and name, as far as they can be read."""
    kind, entity_set, columns = _KINDS.get(
        dependent.component_type, (f"component of type {dependent.component_type}", "", ())
    )
    row_id = dependent.object_id
    if not entity_set:
        return f"{kind} {row_id}"
    path = f"{odata.entity(entity_set, row_id)}?$select={','.join(columns)}"
    try:
        row = dv.get("say what depends on the solution", path)
    except DataverseError:  # a row that this user may not read is still named, by its id
        return f"{kind} {row_id}"
    return f"{kind} {' / '.join(optional_text(row, column) for column in columns)} ({row_id})"


def _dependents(dv: Dataverse, path: str) -> tuple[Dependent, ...]:
    answer = dv.get("say what depends on the solution", path)
    # The function answers with a bare collection, older documents show it nested.
    rows = nested_list(answer, "value") or nested_list(answer, "EntityCollection")
    found = {
        Dependent(
            optional_text(row, "dependentcomponentobjectid"),
            whole_number(row, "dependentcomponenttype"),
        )
        for row in rows
    }
    return tuple(sorted(found, key=lambda each: (each.component_type, each.object_id)))


def retrieve_running_imports(dv: Dataverse) -> tuple[str, ...]:
    """Return the names of the imports and uninstalls that run or wait at this moment."""
    path = odata.query(
        "asyncoperations",
        {
            "$select": "name,startedon",
            "$filter": f"operationtype eq {_IMPORT_OPERATION} and statecode ne 3",
        },
    )
    rows = dv.rows("say what runs there", path)
    return tuple(
        " since ".join(filter(None, (optional_text(row, "name"), optional_text(row, "startedon"))))
        for row in rows
    )
