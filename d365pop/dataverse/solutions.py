"""Solutions: what is installed, staging a package, starting its import and following it."""

from base64 import b64encode
from dataclasses import dataclass
from enum import IntEnum
from itertools import islice

from d365pop.dataverse import odata
from d365pop.dataverse.client import LONG_TIMEOUT, Call, Dataverse, Row
from d365pop.dataverse.codes import code_text
from d365pop.dataverse.import_results import MissingDependency
from d365pop.dataverse.reading import (
    flag,
    nested,
    nested_list,
    optional_number,
    optional_text,
    text,
    whole_number,
)
from d365pop.models import Json, RemoteSolution

_FINISHED = 3
_LATEST_JOBS = 20


class AsyncStatus(IntEnum):
    """``statuscode`` of an asynchronous operation."""

    WAITING_FOR_RESOURCES = 0
    WAITING = 10
    IN_PROGRESS = 20
    PAUSING = 21
    CANCELLING = 22
    SUCCEEDED = 30
    FAILED = 31
    CANCELLED = 32


@dataclass(frozen=True, slots=True)
class ValidationMessage:
    """One finding of the environment about a staged package."""

    kind: str
    code: str
    message: str
    additional_info: str


@dataclass(frozen=True, slots=True)
class StagedSolution:
    """A package that the environment holds and has looked at, not yet imported."""

    upload_id: str
    status: str
    validation: tuple[ValidationMessage, ...]
    missing_dependencies: tuple[MissingDependency, ...]

    @property
    def passed(self) -> bool:
        """Whether the environment would import it."""
        return self.status == "Passed" and not self.missing_dependencies


@dataclass(frozen=True, slots=True)
class StartedImport:
    """The two handles of a running import."""

    import_job_id: str
    async_operation_id: str


@dataclass(frozen=True, slots=True)
class ImportJob:
    """How far an import is: ``progress``, 0 to 100, is cosmetic and may end below 100."""

    progress: float
    completed: bool


@dataclass(frozen=True, slots=True)
class AsyncOperation:
    """How far an asynchronous operation is; only this row decides how an import ended."""

    async_operation_id: str
    finished: bool
    status: AsyncStatus
    message: str
    error_code: str

    @property
    def succeeded(self) -> bool:
        """Whether it ended well."""
        return self.finished and self.status is AsyncStatus.SUCCEEDED


def retrieve_solution(dv: Dataverse, unique_name: str) -> RemoteSolution | None:
    """Return the installed solution with its publisher; None where there is none."""
    path = odata.query(
        "solutions",
        {
            "$select": "solutionid,uniquename,friendlyname,description,version,ismanaged",
            "$expand": "publisherid($select=uniquename,customizationprefix)",
            "$filter": f"uniquename eq {odata.quote(unique_name)}",
        },
    )
    for row in dv.rows(f"look for the solution {unique_name}", path):
        publisher = nested(row, "publisherid")
        return RemoteSolution(
            solution_id=text(row, "solutionid"),
            unique_name=text(row, "uniquename"),
            version=text(row, "version"),
            managed=flag(row, "ismanaged"),
            display_name=optional_text(row, "friendlyname"),
            description=optional_text(row, "description"),
            publisher_unique_name=optional_text(publisher, "uniquename"),
            publisher_prefix=optional_text(publisher, "customizationprefix"),
        )
    return None


def retrieve_components(dv: Dataverse, solution_id: str) -> dict[str, int]:
    """Return the component type of every component of a solution, by ``objectid``."""
    path = odata.query(
        "solutioncomponents",
        {"$select": "objectid,componenttype", "$filter": f"_solutionid_value eq {solution_id}"},
    )
    rows = dv.rows("list the solution's components", path)
    return {text(row, "objectid").lower(): whole_number(row, "componenttype") for row in rows}


def stage_solution(dv: Dataverse, package: bytes) -> StagedSolution:
    """Hand the package over and return what the environment thinks of it; changes nothing."""
    call = Call(
        "check the package",
        "POST",
        "StageSolution",
        {"CustomizationFile": b64encode(package).decode()},
        idempotent=True,  # staging twice leaves one upload unused
        timeout=LONG_TIMEOUT,
    )
    results = nested(dv.fetch(call), "StageSolutionResults")
    return StagedSolution(
        upload_id=optional_text(results, "StageSolutionUploadId"),
        status=text(results, "StageSolutionStatus"),
        validation=tuple(map(_validation, nested_list(results, "SolutionValidationResults"))),
        missing_dependencies=tuple(map(_missing, nested_list(results, "MissingDependencies"))),
    )


