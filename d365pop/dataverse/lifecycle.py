"""Solutions after their import: what they say of themselves, what needs them, how they go."""

from dataclasses import dataclass

from d365pop.dataverse import odata
from d365pop.dataverse.client import LONG_TIMEOUT, Call, Dataverse
from d365pop.dataverse.reading import nested_list, optional_text, text, whole_number
from d365pop.errors import DataverseError

_IMPORT_OPERATION = 54
"""``operationtype`` of an import's asynchronous operation, from a recorded answer."""


@dataclass(frozen=True, slots=True)
class Dependent:
    """A component that needs one of the solution's."""

    object_id: str
    component_type: int

    @property
    def text(self) -> str:
        """What messages say of it."""
        kind = {60: "form", 61: "web resource"}.get(
            self.component_type, f"component of type {self.component_type}"
        )
        return f"{kind} {self.object_id}"


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
    call = Call("delete the solution", "DELETE", path, idempotent=True, timeout=LONG_TIMEOUT)
    try:
        dv.send(call)
    except DataverseError as error:
        if error.reference != "dataverse-not-found":
            raise


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