def import_solution_async(
    dv: Dataverse,
    *,
    import_job_id: str,
    upload_id: str,
    overwrite_unmanaged: bool,
    upgrade: bool = False,
) -> StartedImport:
    """Start the import of a package that is staged, and return at once.

    An upgrade, of an installed managed solution only, also removes what the package dropped.

    It is sent once only. Where the connection breaks, look for the import job by its id, which
    is ours, before anything else is done.
    """
    parameters: dict[str, Json] = {
        "OverwriteUnmanagedCustomizations": overwrite_unmanaged,
        "PublishWorkflows": True,
        "ImportJobId": import_job_id,
        "SolutionParameters": {"StageSolutionUploadId": upload_id},
    }
    doing = "import the solution"
    action = "StageAndUpgradeAsync" if upgrade else "ImportSolutionAsync"
    answer = dv.fetch(Call(doing, "POST", action, parameters, timeout=LONG_TIMEOUT))
    return StartedImport(text(answer, "ImportJobKey"), text(answer, "AsyncOperationId"))


def retrieve_async_operation(dv: Dataverse, async_operation_id: str) -> AsyncOperation | None:
    """Return the operation's row; None in the first moments, when it is not there yet."""
    path = odata.query(
        odata.entity("asyncoperations", async_operation_id),
        {"$select": "statecode,statuscode,message,friendlymessage,errorcode,completedon"},
    )
    row = dv.find("tell how the operation is going", path)
    if row is None:
        return None
    code = optional_number(row, "errorcode")
    return AsyncOperation(
        async_operation_id=async_operation_id,
        finished=whole_number(row, "statecode") == _FINISHED,
        status=_status(whole_number(row, "statuscode")),
        message=optional_text(row, "friendlymessage") or optional_text(row, "message"),
        error_code=code_text(code) if code else "",
    )


def retrieve_import_job(dv: Dataverse, import_job_id: str) -> ImportJob | None:
    """Return how far the import is; None in the first moments, when there is no job yet."""
    row = _import_job(dv, "tell how far the import is", import_job_id, "progress,completedon")
    if row is None:
        return None
    progress = row.get("progress")
    return ImportJob(
        progress=float(progress) if isinstance(progress, int | float) else 0.0,
        completed=row.get("completedon") is not None,
    )


def retrieve_import_data(dv: Dataverse, import_job_id: str) -> str:
    """Return the job's record of every component, as XML; empty where there is none."""
    row = _import_job(dv, "say what became of the components", import_job_id, "data")
    return "" if row is None else optional_text(row, "data")


def retrieve_import_jobs(dv: Dataverse, solution: str) -> dict[str, str]:
    """Return when each of the latest imports of a solution began, by its job's id in lower case."""
    # ASSUMED: solutionname is the solution's unique name, as its description has it.
    path = odata.query(
        "importjobs",
        {
            "$select": "importjobid,startedon",
            "$filter": f"solutionname eq {odata.quote(solution)}",
            "$orderby": "startedon desc",
        },
    )
    # Not $top: Dataverse ignores it where a page size is asked for, too.
    rows = islice(dv.rows("list the solution's imports", path, _LATEST_JOBS), _LATEST_JOBS)
    return {text(row, "importjobid").lower(): optional_text(row, "startedon") for row in rows}


def _import_job(dv: Dataverse, doing: str, import_job_id: str, column: str) -> Row | None:
    path = odata.query(odata.entity("importjobs", import_job_id), {"$select": column})
    return dv.find(doing, path)


def _status(code: int) -> AsyncStatus:
    # A status that Microsoft adds later is not the end; statecode decides that.
    return AsyncStatus(code) if code in set(AsyncStatus) else AsyncStatus.IN_PROGRESS


def _validation(row: Row) -> ValidationMessage:
    code = row.get("ErrorCode")
    kind = row.get("SolutionValidationResultType")
    return ValidationMessage(
        kind=str(kind) if kind is not None else "",
        code=code_text(code) if isinstance(code, int) and code else "",
        message=optional_text(row, "Message"),
        additional_info=optional_text(row, "AdditionalInfo"),
    )


def _missing(row: Row) -> MissingDependency:
    def shown(column: str) -> str:
        value = row.get(column)
        return "" if value is None else str(value)

    return MissingDependency(
        required_type=shown("RequiredComponentType"),
        required_name=shown("RequiredComponentSchemaName")
        or shown("RequiredComponentDisplayName")
        or shown("RequiredComponentId"),
        required_solution=shown("RequiredSolutionName"),
        dependent_type=shown("DependentComponentType"),
        dependent_name=shown("DependentComponentSchemaName")
        or shown("DependentComponentDisplayName")
        or shown("DependentComponentId"),
    )
